#include "dialects/openai_chat/data_url.h"

#include "base/base64.h"
#include "base/media_type.h"
#include "base/text.h"

namespace llmproxy::openai_chat {
namespace {

// A data URL whose head is longer than this is none.
constexpr std::size_t kMaxHead = 256;

// Characters of base64 whose bytes are enough to tell what they are.
constexpr std::size_t kSniffed = 64;

bool begins_with(const json::String& url, std::string_view prefix) {
  // Some encoders write "/" as "\/".
  std::string plain;
  for (const char c : url.raw.substr(0, 16)) {
    if (c != '\\') {
      plain.push_back(c);
    }
  }
  return equals_ignoring_case(std::string_view(plain).substr(0, prefix.size()), prefix);
}

}  // namespace

bool is_data_url(const json::String& url) {
  return begins_with(url, "data:");
}

bool is_web_url(const json::String& url) {
  return begins_with(url, "http://") || begins_with(url, "https://");
}

std::string media_type_of(std::string_view stated, const json::String& base64) {
  std::string type = normal_media_type(stated);
  if (type.empty() || type == "application/octet-stream" || type == "binary/octet-stream" ||
      type == "image/*") {
    Buffer bytes;
    decode_base64(base64.raw.substr(0, kSniffed), bytes);
    type = sniff_media_type(bytes.view());
  }
  return type;
}

std::optional<DataUrl> parse_data_url(const json::String& url) {
  const std::size_t comma = url.raw.substr(0, kMaxHead).find(',');
  if (!is_data_url(url) || comma == std::string_view::npos) {
    return std::nullopt;
  }
  // The head may hold escapes. The base64 keeps its own: it goes on as a JSON string.
  const std::string head = json::String{url.raw.substr(5, comma - 5), url.has_escapes}.decode();
  const std::string_view parameters = trim(head);
  const std::size_t last = parameters.rfind(';');
  if (last == std::string_view::npos ||
      !equals_ignoring_case(trim(parameters.substr(last + 1)), "base64")) {
    return std::nullopt;
  }
  const json::String base64{url.raw.substr(comma + 1), url.has_escapes};
  return DataUrl{media_type_of(parameters.substr(0, parameters.find(';')), base64), base64};
}

}  // namespace llmproxy::openai_chat
