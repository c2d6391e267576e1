#include "dialects/openai_chat/write_parts.h"

#include "base/text.h"
#include "dialects/openai_chat/data_url.h"

namespace llmproxy::openai_chat {
namespace {

using chat::MediaField;
using chat::MediaKind;
using chat::MediaPart;

// The bytes of a part: its own, or what was fetched for it.
struct Bytes {
  std::string_view mime_type;
  chat::Text base64;
};

Bytes bytes_of(const MediaPart& media, const chat::FetchedMedia& fetched) {
  if (const chat::FetchedMedia::Item* item = fetched.find(media)) {
    return {item->mime_type, {item->base64.view(), false}};
  }
  return {media.mime_type, media.base64};
}

// "data:image/png;base64,…", as a whole string: the slice of the bytes stays where it is.
void write_data_url(const Bytes& bytes, const RequestContext& context) {
  context.writer.open(
      concat({"\"data:", bytes.mime_type.empty() ? "application/octet-stream" : bytes.mime_type,
              ";base64,"}));
  context.out.append_slice(bytes.base64.raw);
  context.writer.close("\"");
}

void write_source(const MediaPart& media, const Bytes& bytes, const RequestContext& context) {
  if (bytes.base64.empty()) {
    context.writer.string(media.url);
  } else {
    write_data_url(bytes, context);
  }
}

// The names that OpenAI has for formats are not those of media types.
// https://platform.openai.com/docs/guides/audio#add-audio-to-your-existing-application
std::string_view format_of(std::string_view mime_type) {
  if (mime_type == "audio/mpeg" || mime_type == "audio/mp3") {
    return "mp3";
  }
  const std::size_t slash = mime_type.find('/');
  std::string_view name = slash == std::string_view::npos ? "wav" : mime_type.substr(slash + 1);
  return name.substr(name.starts_with("x-") ? 2 : 0);
}

void write_audio(const Bytes& bytes, const RequestContext& context) {
  context.writer.open(R"({"type":"input_audio","input_audio":{)");
  context.writer.key("data");
  context.writer.string(bytes.base64);
  context.writer.key("format");
  context.writer.text(format_of(bytes.mime_type));
  context.writer.close("}}");
}

// https://platform.openai.com/docs/guides/pdf-files
void write_file(const MediaPart& media, const Bytes& bytes, const RequestContext& context) {
  context.writer.open(R"({"type":"file","file":{)");
  if (!media.file_name.empty() || !bytes.base64.empty()) {
    context.writer.key("filename");
    context.writer.string(media.file_name.empty() ? chat::Text{"file", false} : media.file_name);
  }
  const bool by_link = bytes.base64.empty() && media.field == MediaField::file_url;
  context.writer.key(by_link ? "file_url" : "file_data");
  write_source(media, bytes, context);
  context.writer.close("}}");
}

// Video is no part of OpenAI's own dialect, and other suppliers have it as OpenRouter does:
// https://openrouter.ai/docs/features/multimodal/videos
void write_url(const MediaPart& media, const Bytes& bytes, const RequestContext& context) {
  json::Writer& writer = context.writer;
  const bool video = media.kind == MediaKind::video;
  writer.open(video ? R"({"type":"video_url","video_url":{)"
                    : R"({"type":"image_url","image_url":{)");
  writer.key("url");
  write_source(media, bytes, context);
  if (!media.detail.empty() && !video) {
    writer.key("detail");
    writer.string(media.detail);
  }
  writer.close("}}");
}

void add_link(const chat::Message& message, const MediaPart& media,
              const chat::FetchedMedia& fetched, std::vector<chat::MediaLink>& out) {
  const bool wants_bytes = media.kind == MediaKind::audio || media.kind == MediaKind::document;
  if (!wants_bytes || !is_web_url(media.url) || fetched.find(media) != nullptr) {
    return;
  }
  out.push_back({&media, media.url.decode(),
                 concat({"messages[", std::to_string(message.index),
                         media.of_answer ? "].images[" : "].content[", std::to_string(media.part),
                         "].", chat::field_name(media.field)})});
}

}  // namespace

void write_media(const MediaPart& media, const RequestContext& context) {
  const Bytes bytes = bytes_of(media, context.source.media);
  switch (media.kind) {
    case MediaKind::audio:
      write_audio(bytes, context);
      break;
    case MediaKind::document:
      write_file(media, bytes, context);
      break;
    default:
      write_url(media, bytes, context);
  }
}

void write_part(const chat::Part& part, const RequestContext& context) {
  json::Writer& writer = context.writer;
  if (const auto* text = std::get_if<chat::TextPart>(&part)) {
    writer.string(text->refusal ? R"({"type":"refusal","refusal":)" : R"({"type":"text","text":)",
                  text->text, "}");
  } else if (const auto* media = std::get_if<MediaPart>(&part)) {
    write_media(*media, context);
  } else if (const auto* file = std::get_if<chat::FilePart>(&part)) {
    writer.string(R"({"type":"file","file":{"file_id":)", file->id, "}}");
  }
}

namespace {

// Those of a message, or of a result in it: one level.
// NOLINTNEXTLINE(misc-no-recursion)
void add_links(const chat::CompleteRequest& source, const chat::Message& message,
               chat::PartRange range, std::vector<chat::MediaLink>& out) {
  for (const chat::Part& part : source.request.in(range)) {
    if (const auto* media = std::get_if<MediaPart>(&part)) {
      add_link(message, *media, source.media, out);
    } else if (const auto* result = std::get_if<chat::ToolResultPart>(&part)) {
      add_links(source, message, result->content, out);
    }
  }
}

}  // namespace

std::vector<chat::MediaLink> find_links(const chat::CompleteRequest& source) {
  std::vector<chat::MediaLink> out;
  for (const chat::Message& message : source.request.messages) {
    add_links(source, message, message.parts, out);
  }
  return out;
}

}  // namespace llmproxy::openai_chat
