#include "dialects/openai_chat/output_reader.h"

#include <algorithm>
#include <array>

namespace llmproxy::openai_chat {

using chat::Text;
using json::Kind;

namespace {

// Of JSON Schema, one of which each schema has that says something.
bool is_keyword(const json::String& key) {
  constexpr std::array kKeywords = std::to_array<std::string_view>(
      {"type", "properties", "$ref", "anyOf", "oneOf", "allOf", "enum", "const", "items"});
  return std::any_of(kKeywords.begin(), kKeywords.end(),
                     [&key](std::string_view name) { return key.equals(name); });
}

}  // namespace

bool OutputReader::read_response_format() {
  const FieldPath param("response_format");
  Text type;
  Schema wrapped;
  Schema bare;
  std::string_view bare_name;
  const bool given = fields_.cursor().kind() != Kind::null;
  const bool read = fields_.read_members(param, [&](const json::String& key) {
    if (key.equals("type")) {
      return fields_.read(type, {param, "type"});
    }
    if (key.equals("json_schema")) {
      return read_json_schema(wrapped);
    }
    if (key.equals("schema") || key.equals("response_schema")) {
      name_unused(bare, !bare.json.empty(), {param, bare_name});  // the last one holds
      bare_name = key.raw;
      return read_schema(bare, {param, key.raw});
    }
    return fields_.drop(out_.dropped, {param, key.raw});
  });
  if (!read || !given) {
    return read;
  }
  const Schema& schema = wrapped.json.empty() ? bare : wrapped;
  const bool has_schema = !schema.json.empty();
  if (type.equals("json_schema") || (type.equals("json_object") && has_schema)) {
    out_.format = {chat::FormatKind::json_schema,
                   schema.json,
                   wrapped.description,
                   true,
                   wrapped.name,
                   wrapped.strict};
  } else if (type.equals("json_object")) {
    out_.format = {chat::FormatKind::json_object, {}, {}, true};
  } else if (type.equals("text")) {
    out_.format = {chat::FormatKind::text, {}, {}, true};
  } else {
    return fields_.fail(ErrorCode::invalid_value,
                        "Invalid 'response_format.type': supported values are 'text', "
                        "'json_object' and 'json_schema'.",
                        {param, "type"});
  }
  if (wrapped.json.empty() && has_schema) {
    out_.names.schema = FieldPath(param, bare_name).text();
  }
  const bool is_text = type.equals("text");
  name_unused(wrapped, is_text, {param, "json_schema"});
  name_unused(bare, is_text || !wrapped.json.empty(), {param, bare_name});
  return true;
}

// What is given beside the one that holds.
void OutputReader::name_unused(const Schema& schema, bool unused, const FieldPath& at) {
  if (unused && !schema.json.empty()) {
    fields_.name_dropped(out_.dropped, at);
  }
}

bool OutputReader::read_schema(Schema& out, const FieldPath& param) {
  if (fields_.cursor().kind() == Kind::null) {
    return fields_.cursor().skip_value();
  }
  return fields_.cursor().kind() == Kind::object ? fields_.read_raw(out.json)
                                                 : fields_.fail_type(param, "an object");
}

// Some clients put the schema where the object with its name belongs.
bool OutputReader::read_json_schema(Schema& out) {
  const FieldPath param("response_format.json_schema");
  json::Cursor whole = fields_.cursor();
  bool is_schema = false;
  const std::size_t known = out_.dropped.size();
  const bool read = fields_.read_members(param, [&](const json::String& key) {
    if (key.equals("description")) {
      return fields_.read(out.description, {param, "description"}, kMaxJoinedText);
    }
    if (key.equals("schema")) {
      return read_schema(out, {param, "schema"});
    }
    if (key.equals("name") && fields_.cursor().kind() == Kind::string) {
      return fields_.read(out.name, {param, "name"});
    }
    if (key.equals("strict") && fields_.cursor().kind() == Kind::boolean) {
      return fields_.read(out.strict, {param, "strict"});
    }
    is_schema = is_schema || is_keyword(key);
    const bool named = key.equals("name") || key.equals("strict");
    return named ? fields_.cursor().skip_value() : fields_.drop(out_.dropped, {param, key.raw});
  });
  if (read && is_schema && out.json.empty()) {
    whole.skip_value(out.json);
    out_.names.schema = param.text();
    fields_.forget_dropped(out_.dropped, known);
  }
  return read;
}

bool OutputReader::read_modalities() {
  if (fields_.cursor().kind() == Kind::null) {
    return fields_.cursor().skip_value();
  }
  chat::Modalities& modalities = out_.modalities;
  modalities.text = false;
  return fields_.read_elements("modalities", kMaxModalities, [&](const FieldPath& at, std::size_t) {
    Text modality;
    if (!fields_.read(modality, at)) {
      return false;
    }
    if (modality.equals("text")) {
      modalities.text = true;
    } else if (modality.equals("image")) {
      modalities.image = true;
    } else if (modality.equals("audio")) {
      modalities.audio = true;
    } else {
      return fields_.fail(ErrorCode::invalid_value,
                          "Invalid 'modalities': supported values are 'text', 'audio' and 'image'.",
                          "modalities");
    }
    return true;
  });
}

// {"id": "voice_…"}
bool OutputReader::read_own_voice(const FieldPath& param) {
  return fields_.read_members(param, [&](const json::String& member) {
    if (!member.equals("id")) {
      return fields_.drop(out_.dropped, {param, member.raw});
    }
    out_.audio.own_voice = true;
    return fields_.read(out_.audio.voice, {param, "id"}, kMaxName);
  });
}

bool OutputReader::read_audio() {
  const FieldPath param("audio");
  return fields_.read_members(param, [&](const json::String& key) {
    if (key.equals("voice") && fields_.cursor().kind() == Kind::object) {
      return read_own_voice({param, "voice"});
    }
    if (key.equals("voice")) {
      return fields_.read(out_.audio.voice, {param, "voice"}, kMaxName);
    }
    return key.equals("format") ? fields_.read(out_.audio.format, {param, "format"})
                                : fields_.keep_inner(out_, key, "audio");
  });
}

bool OutputReader::read_web_search_options() {
  if (fields_.cursor().kind() == Kind::null) {
    return fields_.cursor().skip_value();
  }
  out_.web_search = true;
  constexpr std::string_view kName = "web_search_options";
  return fields_.read_members(
      kName, [&](const json::String& key) { return fields_.keep_inner(out_, key, kName); });
}

}  // namespace llmproxy::openai_chat
