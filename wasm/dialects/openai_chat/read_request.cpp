#include "dialects/openai_chat/read_request.h"

#include "base/text.h"
#include "dialects/openai_chat/field_reader.h"
#include "dialects/openai_chat/message_reader.h"
#include "dialects/openai_chat/no_effect.h"
#include "dialects/openai_chat/output_reader.h"
#include "dialects/openai_chat/reasoning_reader.h"
#include "dialects/openai_chat/tool_reader.h"
#include "dialects/openai_chat/vendor_fields.h"

#include <array>

namespace llmproxy::openai_chat {
namespace {

using chat::Text;
using json::Kind;

constexpr std::int64_t kMaxChoices = 128;

class RequestReader {
 public:
  RequestReader(std::string_view body, chat::Request& out) : fields_(body), request_(out) {}

  Status read();
  Status read_legacy();

 private:
  using Member = bool (RequestReader::*)();
  struct Row {
    std::string_view name;
    Member read;
  };
  static const Row* find_row(const json::String& key);

  bool check();
  bool limit(std::optional<std::int64_t> tokens, std::string_view param);

  bool model() { return fields_.read_model(request_.model); }
  bool messages() { return MessageReader(fields_, request_).read_all(); }
  bool prompt();
  bool prompt_text();
  bool stream() { return fields_.read(request_.stream, "stream"); }
  bool stream_options();
  bool temperature() {
    return fields_.read_number(request_.sampling.temperature, "temperature", 0, 2);
  }
  bool top_p() { return fields_.read_number(request_.sampling.top_p, "top_p", 0, 1); }
  bool top_k() { return fields_.read_number(request_.sampling.top_k, "top_k"); }
  bool presence_penalty() {
    return fields_.read_number(request_.sampling.presence_penalty, "presence_penalty", -2, 2);
  }
  bool frequency_penalty() {
    return fields_.read_number(request_.sampling.frequency_penalty, "frequency_penalty", -2, 2);
  }
  bool max_tokens() { return fields_.read(max_tokens_, "max_tokens"); }
  bool max_completion_tokens() {
    return fields_.read(max_completion_tokens_, "max_completion_tokens");
  }
  bool stop();
  bool seed() { return fields_.read(request_.sampling.seed, "seed"); }
  bool n();
  bool logprobs();
  bool top_logprobs() { return fields_.read(request_.sampling.top_logprobs, "top_logprobs"); }
  bool response_format() { return OutputReader(fields_, request_).read_response_format(); }
  bool reasoning_effort();
  bool reasoning();
  bool tools() { return ToolReader(fields_, request_).read_tools(); }
  bool tool_choice() { return ToolReader(fields_, request_).read_tool_choice(); }
  bool functions() { return ToolReader(fields_, request_).read_functions(); }
  bool function_call() { return ToolReader(fields_, request_).read_function_call(); }
  bool parallel_tool_calls() {
    return fields_.read(request_.parallel_tool_calls, "parallel_tool_calls");
  }
  bool modalities() {
    request_.names.modalities = "modalities";
    return OutputReader(fields_, request_).read_modalities();
  }
  bool audio() { return OutputReader(fields_, request_).read_audio(); }
  bool web_search_options() { return OutputReader(fields_, request_).read_web_search_options(); }
  bool extra_body() { return VendorFieldReader(fields_, request_).read_extra_body(); }
  bool google() { return VendorFieldReader(fields_, request_).read_google("google"); }
  bool other(const json::String& key);

