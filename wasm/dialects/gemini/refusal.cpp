#include "dialects/gemini/refusal.h"

#include "base/text.h"

#include <array>

namespace llmproxy::gemini {
namespace {

// FNV-1a. http://www.isthe.com/chongo/tech/comp/fnv/
class Fingerprint {
 public:
  void add(std::string_view text) {
    for (const char c : text) {
      value_ = (value_ ^ static_cast<unsigned char>(c)) * 0x100000001B3U;
    }
    added_ = added_ || !text.empty();
  }
  // 0 when nothing was added.
  std::uint64_t value() const { return added_ ? value_ : 0; }

 private:
  std::uint64_t value_ = 0xCBF29CE484222325U;
  bool added_ = false;
};

std::string_view signature_of(const chat::Part& part) {
  if (const auto* call = std::get_if<chat::ToolCallPart>(&part)) {
    return call->signature.raw;
  }
  if (const auto* text = std::get_if<chat::TextPart>(&part)) {
    return text->signature.raw;
  }
  const auto* vendor = std::get_if<chat::VendorPart>(&part);
  return vendor != nullptr ? vendor->value : std::string_view();
}

std::string_view url_of(const chat::Part& part) {
  const auto* media = std::get_if<chat::MediaPart>(&part);
  return media != nullptr ? media->url.raw : std::string_view();
}

// The first signature, or the first address.
std::string_view first_of(Refusal refusal, const chat::Request& request) {
  for (const chat::Message& message : request.messages) {
    for (const chat::Part& part : request.in(message.parts)) {
      const std::string_view found =
          refusal == Refusal::signatures ? signature_of(part) : url_of(part);
      if (!found.empty()) {
        return found;
      }
    }
  }
  return {};
}

struct Row {
  Refusal refusal;
  std::string_view text;  // in lower case, somewhere in the body
  std::string_view and_text = {};
};

// The first row that fits decides.
constexpr std::array kRows = std::to_array<Row>({
    {Refusal::penalties, "penalty is not enabled"},
    {Refusal::penalties, "unknown name \\\"presencepenalty"},
    {Refusal::penalties, "unknown name \\\"frequencypenalty"},
    {Refusal::penalties, "penalty", "not supported"},
    {Refusal::logprobs, "logprobs is not"},
    {Refusal::logprobs, "logprobs", "not supported"},
    {Refusal::logprobs, "logprobs", "not enabled"},
    {Refusal::signatures, "missing a `thought_signature`"},
    {Refusal::signatures, "missing a thought_signature"},
    {Refusal::signatures, "corrupted thought signature"},
    {Refusal::signatures, "invalid thought signature"},
    {Refusal::signatures, "thought signature is not valid"},
    {Refusal::thinking, "thinking", "not supported"},
    {Refusal::thinking, "thinking", "not enabled"},
    {Refusal::thinking, "thinking", "does not support"},
    {Refusal::thinking, "thinking_budget"},
    {Refusal::thinking, "thinking budget"},
    {Refusal::thinking, "thinking level"},
    {Refusal::thinking, "thinking_level"},
    {Refusal::thinking, "thinkinglevel"},
    {Refusal::thinking, "thinkingbudget"},
    {Refusal::thinking, "only works in thinking mode"},
    {Refusal::system, "developer instruction is not enabled"},
    {Refusal::system, "system instruction is not"},
    {Refusal::media_url, "url_roboted"},
    {Refusal::media_url, "cannot fetch content"},
    {Refusal::media_url, "url_", "denied"},
    {Refusal::media_url, "url_", "error"},
    {Refusal::media_url, "unsupported file uri"},
    {Refusal::media_url, "fileuri"},
    {Refusal::media_url, "file_uri"},
    {Refusal::json_schema, "too many states"},
    {Refusal::json_schema, "nesting depth"},
    {Refusal::json_schema, "should be non-empty for object type"},
    {Refusal::json_schema, "missing field"},
    {Refusal::json_schema, "proto field is not repeating"},
    {Refusal::json_schema, "only allowed for string type"},
    {Refusal::json_schema, "jsonschema"},
    {Refusal::json_schema, "json_schema"},
    {Refusal::json_schema, "schema", "invalid"},
    {Refusal::json_schema, "schema", "not supported"},
    {Refusal::json_schema, "function_declarations[", "parameters"},
    // All that a schema with too many bounds on arrays is told.
    // https://github.com/vercel/ai/issues/21192
    {Refusal::json_schema, "\"request contains an invalid argument.\""},
    {Refusal::sampling, "temperature"},
    {Refusal::sampling, "top_p"},
    {Refusal::sampling, "topp"},
    {Refusal::sampling, "top_k"},
    {Refusal::sampling, "topk"},
});

}  // namespace

std::optional<Refusal> find_refusal(int status, std::string_view body) {
  if (status != 400) {
    return std::nullopt;
  }
  const std::string text = lower(body);
  for (const Row& row : kRows) {
    if (contains(text, row.text) && contains(text, row.and_text)) {
      return row.refusal;
    }
  }
  return std::nullopt;
}

std::uint64_t subject_of(Refusal refusal, const chat::Request& request) {
  Fingerprint subject;
  if (refusal == Refusal::json_schema) {
    subject.add(request.format.schema);
    for (const chat::Tool& tool : request.tools) {
      subject.add(tool.parameters);
    }
  } else if (refusal == Refusal::signatures || refusal == Refusal::media_url) {
    subject.add(first_of(refusal, request));
  }
  return subject.value();
}

}  // namespace llmproxy::gemini
