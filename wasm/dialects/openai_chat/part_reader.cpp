#include "dialects/openai_chat/part_reader.h"

#include "base/media_type.h"
#include "base/text.h"
#include "dialects/openai_chat/data_url.h"
#include "dialects/openai_chat/result_part_reader.h"
#include "dialects/openai_chat/signature_reader.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace llmproxy::openai_chat {

using chat::MediaField;
using chat::MediaKind;
using chat::Part;
using chat::Text;
using json::Kind;

namespace {

MediaKind media_kind(std::string_view mime_type) {
  const std::string_view family = mime_type.substr(0, mime_type.find('/'));
  if (family == "image") {
    return MediaKind::image;
  }
  if (family == "audio") {
    return MediaKind::audio;
  }
  return family == "video" ? MediaKind::video : MediaKind::document;
}

// Holds no character of base64.
bool is_blank(const Text& base64) {
  return base64.raw.find_first_not_of(" \\nrt") == std::string_view::npos;
}

// Of an address: beside its key, or inside of the object there.
MediaField url_field(const json::String& key, bool inside) {
  if (key.equals("video_url")) {
    return inside ? MediaField::video_url_url : MediaField::video_url;
  }
  if (key.equals("image")) {
    return inside ? MediaField::image_object_url : MediaField::image;
  }
  return inside ? MediaField::image_url_url : MediaField::image_url;
}

}  // namespace

bool is_known_detail(const Text& detail) {
  constexpr std::array kKnown =
      std::to_array<std::string_view>({"", "auto", "low", "medium", "high", "original"});
  return std::any_of(kKnown.begin(), kKnown.end(),
                     [&detail](std::string_view known) { return detail.equals(known); });
}

std::string_view PartReader::store(std::string text) {
  return out_.storage.emplace_back(std::move(text));
}

bool PartReader::try_read_text() {
  Text text;
  const bool read = fields_.cursor().try_read_string(text);
  if (read) {
    out_.parts.emplace_back(chat::TextPart{text});
  }
  return read;
}

bool PartReader::read_content(const FieldPath& param) {
  ResultPartReader results(fields_, out_);
  if (source_ == Source::result && results.is_data()) {
    return is_full() ? fail_full(param) : results.read_data();
  }
  const Kind kind = fields_.cursor().kind();
  if (kind != Kind::array && kind != Kind::null) {
    return fields_.fail_type(param, "a string or an array of content parts");
  }
  return fields_.read_elements(param, kMaxParts, [&](const FieldPath& at, std::size_t index) {
    return read_part(at, index);
  });
}

// Each part stores one text at most.
bool PartReader::is_full() const {
  return std::max(out_.parts.size(), out_.storage.size()) >= kMaxParts;
}

bool PartReader::fail_full(const FieldPath& param) {
  return fields_.fail(ErrorCode::array_too_long,
                      {"Invalid '", param.text(),
                       "': array too long. Expected all messages together to have at most ",
                       std::to_string(kMaxParts), " content parts and tool calls."},
                      param);
}

bool PartReader::read_part(const FieldPath& param, std::size_t index) {
  if (is_full()) {
    return fail_full(param);
  }
  if (try_read_text()) {  // ["text"], which some frameworks send
    return true;
  }
  if (source_ == Source::result) {
    bool found = false;
    const bool read =
        ResultPartReader(fields_, out_).read(param, static_cast<std::uint32_t>(index), found);
    if (found) {
      return read;
    }
  }
  const json::Cursor begin = fields_.cursor();
  PartDraft draft;
  if (read_draft(draft, param, index) && finish_part(draft, param)) {
    return true;
  }
  if (source_ != Source::answer || fields_.cursor().failed()) {
    return false;
  }
  fields_.forgive();
  fields_.cursor() = begin;
  fields_.name_dropped(out_.dropped, param);
  return fields_.cursor().skip_value();
}

bool PartReader::read_draft(PartDraft& draft, const FieldPath& param, std::size_t index) {
  if (!fields_.cursor().try_enter_object()) {
    return fields_.fail_type(param, "an object");
  }
  draft.index = static_cast<std::uint32_t>(index);
  return fields_.read_rest(
      [&](const json::String& key) { return read_part_member(key, draft, param); });
}