  FieldReader fields_;
  chat::Request& request_;
  bool legacy_ = false;
  std::optional<std::int64_t> max_tokens_;
  std::optional<std::int64_t> max_completion_tokens_;
};

const RequestReader::Row* RequestReader::find_row(const json::String& key) {
  using R = RequestReader;
  static constexpr std::array kRows = std::to_array<Row>({
      {"model", &R::model},
      {"messages", &R::messages},
      {"stream", &R::stream},
      {"stream_options", &R::stream_options},
      {"temperature", &R::temperature},
      {"top_p", &R::top_p},
      {"top_k", &R::top_k},
      {"presence_penalty", &R::presence_penalty},
      {"frequency_penalty", &R::frequency_penalty},
      {"max_tokens", &R::max_tokens},
      {"max_completion_tokens", &R::max_completion_tokens},
      {"stop", &R::stop},
      {"seed", &R::seed},
      {"n", &R::n},
      {"logprobs", &R::logprobs},
      {"top_logprobs", &R::top_logprobs},
      {"response_format", &R::response_format},
      {"reasoning_effort", &R::reasoning_effort},
      {"reasoning", &R::reasoning},
      {"tools", &R::tools},
      {"tool_choice", &R::tool_choice},
      {"functions", &R::functions},
      {"function_call", &R::function_call},
      {"parallel_tool_calls", &R::parallel_tool_calls},
      {"modalities", &R::modalities},
      {"audio", &R::audio},
      {"web_search_options", &R::web_search_options},
      {"extra_body", &R::extra_body},
      {"google", &R::google},
      {"prompt", &R::prompt},
  });
  for (const Row& row : kRows) {
    if (key.equals(row.name)) {
      return &row;
    }
  }
  return nullptr;
}

Status RequestReader::read() {
  const auto member = [&](const json::String& key) {
    const Row* row = find_row(key);
    return row != nullptr ? (this->*row->read)() : other(key);
  };
  return fields_.read_document(member, [&] { check(); });
}

Status RequestReader::read_legacy() {
  legacy_ = true;
  return read();
}

// Whatever the model of a request has no place for is kept by its name, so that it can be said what
// became of it. What asks for nothing is not worth a word.
bool RequestReader::other(const json::String& key) {
  bool found = false;
  if (!VendorFieldReader(fields_, request_).read_top_level(key, found) || found) {
    return fields_.good();
  }
  std::string_view value;
  if (!fields_.read_raw(value)) {
    return false;
  }
  const bool says_nothing = asks_for_nothing(key, value);
  if (!says_nothing && request_.others.size() >= kMaxUnknownFields) {
    return fields_.fail(
        ErrorCode::array_too_long,
        {"Invalid request: too many unknown fields. Expected at most ",
         std::to_string(kMaxUnknownFields), ", and '", quote(key), "' is one more."},
        key.raw);
  }
  if (!says_nothing) {
    request_.others.push_back({request_.storage.emplace_back(key.decode()), value});
  }
  return true;
}

bool RequestReader::check() {
  if (request_.model.empty()) {
    return fields_.fail_missing_model();
  }
  if (request_.messages.empty()) {
    const std::string_view name = legacy_ ? "prompt" : "messages";
    return fields_.fail(ErrorCode::missing_parameter,
                        {"Missing required parameter: '", name,
                         legacy_ ? "'." : "' must hold at least one message."},
                        name);
  }
  if (!request_.vendor_fields.empty() && !VendorFieldReader(fields_, request_).settle_format()) {
    return false;
  }
  return limit(max_completion_tokens_, "max_completion_tokens") && limit(max_tokens_, "max_tokens");
}

// The newer name wins. Zero is how many chat applications write "no limit".
bool RequestReader::limit(std::optional<std::int64_t> tokens, std::string_view param) {
  if (tokens.value_or(0) < 0) {
    return fields_.fail(
        ErrorCode::invalid_value,
        {"Invalid '", param, "': expected a value above 0, but got ", std::to_string(*tokens), "."},
        param);
  }
  if (tokens.value_or(0) > 0 && !request_.sampling.max_output_tokens) {
    request_.sampling.max_output_tokens = tokens;
    request_.names.max_output_tokens = param;
  }
  return true;
}

// Of the older endpoint: one text, which is what the user says. Several are several requests, and
// tokens are no text to any other supplier.
// https://platform.openai.com/docs/api-reference/completions/create#completions-create-prompt
bool RequestReader::prompt() {
  if (!legacy_) {
    return other({"prompt", false});
  }
  request_.messages.clear();
  request_.parts.clear();
  const bool read = prompt_text();
  request_.messages.push_back({chat::Role::user, 0, request_.from(0)});
  return read;
}

bool RequestReader::prompt_text() {
  json::Cursor& cursor = fields_.cursor();
  Text text;
  if (cursor.try_read_string(text)) {
    request_.parts.emplace_back(chat::TextPart{text});
    return true;
  }
  return fields_.read_elements("prompt", kMaxInputs, [&](const FieldPath& at, std::size_t index) {
    if (cursor.kind() != Kind::string) {
      return fields_.fail(ErrorCode::unsupported_value,
                          "This supplier takes a prompt as text, not as tokens.", at);
    }
    if (index > 0) {
      return fields_.fail(ErrorCode::unsupported_value,
                          "This supplier takes one prompt per request.", "prompt");
    }
    const bool read = fields_.read(text, at);
    request_.parts.emplace_back(chat::TextPart{text});
    return read;
  });
}

bool RequestReader::stream_options() {
  const FieldPath param("stream_options");
  return fields_.read_members(param, [&](const json::String& key) {
    // include_obfuscation asks for padding, which no answer is less true without.
    if (key.equals("include_usage")) {
      return fields_.read(request_.include_usage, {param, "include_usage"});
    }
    return key.equals("include_obfuscation") ? fields_.cursor().skip_value()
                                             : fields_.keep_inner(request_, key, "stream_options");
  });
}

bool RequestReader::stop() {
  std::vector<Text>& stops = request_.sampling.stop;
  stops.clear();  // of two members with one name the second one counts
  const Kind kind = fields_.cursor().kind();
  if (kind == Kind::string) {
    return fields_.read(stops.emplace_back(), "stop");
  }
  if (kind != Kind::array && kind != Kind::null) {
    return fields_.fail_type("stop", "a string or an array of strings");
  }
  return fields_.read_elements("stop", kMaxStops, [&](const FieldPath& at, std::size_t) {
    return fields_.read(stops.emplace_back(), at);
  });
}

bool RequestReader::n() {
  std::optional<std::int64_t> choices;
  if (!fields_.read(choices, "n")) {
    return false;
  }
  const std::int64_t count = choices.value_or(1);
  if (count < 1 || count > kMaxChoices) {
    return fields_.fail(ErrorCode::invalid_value,
                        "Invalid 'n': expected an integer between 1 and 128.", "n");
  }
  request_.sampling.choices = static_cast<std::uint32_t>(count);
  return true;
}

// The older endpoint has a number there: that many alternatives.
bool RequestReader::logprobs() {
  if (!legacy_) {
    return fields_.read(request_.sampling.logprobs, "logprobs");
  }
  if (!fields_.read(request_.sampling.top_logprobs, "logprobs")) {
    return false;
  }
  request_.sampling.logprobs = request_.sampling.top_logprobs.has_value();
  request_.names.top_logprobs = "logprobs";
  return true;
}

bool RequestReader::reasoning_effort() {
  const std::optional<chat::ReasoningEffort> said = request_.reasoning_effort;
  if (fields_.cursor().kind() != Kind::null) {
    request_.names.reasoning_effort = "reasoning_effort";
  }
  ReasoningReader reader(fields_, request_);
  const bool read = reader.read_effort(request_.reasoning_effort, "reasoning_effort");
  if (said && said != request_.reasoning_effort) {
    const FieldPath param("reasoning");
    fields_.name_dropped(request_.dropped, {param, "effort"});
  }
  return read;
}

bool RequestReader::reasoning() {
  if (fields_.cursor().kind() != Kind::object) {
    return other({"reasoning", false});
  }
  const bool said = request_.reasoning_effort.has_value();
  request_.names.reasoning_effort = said ? "reasoning_effort" : "reasoning.effort";
  return ReasoningReader(fields_, request_).read_reasoning();
}

}  // namespace

Status read_request(std::string_view body, chat::Request& out) {
  return RequestReader(body, out).read();
}

Status read_completion_request(std::string_view body, chat::Request& out) {
  return RequestReader(body, out).read_legacy();
}

std::string find_model(std::string_view body) {
  json::Cursor cursor(body);
  json::String key;
  if (!cursor.enter_object()) {
    return {};
  }
  while (cursor.next_member(key)) {
    json::String model;
    if (key.equals("model") && cursor.kind() == Kind::string && cursor.read_string(model)) {
      model.raw = model.raw.substr(0, json::prefix_length(model.raw, kMaxName));
      return model.decode();
    }
    cursor.skip_value();
  }
  return {};
}

}  // namespace llmproxy::openai_chat
