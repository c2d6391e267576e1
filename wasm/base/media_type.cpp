#include "base/media_type.h"

#include "base/text.h"

#include <array>
#include <utility>

namespace llmproxy {
namespace {

using Pair = std::pair<std::string_view, std::string_view>;

constexpr std::array kAliases = std::to_array<Pair>({
    {"image/jpg", "image/jpeg"},
    {"image/pjpeg", "image/jpeg"},
    {"image/x-png", "image/png"},
    {"application/x-pdf", "application/pdf"},
    {"audio/mpeg", "audio/mp3"},
    {"audio/x-wav", "audio/wav"},
    {"audio/wave", "audio/wav"},
    {"audio/vnd.wave", "audio/wav"},
    {"audio/x-aiff", "audio/aiff"},
    {"audio/x-flac", "audio/flac"},
    {"text/markdown", "text/plain"},
});

constexpr std::array kExtensions = std::to_array<Pair>({
    {"pdf", "application/pdf"},   {"txt", "text/plain"},     {"md", "text/plain"},
    {"csv", "text/csv"},          {"html", "text/html"},     {"htm", "text/html"},
    {"css", "text/css"},          {"xml", "text/xml"},       {"rtf", "text/rtf"},
    {"json", "application/json"}, {"js", "text/javascript"}, {"png", "image/png"},
    {"jpg", "image/jpeg"},        {"jpeg", "image/jpeg"},    {"webp", "image/webp"},
    {"heic", "image/heic"},       {"heif", "image/heif"},    {"gif", "image/gif"},
    {"bmp", "image/bmp"},         {"svg", "image/svg+xml"},  {"mp3", "audio/mp3"},
    {"wav", "audio/wav"},         {"aac", "audio/aac"},      {"ogg", "audio/ogg"},
    {"flac", "audio/flac"},       {"aiff", "audio/aiff"},    {"m4a", "audio/mp4"},
    {"mp4", "video/mp4"},         {"mpeg", "video/mpeg"},    {"mpg", "video/mpeg"},
    {"mov", "video/mov"},         {"avi", "video/avi"},      {"webm", "video/webm"},
    {"3gp", "video/3gpp"},
});

struct Magic {
  std::size_t at;
  std::string_view bytes;
  std::string_view type;
};

constexpr std::array kMagic = std::to_array<Magic>({
    {0, {"\x89PNG\r\n\x1A\n", 8}, "image/png"},
    {0, "\xFF\xD8\xFF", "image/jpeg"},
    {0, "GIF8", "image/gif"},
    {8, "WEBP", "image/webp"},
    {8, "WAVE", "audio/wav"},
    {8, "AVI ", "video/avi"},
    {4, "ftypheic", "image/heic"},
    {4, "ftypheix", "image/heic"},
    {4, "ftypmif1", "image/heif"},
    {4, "ftypavif", "image/avif"},
    {4, "ftypM4A", "audio/mp4"},
    {4, "ftyp", "video/mp4"},
    {0, "BM", "image/bmp"},
    {0, "%PDF-", "application/pdf"},
    {0, "ID3", "audio/mp3"},
    {0, "\xFF\xFB", "audio/mp3"},
    {0, "\xFF\xF3", "audio/mp3"},
    {0, "OggS", "audio/ogg"},
    {0, "fLaC", "audio/flac"},
    {0, "FORM", "audio/aiff"},
    {0, "\x1A\x45\xDF\xA3", "video/webm"},
    {0, "<svg", "image/svg+xml"},
});

std::string_view find(const auto& table, std::string_view name) {
  for (const auto& [known, type] : table) {
    if (name == known) {
      return type;
    }
  }
  return {};
}

}  // namespace

std::string normal_media_type(std::string_view type) {
  const std::string name = lower(trim(type.substr(0, type.find(';'))));
  if (const std::string_view alias = find(kAliases, name); !alias.empty()) {
    return std::string(alias);
  }
  // A bare "png", as some clients have it.
  const std::string_view by_extension =
      contains(name, "/") ? std::string_view() : find(kExtensions, name);
  return by_extension.empty() ? name : std::string(by_extension);
}

std::string_view media_type_of_name(std::string_view name) {
  name = name.substr(0, name.find_first_of("?#"));
  const std::size_t dot = name.rfind('.');
  return dot == std::string_view::npos ? std::string_view()
                                       : find(kExtensions, lower(name.substr(dot + 1)));
}

std::string_view sniff_media_type(std::string_view bytes) {
  for (const Magic& magic : kMagic) {
    if (bytes.size() >= magic.at && bytes.substr(magic.at).starts_with(magic.bytes)) {
      return magic.type;
    }
  }
  return {};
}

}  // namespace llmproxy