bool PartReader::read_part_member(const json::String& key, PartDraft& draft,
                                  const FieldPath& param) {
  if (key.equals("type")) {
    return fields_.read(draft.type, {param, "type"});
  }
  if (key.equals("text") || key.equals("refusal")) {
    return fields_.read(draft.text, {param, key.raw});
  }
  const bool is_url = key.equals("image_url") || key.equals("video_url") || key.equals("image");
  if (is_url) {
    draft.url_field = url_field(key, fields_.cursor().kind() != Kind::string);
  }
  if (is_url && fields_.cursor().kind() == Kind::string) {
    return fields_.read(draft.url, {param, key.raw});  // instead of {"url": …}
  }
  if (is_url || key.equals("input_audio") || key.equals("file")) {
    return read_nested(draft, {param, key.raw});
  }
  bool found = false;
  const bool read = SignatureReader(fields_).read_of_part(key, draft.signature, found);
  if (found && source_ != Source::answer && !draft.signature.empty()) {
    draft.signature = {};  // it proves what a model thought, and no model wrote this
    fields_.name_dropped(out_.dropped, {param, key.raw});
  }
  return found ? read : fields_.drop(out_.dropped, {param, key.raw});
}

// The object that a part of media keeps its fields in; no two kinds share a name for different
// things.
bool PartReader::read_nested(PartDraft& draft, const FieldPath& param) {
  const std::array members = std::to_array<std::pair<std::string_view, Text*>>({
      {"url", &draft.url},
      {"detail", &draft.detail},
      {"data", &draft.data},
      {"format", &draft.format},
      {"file_data", &draft.data},
      {"file_url", &draft.url},
      {"file_id", &draft.file_id},
      {"filename", &draft.file_name},
  });
  return fields_.read_members(param, [&](const json::String& key) {
    for (const auto& [name, text] : members) {
      if (key.equals(name)) {
        return fields_.read(*text, {param, name});
      }
    }
    return fields_.cursor().skip_value();
  });
}

bool PartReader::finish_part(PartDraft& draft, const FieldPath& param) {
  const std::array texts = std::to_array<std::string_view>({
      "text",
      "refusal",
      "output_text",  // of the Responses API, whose histories clients send here, too
      "input_text",
  });
  const bool is_bare_text = draft.type.empty() && !draft.text.empty();
  const auto is_type = [&draft](std::string_view type) { return draft.type.equals(type); };
  if (is_bare_text || std::any_of(texts.begin(), texts.end(), is_type)) {
    out_.parts.emplace_back(
        chat::TextPart{draft.text, draft.signature, draft.type.equals("refusal")});
    return true;
  }
  if (draft.type.equals("image_url") || draft.type.equals("image")) {
    return finish_url(MediaKind::image, draft, param);
  }
  if (draft.type.equals("video_url")) {
    return finish_url(MediaKind::video, draft, param);
  }
  if (draft.type.equals("input_audio")) {
    return finish_audio(draft, {param, "input_audio"});
  }
  if (draft.type.equals("file")) {
    return finish_file(draft, {param, "file"});
  }
  return fields_.fail(ErrorCode::unsupported_value,
                      {"Invalid value: '", quote(draft.type),
                       "'. Supported values are: 'text', 'image_url', 'input_audio', 'file' "
                       "and 'refusal'."},
                      {param, "type"});
}

bool PartReader::check_detail(PartDraft& draft, const FieldPath& param) {
  if (is_known_detail(draft.detail)) {
    return true;
  }
  if (source_ == Source::answer) {
    draft.detail = {};
    fields_.name_dropped(out_.dropped, param);
    return true;
  }
  return fields_.fail(ErrorCode::invalid_value,
                      {"Invalid value: '", quote(draft.detail),
                       "'. Supported values are: 'auto', 'low', 'high' and 'original'."},
                      param);
}

// An empty part would reach the supplier, as an image that is not there.
bool PartReader::fail_empty(const FieldPath& param) {
  return fields_.fail(ErrorCode::invalid_value,
                      {"Invalid '", param.text(), "': the data URL holds no data."}, param);
}

