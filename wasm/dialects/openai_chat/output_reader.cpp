#include "dialects/openai_chat/output_reader.h"

namespace llmproxy::openai_chat {

using chat::Text;
using json::Kind;

bool OutputReader::read_response_format() {
  const FieldPath param("response_format");
  Text type;
  const bool given = fields_.cursor().kind() != Kind::null;
  const bool read = fields_.read_members(param, [&](const json::String& key) {
    if (key.equals("type")) {
      return fields_.read(type, {param, "type"});
    }
    return key.equals("json_schema") ? read_json_schema() : fields_.cursor().skip_value();
  });
  if (!read || !given) {
    return read;
  }
  if (type.equals("json_object")) {
    out_.format = {chat::FormatKind::json_object, {}, {}};
  } else if (type.equals("json_schema")) {
    out_.format.kind = chat::FormatKind::json_schema;
  } else if (type.equals("text")) {
    out_.format = {};
  } else {
    return fields_.fail(ErrorCode::invalid_value,
                        "Invalid 'response_format.type': supported values are 'text', "
                        "'json_object' and 'json_schema'.",
                        {param, "type"});
  }
  return true;
}

bool OutputReader::read_json_schema() {
  const FieldPath param("response_format.json_schema");
  return fields_.read_members(param, [&](const json::String& key) {
    if (key.equals("description")) {
      return fields_.read(out_.format.description, {param, "description"}, kMaxJoinedText);
    }
    if (!key.equals("schema") || fields_.cursor().kind() == Kind::null) {
      return fields_.cursor().skip_value();
    }
    return fields_.cursor().kind() == Kind::object
               ? fields_.read_raw(out_.format.schema)
               : fields_.fail_type({param, "schema"}, "an object");
  });
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

bool OutputReader::read_audio() {
  const FieldPath param("audio");
  return fields_.read_members(param, [&](const json::String& key) {
    if (key.equals("voice") && fields_.cursor().kind() == Kind::object) {
      const FieldPath voice(param, "voice");
      return fields_.read_members(voice, [&](const json::String& member) {
        return member.equals("id") ? fields_.read(out_.audio.voice, {voice, "id"}, kMaxName)
                                   : fields_.cursor().skip_value();
      });
    }
    if (key.equals("voice")) {
      return fields_.read(out_.audio.voice, {param, "voice"}, kMaxName);
    }
    return key.equals("format") ? fields_.read(out_.audio.format, {param, "format"})
                                : fields_.cursor().skip_value();
  });
}

bool OutputReader::read_web_search_options() {
  if (fields_.cursor().kind() == Kind::null) {
    return fields_.cursor().skip_value();
  }
  out_.web_search = true;
  const FieldPath param("web_search_options");
  return fields_.read_members(param, [&](const json::String& key) {
    if (fields_.cursor().kind() != Kind::null && out_.dropped.size() < kMaxNamedChanges) {
      out_.dropped.push_back(FieldPath(param, key.raw).text());
    }
    return fields_.cursor().skip_value();
  });
}

}  // namespace llmproxy::openai_chat
