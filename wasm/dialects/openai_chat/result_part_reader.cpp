#include "dialects/openai_chat/result_part_reader.h"

#include "base/buffer.h"
#include "base/media_type.h"
#include "base/text.h"
#include "dialects/openai_chat/data_url.h"
#include "json/lenient.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace llmproxy::openai_chat {

using chat::MediaField;
using chat::MediaKind;
using chat::Text;
using json::Kind;

namespace {

// What tells the forms apart.
struct Outline {
  Text type;
  bool has_text = false;
  bool has_data = false;
};

Outline outline_of(json::Cursor cursor) {
  Outline outline;
  each_member(cursor, [&](const json::String& key) {
    const bool is_string = cursor.kind() == Kind::string;
    if (key.equals("type") && is_string) {
      read_text(cursor, outline.type);
      return;
    }
    outline.has_text = outline.has_text || (key.equals("text") && is_string);
    outline.has_data = outline.has_data || key.equals("data");
    cursor.skip_value();
  });
  return outline;
}

bool is_one_of(const Text& type, std::initializer_list<std::string_view> names) {
  return std::any_of(names.begin(), names.end(),
                     [&type](std::string_view name) { return type.equals(name); });
}

bool is_mime_type(const json::String& key) {
  return key.equals("mimeType") || key.equals("mime_type") || key.equals("media_type");
}

MediaKind kind_of(std::string_view type) {
  return type.starts_with("image/")   ? MediaKind::image
         : type.starts_with("audio/") ? MediaKind::audio
         : type.starts_with("video/") ? MediaKind::video
                                      : MediaKind::document;
}

}  // namespace

// An array is a list of parts if its first element looks like one.
bool ResultPartReader::is_data() const {
  json::Cursor cursor = fields_.cursor();
  if (cursor.kind() != Kind::array) {
    return cursor.kind() != Kind::null && cursor.kind() != Kind::string;
  }
  cursor.enter_array();
  if (!cursor.next_element() || cursor.kind() == Kind::string) {
    return false;
  }
  if (cursor.kind() != Kind::object) {
    return true;
  }
  const Outline outline = outline_of(cursor);
  return outline.type.empty() && !outline.has_text;
}

bool ResultPartReader::read_data() {
  std::string_view json;
  return fields_.read_raw(json) && add_text(json);
}

bool ResultPartReader::add_text(std::string_view json) {
  Buffer& escaped = out_.large_storage.emplace_back();
  json::escape(json, escaped);
  if (escaped.failed()) {
    return fields_.fail(ErrorCode::out_of_memory,
                        "There is no memory for this request at the moment.", "");
  }
  out_.parts.emplace_back(chat::TextPart{{escaped.view(), true}});
  return true;
}

bool ResultPartReader::read(const FieldPath& param, std::uint32_t index, bool& found) {
  found = true;
  if (fields_.cursor().kind() != Kind::object) {
    return fields_.cursor().skip_null() || read_data();
  }
  const Outline outline = outline_of(fields_.cursor());
  if (outline.has_data && is_one_of(outline.type, {"image", "audio"})) {
    return read_media(param, index);
  }
  if (outline.type.equals("resource")) {
    return read_resource(param, index);
  }
  if (outline.type.equals("json")) {
    return read_json_part();
  }
  const bool is_usual =
      is_one_of(outline.type, {"text", "refusal", "output_text", "input_text", "image", "image_url",
                               "video_url", "input_audio", "file"}) ||
      (outline.type.empty() && outline.has_text);
  found = !is_usual;
  return is_usual || read_data();
}

// {"type":"json","json":…} and {"type":"json","value":…}. With more in it, it is data as a whole.
bool ResultPartReader::read_json_part() {
  json::Cursor cursor = fields_.cursor();
  std::string_view value;
  bool more = false;
  each_member(cursor, [&](const json::String& key) {
    if (value.empty() && (key.equals("json") || key.equals("value"))) {
      cursor.skip_value(value);
    } else {
      more = more || !key.equals("type");
      cursor.skip_value();
    }
  });
  if (more || value.empty()) {
    return read_data();
  }
  return fields_.cursor().skip_value() && add_text(value);
}

