#include "dialects/gemini/media.h"

#include "base/media_type.h"
#include "base/text.h"
#include "base/web_address.h"

#include <algorithm>
#include <array>

namespace llmproxy::gemini {
namespace {

// Types that Google fetches from an address.
constexpr std::array kFetched = std::to_array<std::string_view>({
    "text/html",  "text/css",        "text/plain",       "text/xml",        "text/csv",
    "text/rtf",   "text/javascript", "application/json", "application/pdf", "image/bmp",
    "image/jpeg", "image/png",       "image/webp",       "video/mp4",       "video/mpeg",
    "video/mov",  "video/avi",       "video/x-flv",      "video/webm",      "video/3gpp",
});

bool is_youtube(std::string_view url) {
  const std::string host = host_of(url);
  return host == "youtube.com" || host == "www.youtube.com" || host == "m.youtube.com" ||
         host == "youtu.be";
}

// A file that was uploaded to Google's Files API, or that lies in its storage.
bool is_google_file(std::string_view url) {
  return (host_of(url) == "generativelanguage.googleapis.com" && contains(url, "/files/")) ||
         url.starts_with("gs://");
}

void add(const chat::Message& message, const chat::MediaPart& media, bool must_be_bytes,
         const Model& model, std::vector<chat::MediaLink>& out) {
  if (media.url.empty()) {
    return;
  }
  const std::string url = media.url.decode();
  // What nobody should fetch is no errand for Google either, and whoever fetches it here says so.
  const bool google_fetches =
      url.starts_with("gs://") ||
      (fault_of_link(url).empty() && (is_youtube(url) || is_google_file(url) ||
                                      (model.media_urls && url.starts_with("https://") &&
                                       !media_type_of_url(media, url).empty())));
  if (must_be_bytes || !google_fetches) {
    out.push_back({&media, url, path_of(message, media)});
  }
}

// A result has no place for an address.
void add_of_result(const chat::Message& message, std::span<const chat::Part> content,
                   const Model& model, std::vector<chat::MediaLink>& out) {
  for (const chat::Part& part : content) {
    if (const auto* media = std::get_if<chat::MediaPart>(&part)) {
      add(message, *media, true, model, out);
    }
  }
}

}  // namespace

std::string_view media_type_of_url(const chat::MediaPart& media, std::string_view url) {
  if (!media.mime_type.empty()) {
    return media.mime_type;
  }
  if (is_youtube(url)) {
    return "video/*";
  }
  const std::string_view type = media_type_of_name(url);
  const bool fetched = std::find(kFetched.begin(), kFetched.end(), type) != kFetched.end();
  return fetched || is_google_file(url) ? type : std::string_view();
}

std::string place_of(const chat::Message& message, const chat::MediaPart& media) {
  return concat({"messages[", std::to_string(message.index),
                 media.of_answer ? "].images[" : "].content[", std::to_string(media.part), "]"});
}

std::string path_of(const chat::Message& message, const chat::MediaPart& media) {
  return concat({place_of(message, media), ".", chat::field_name(media.field)});
}

std::vector<chat::MediaLink> find_links(const chat::CompleteRequest& source, const Model& model) {
  const chat::Request& request = source.request;
  std::vector<chat::MediaLink> out;
  for (const chat::Message& message : request.messages) {
    for (const chat::Part& part : request.in(message.parts)) {
      if (const auto* media = std::get_if<chat::MediaPart>(&part)) {
        add(message, *media, false, model, out);
      } else if (const auto* result = std::get_if<chat::ToolResultPart>(&part)) {
        add_of_result(message, request.in(result->content), model, out);
      }
    }
  }
  std::erase_if(out, [&](const chat::MediaLink& download) {
    return source.media.find(*download.part) != nullptr;
  });
  return out;
}

bool takes_media_type(std::string_view mime_type) {
  return !mime_type.empty() && mime_type != "image/gif" && mime_type != "image/svg+xml" &&
         mime_type != "image/avif";
}

Status check_media_type(std::string_view mime_type, std::string_view param) {
  if (takes_media_type(mime_type)) {
    return {};
  }
  if (mime_type.empty()) {
    return Error{ErrorCode::invalid_value,
                 "The media type is not said, and the bytes do not tell it.", param};
  }
  return Error{ErrorCode::unsupported_value,
               {"Gemini does not take ", mime_type, "; it takes PNG, JPEG, WebP, HEIC and HEIF."},
               param};
}

}  // namespace llmproxy::gemini
