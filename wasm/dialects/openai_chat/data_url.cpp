#include "dialects/openai_chat/data_url.h"

#include "base/text.h"

#include <array>
#include <utility>

namespace llmproxy::openai_chat {
namespace {

using Pair = std::pair<std::string_view, std::string_view>;

constexpr std::array kAliases = std::to_array<Pair>({
    {"image/jpg", "image/jpeg"},
    {"jpg", "image/jpeg"},
    {"jpeg", "image/jpeg"},
    {"png", "image/png"},
    {"webp", "image/webp"},
    {"pdf", "application/pdf"},
});

constexpr std::array kExtensions = std::to_array<Pair>({
    {"pdf", "application/pdf"},
    {"txt", "text/plain"},
    {"md", "text/plain"},
    {"csv", "text/csv"},
    {"html", "text/html"},
    {"xml", "text/xml"},
    {"json", "application/json"},
    {"png", "image/png"},
    {"jpg", "image/jpeg"},
    {"jpeg", "image/jpeg"},
    {"webp", "image/webp"},
    {"mp3", "audio/mp3"},
    {"wav", "audio/wav"},
    {"mp4", "video/mp4"},
});

// A data URL whose head is longer than this is none.
constexpr std::size_t kMaxHead = 256;

}  // namespace

bool is_data_url(const json::String& url) {
  return equals_ignoring_case(url.raw.substr(0, 5), "data:");
}

std::optional<DataUrl> parse_data_url(const json::String& url) {
  const std::size_t comma = url.raw.substr(0, kMaxHead).find(',');
  if (!is_data_url(url) || comma == std::string_view::npos) {
    return std::nullopt;
  }
  // Some encoders write "/" as "\/", so the head may hold escapes. The base64 keeps its own: it
  // goes on as a JSON string.
  const std::string head = json::String{url.raw.substr(5, comma - 5), url.has_escapes}.decode();
  const std::string_view parameters = trim(head);
  const std::size_t last = parameters.rfind(';');
  if (last == std::string_view::npos ||
      !equals_ignoring_case(trim(parameters.substr(last + 1)), "base64")) {
    return std::nullopt;
  }
  const std::string_view type = parameters.substr(0, parameters.find(';'));
  return DataUrl{normal_mime_type(type), {url.raw.substr(comma + 1), url.has_escapes}};
}

std::string normal_mime_type(std::string_view mime_type) {
  std::string name = lower(trim(mime_type));
  for (const auto& [alias, registered] : kAliases) {
    if (name == alias) {
      return std::string(registered);
    }
  }
  return name;
}

std::string mime_type_of_file(std::string_view name) {
  const std::size_t dot = name.rfind('.');
  const std::string extension = dot == std::string_view::npos ? "" : lower(name.substr(dot + 1));
  for (const auto& [known, mime_type] : kExtensions) {
    if (extension == known) {
      return std::string(mime_type);
    }
  }
  return "application/pdf";
}

}  // namespace llmproxy::openai_chat