bool PartReader::finish_url(MediaKind kind, PartDraft& draft, const FieldPath& param) {
  if (draft.url.empty()) {
    return fields_.fail_missing(
        {param, kind == MediaKind::video ? "video_url.url" : "image_url.url"});
  }
  const std::string_view field = chat::field_name(draft.url_field);
  const FieldPath where(param, field);
  if (!check_detail(draft, {param, concat({field.substr(0, field.find('.')), ".detail"})})) {
    return false;
  }
  if (!is_data_url(draft.url)) {
    if (source_ == Source::answer && !is_web_url(draft.url) &&
        !draft.url.raw.starts_with("gs://")) {
      return fields_.fail(ErrorCode::invalid_value, "Not a link that can be followed.", where);
    }
    if (draft.url.raw.size() > kMaxLink) {
      return fields_.fail_length(where, draft.url, kMaxLink);
    }
    out_.parts.emplace_back(chat::MediaPart{.kind = kind,
                                            .url = draft.url,
                                            .detail = draft.detail,
                                            .part = draft.index,
                                            .field = draft.url_field,
                                            .signature = draft.signature});
    return true;
  }
  std::optional<DataUrl> data = parse_data_url(draft.url);
  if (!data) {
    return fields_.fail(ErrorCode::invalid_value,
                        "The data URL is not of the form 'data:<media type>;base64,<data>'.",
                        where);
  }
  if (is_blank(data->base64)) {
    return fail_empty(where);
  }
  const std::string_view type = store(std::move(data->mime_type));
  out_.parts.emplace_back(chat::MediaPart{.kind = media_kind(type),
                                          .mime_type = type,
                                          .base64 = data->base64,
                                          .detail = draft.detail,
                                          .part = draft.index,
                                          .field = draft.url_field,
                                          .signature = draft.signature});
  return true;
}

bool PartReader::finish_audio(const PartDraft& draft, const FieldPath& param) {
  if (draft.data.empty()) {
    return fields_.fail_missing({param, "data"});
  }
  if (draft.format.raw.size() > kMaxName) {
    return fields_.fail_length({param, "format"}, draft.format, kMaxName);
  }
  std::optional<DataUrl> url = parse_data_url(draft.data);
  if (url && is_blank(url->base64)) {
    return fail_empty({param, "data"});
  }
  std::string type = "audio/wav";
  if (url) {
    type = std::move(url->mime_type);
  } else if (!draft.format.empty()) {
    type = normal_media_type("audio/" + draft.format.decode());
  }
  out_.parts.emplace_back(chat::MediaPart{.kind = MediaKind::audio,
                                          .mime_type = store(std::move(type)),
                                          .base64 = url ? url->base64 : draft.data,
                                          .part = draft.index,
                                          .field = MediaField::audio_data});
  return true;
}

bool PartReader::finish_file(const PartDraft& draft, const FieldPath& param) {
  if (draft.file_id.raw.size() > kMaxLink) {
    return fields_.fail_length({param, "file_id"}, draft.file_id, kMaxLink);
  }
  if (draft.file_name.raw.size() > kMaxLink) {
    return fields_.fail_length({param, "filename"}, draft.file_name, kMaxLink);
  }
  if (!draft.file_id.empty()) {
    out_.parts.emplace_back(chat::FilePart{draft.file_id, draft.index});
    return true;
  }
  const Text& source = draft.data.empty() ? draft.url : draft.data;
  const MediaField field = draft.data.empty() ? MediaField::file_url : MediaField::file_data;
  const FieldPath where(param, draft.data.empty() ? "file_url" : "file_data");
  if (source.empty()) {
    return fields_.fail(ErrorCode::missing_parameter,
                        "'file' has neither 'file_data' nor 'file_id'.", param);
  }
  if (is_web_url(source)) {
    if (source.raw.size() > kMaxLink) {
      return fields_.fail_length(where, source, kMaxLink);
    }
    out_.parts.emplace_back(chat::MediaPart{.kind = MediaKind::document,
                                            .url = source,
                                            .part = draft.index,
                                            .field = field,
                                            .file_name = draft.file_name});
    return true;
  }
  std::optional<DataUrl> data = parse_data_url(source);
  if (!data && is_data_url(source)) {
    return fields_.fail(ErrorCode::invalid_value,
                        "The data URL is not of the form 'data:<media type>;base64,<data>'.",
                        where);
  }
  if (data && is_blank(data->base64)) {
    return fail_empty(where);
  }
  std::string type = data ? std::move(data->mime_type)
                          : media_type_of(media_type_of_name(draft.file_name.decode()), source);
  if (type.empty()) {
    type = "application/pdf";  // which is what OpenAI takes
  }
  const std::string_view stored = store(std::move(type));
  out_.parts.emplace_back(chat::MediaPart{.kind = media_kind(stored),
                                          .mime_type = stored,
                                          .base64 = data ? data->base64 : source,
                                          .part = draft.index,
                                          .field = field,
                                          .file_name = draft.file_name});
  return true;
}

}  // namespace llmproxy::openai_chat