// {"type":"image","data":…,"mimeType":…}
bool ResultPartReader::read_media(const FieldPath& param, std::uint32_t index) {
  Text data;
  Text type;
  const bool read = fields_.read_members(param, [&](const json::String& key) {
    if (key.equals("data")) {
      return fields_.read(data, {param, "data"});
    }
    if (is_mime_type(key)) {
      return fields_.read(type, {param, key.raw}, kMaxName);
    }
    return key.equals("type") ? fields_.cursor().skip_value()
                              : fields_.drop(out_.dropped, {param, key.raw});
  });
  if (!read) {
    return false;
  }
  std::optional<DataUrl> url = parse_data_url(data);
  const Text base64 = url ? url->base64 : data;
  if (trim(base64.raw).empty()) {
    return fields_.fail_missing({param, "data"});
  }
  const std::string_view stored = out_.storage.emplace_back(
      url ? std::move(url->mime_type) : media_type_of(type.decode(), base64));
  out_.parts.emplace_back(chat::MediaPart{.kind = kind_of(stored),
                                          .mime_type = stored,
                                          .base64 = base64,
                                          .part = index,
                                          .field = MediaField::data});
  return true;
}

bool ResultPartReader::read_resource_member(const json::String& member, const FieldPath& inside,
                                            Resource& out) {
  if (member.equals("text")) {
    return fields_.read(out.text, {inside, "text"});
  }
  if (member.equals("blob")) {
    return fields_.read(out.blob, {inside, "blob"});
  }
  if (is_mime_type(member)) {
    return fields_.read(out.type, {inside, member.raw}, kMaxName);
  }
  return member.equals("uri") ? fields_.read(out.uri, {inside, "uri"}, kMaxLink)
                              : fields_.drop(out_.dropped, {inside, member.raw});
}

// {"type":"resource","resource":{"uri":…,"mimeType":…,"text":…}}, or with its bytes as "blob".
bool ResultPartReader::read_resource(const FieldPath& param, std::uint32_t index) {
  json::Cursor whole = fields_.cursor();
  const std::size_t dropped = out_.dropped.size();
  Resource resource;
  bool is_object = false;
  const FieldPath inside(param, "resource");
  const bool read = fields_.read_members(param, [&](const json::String& key) {
    is_object = is_object || (key.equals("resource") && fields_.cursor().kind() == Kind::object);
    if (!key.equals("resource") || !is_object) {
      return key.equals("type") ? fields_.cursor().skip_value()
                                : fields_.drop(out_.dropped, {param, key.raw});
    }
    return fields_.read_members(inside, [&](const json::String& member) {
      return read_resource_member(member, inside, resource);
    });
  });
  if (!read) {
    return false;
  }
  if (resource.blob.empty() && resource.text.raw.data() == nullptr) {
    std::string_view json;  // it is told by its address alone, or by something else
    fields_.forget_dropped(out_.dropped, dropped);
    return whole.skip_value(json) && add_text(json);
  }
  add_resource(resource, inside, index);
  return true;
}

void ResultPartReader::add_resource(const Resource& resource, const FieldPath& inside,
                                    std::uint32_t index) {
  const auto& [text, blob, type, uri] = resource;
  if (!uri.empty()) {
    fields_.name_dropped(out_.dropped, {inside, "uri"});
  }
  if (blob.empty()) {
    out_.parts.emplace_back(chat::TextPart{text});
    return;
  }
  std::string found = media_type_of(type.decode(), blob);
  if (found.empty() || found == "application/octet-stream") {
    found = media_type_of_name(uri.decode());
  }
  if (found.empty()) {  // bytes of no kind that a model could read
    fields_.name_dropped(out_.dropped, {inside, "blob"});
    return;
  }
  const std::string_view stored = out_.storage.emplace_back(std::move(found));
  out_.parts.emplace_back(chat::MediaPart{.kind = kind_of(stored),
                                          .mime_type = stored,
                                          .base64 = blob,
                                          .part = index,
                                          .field = MediaField::blob});
}

}  // namespace llmproxy::openai_chat
