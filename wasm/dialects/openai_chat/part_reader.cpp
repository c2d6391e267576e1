#include "dialects/openai_chat/part_reader.h"

#include "base/text.h"
#include "dialects/openai_chat/data_url.h"

#include <array>
#include <optional>
#include <utility>

namespace llmproxy::openai_chat {

using chat::Part;
using chat::Text;
using json::Kind;

namespace {

chat::MediaKind media_kind(std::string_view mime_type) {
  const std::string_view family = mime_type.substr(0, mime_type.find('/'));
  if (family == "image") {
    return chat::MediaKind::image;
  }
  if (family == "audio") {
    return chat::MediaKind::audio;
  }
  return family == "video" ? chat::MediaKind::video : chat::MediaKind::document;
}

}  // namespace

std::string_view PartReader::store(std::string text) {
  return out_.storage.emplace_back(std::move(text));
}

bool PartReader::read_content(std::vector<Part>& parts, const FieldPath& param) {
  json::Cursor& cursor = fields_.cursor();
  if (cursor.kind() == Kind::string) {
    Text text;
    cursor.read_string(text);
    parts.emplace_back(chat::TextPart{text});
    return fields_.good();
  }
  if (cursor.kind() != Kind::array && cursor.kind() != Kind::null) {
    return fields_.fail_type(param, "a string or an array of content parts");
  }
  if (!fields_.enter_array(param)) {
    return fields_.good();
  }
  for (std::size_t i = 0; cursor.next_element(); ++i) {
    if (!read_part(parts, {param, i})) {
      return false;
    }
  }
  return fields_.good();
}

bool PartReader::read_part(std::vector<Part>& parts, const FieldPath& param) {
  json::Cursor& cursor = fields_.cursor();
  if (cursor.kind() == Kind::string) {  // ["text"], which some frameworks send
    Text text;
    cursor.read_string(text);
    parts.emplace_back(chat::TextPart{text});
    return fields_.good();
  }
  if (cursor.kind() != Kind::object) {
    return fields_.fail_type(param, "an object");
  }
  PartDraft draft;
  json::String key;
  cursor.enter_object();
  while (cursor.next_member(key)) {
    if (!read_part_member(key, draft, param)) {
      return false;
    }
  }
  return fields_.good() && finish_part(draft, parts, param);
}

bool PartReader::read_part_member(const json::String& key, PartDraft& draft,
                                  const FieldPath& param) {
  if (key.equals("type")) {
    return fields_.read(draft.type, {param, "type"});
  }
  if (key.equals("text") || key.equals("refusal")) {
    return fields_.read(draft.text, {param, key.raw});
  }
  if (key.equals("image_url") && fields_.cursor().kind() == Kind::string) {
    return fields_.read(draft.url, {param, "image_url"});  // instead of {"url": …}
  }
  if (key.equals("image_url") || key.equals("input_audio") || key.equals("file")) {
    return read_nested(draft, {param, key.raw});
  }
  return fields_.cursor().skip_value();
}

// The object that a part of media keeps its fields in; no two kinds share a name for different
// things.
bool PartReader::read_nested(PartDraft& draft, const FieldPath& param) {
  if (!fields_.enter_object(param)) {
    return fields_.good();
  }
  const std::array members = std::to_array<std::pair<std::string_view, Text*>>({
      {"url", &draft.url},
      {"detail", &draft.detail},
      {"data", &draft.data},
      {"format", &draft.format},
      {"file_data", &draft.data},
      {"file_id", &draft.file_id},
      {"filename", &draft.file_name},
  });
  json::String key;
  while (fields_.cursor().next_member(key)) {
    Text* target = nullptr;
    for (const auto& [name, text] : members) {
      if (key.equals(name)) {
        target = text;
      }
    }
    const bool read =
        target != nullptr ? fields_.read(*target, {param, key.raw}) : fields_.cursor().skip_value();
    if (!read) {
      return false;
    }
  }
  return fields_.good();
}

bool PartReader::finish_part(const PartDraft& draft, std::vector<Part>& parts,
                             const FieldPath& param) {
  if (draft.type.equals("text") || draft.type.equals("refusal")) {
    parts.emplace_back(chat::TextPart{draft.text});
    return true;
  }
  if (draft.type.equals("image_url")) {
    return finish_image(draft, parts, param);
  }
  if (draft.type.equals("input_audio")) {
    if (draft.data.empty()) {
      return fields_.fail(ErrorCode::missing_parameter, "'input_audio' has no 'data'.",
                          {{param, "input_audio"}, "data"});
    }
    const std::string format = draft.format.empty() ? "wav" : lower(draft.format.decode());
    parts.emplace_back(
        chat::MediaPart{chat::MediaKind::audio, store("audio/" + format), draft.data, {}, {}});
    return true;
  }
  if (draft.type.equals("file")) {
    return finish_file(draft, parts, param);
  }
  return fields_.fail(ErrorCode::unsupported_value,
                      concat({"Invalid value: '", shorten(draft.type.decode(), 40),
                              "'. Supported values are: 'text', 'image_url', 'input_audio', 'file' "
                              "and 'refusal'."}),
                      {param, "type"});
}

bool PartReader::finish_image(const PartDraft& draft, std::vector<Part>& parts,
                              const FieldPath& param) {
  const FieldPath image_url(param, "image_url");
  const FieldPath where(image_url, "url");
  if (draft.url.empty()) {
    return fields_.fail(ErrorCode::missing_parameter, "'image_url' has no 'url'.", where);
  }
  if (!is_data_url(draft.url)) {
    parts.emplace_back(chat::MediaPart{chat::MediaKind::image, {}, {}, draft.url, draft.detail});
    return true;
  }
  std::optional<DataUrl> data = parse_data_url(draft.url);
  if (!data) {
    return fields_.fail(ErrorCode::invalid_value,
                        "The data URL is not of the form 'data:<media type>;base64,<data>'.",
                        where);
  }
  const std::string_view type = store(std::move(data->mime_type));
  parts.emplace_back(chat::MediaPart{media_kind(type), type, data->base64, {}, draft.detail});
  return true;
}

bool PartReader::finish_file(const PartDraft& draft, std::vector<Part>& parts,
                             const FieldPath& param) {
  if (!draft.file_id.empty()) {
    parts.emplace_back(chat::FilePart{draft.file_id});
    return true;
  }
  if (draft.data.empty()) {
    return fields_.fail(ErrorCode::missing_parameter,
                        "'file' has neither 'file_data' nor 'file_id'.", {param, "file"});
  }
  std::optional<DataUrl> data = parse_data_url(draft.data);
  const std::string_view type =
      store(data ? std::move(data->mime_type) : mime_type_of_file(draft.file_name.decode()));
  parts.emplace_back(
      chat::MediaPart{media_kind(type), type, data ? data->base64 : draft.data, {}, {}});
  return true;
}

}  // namespace llmproxy::openai_chat
