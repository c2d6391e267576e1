#include "dialects/gemini/google_settings.h"

#include "base/text.h"
#include "json/cursor.h"

#include <array>
#include <span>

namespace llmproxy::gemini {
namespace {

using json::Kind;

struct Member {
  std::string_view name;  // in Google's spelling for OpenAI clients
  std::string_view wire;
  Kind kind;
};

constexpr std::array kThinking = std::to_array<Member>({
    {"thinking_budget", "thinkingBudget", Kind::number},
    {"thinking_level", "thinkingLevel", Kind::string},
    {"include_thoughts", "includeThoughts", Kind::boolean},
});

constexpr std::array kImage = std::to_array<Member>({
    {"aspect_ratio", "aspectRatio", Kind::string},
    {"image_size", "imageSize", Kind::string},
});

Error wrong_type(std::string_view param, std::string_view wanted, Kind got) {
  return {ErrorCode::invalid_type,
          {"Invalid type for '", param, "': expected ", wanted, ", but got ", json::kind_name(got),
           " instead."},
          param};
}

Error unknown(std::string_view param, const json::String& key, std::span<const Member> members) {
  const std::string at = concat({param, ".", key.raw});
  for (const Member& member : members) {
    if (key.equals(member.wire)) {
      return {ErrorCode::unknown_parameter,
              {"Unknown parameter: '", at, "'. Did you mean '", member.name, "'?"},
              at};
    }
  }
  std::string known;
  for (const Member& member : members) {
    known.append(known.empty() ? "'" : ", '").append(member.name).append("'");
  }
  return {ErrorCode::unknown_parameter,
          {"Unknown parameter: '", at, "'. Known here are ", known, "."},
          at};
}

const Member* find(std::span<const Member> members, const json::String& key) {
  for (const Member& member : members) {
    if (key.equals(member.name)) {
      return &member;
    }
  }
  return nullptr;
}

// Levels are written in capitals on the wire, and small in Google's own examples.
std::string in_capitals(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  }
  return out;
}

// The members of an object: `take(member, value)` for each that is not null.
template <typename Take>
Status read_members(const chat::VendorField& field, std::span<const Member> members, Take take) {
  json::Cursor cursor(field.value);
  if (cursor.kind() != Kind::object) {
    return wrong_type(field.param, "an object", cursor.kind());
  }
  json::String key;
  cursor.enter_object();
  while (cursor.next_member(key)) {
    const Member* member = find(members, key);
    if (member == nullptr) {
      return unknown(field.param, key, members);
    }
    const Kind kind = cursor.kind();
    if (kind != member->kind && kind != Kind::null) {
      return wrong_type(concat({field.param, ".", member->name}), json::kind_name(member->kind),
                        kind);
    }
    std::string_view value;
    cursor.skip_value(value);
    if (kind != Kind::null) {
      take(*member, value);
    }
  }
  return {};
}

Status read_thinking(const chat::VendorField& field, GoogleSettings& out) {
  return read_members(field, kThinking, [&](const Member& member, std::string_view value) {
    if (member.kind == Kind::boolean) {
      out.include_thoughts = value == "true";
    } else if (member.kind == Kind::number) {
      out.thinking_budget = value;
    } else {
      out.thinking_level = in_capitals(value);
    }
  });
}

Status read_image(const chat::VendorField& field, GoogleSettings& out) {
  std::string members;
  Status status = read_members(field, kImage, [&](const Member& member, std::string_view value) {
    members.append(concat({members.empty() ? "\"" : ",\"", member.wire, "\":", value}));
  });
  out.image_config = concat({"{", members, "}"});
  return status;
}

Status take(const chat::VendorField& field, Kind wanted, std::string_view& out) {
  const Kind kind = json::Cursor(field.value).kind();
  if (kind != wanted) {
    return wrong_type(field.param, json::kind_name(wanted), kind);
  }
  out = field.value;
  return {};
}

Status read_field(const chat::VendorField& field, GoogleSettings& out) {
  if (field.name.equals("cached_content")) {
    return take(field, Kind::string, out.cached_content);
  }
  if (field.name.equals("safety_settings")) {
    return take(field, Kind::array, out.safety_settings);
  }
  if (field.name.equals("media_resolution")) {
    return take(field, Kind::string, out.media_resolution);
  }
  if (field.name.equals("thinking_config")) {
    out.thinking_param = field.param;
    return read_thinking(field, out);
  }
  if (field.name.equals("task_type")) {
    return take(field, Kind::string, out.task_type);
  }
  return read_image(field, out);
}

}  // namespace

Status read_settings(const chat::Request& request, GoogleSettings& out) {
  for (const chat::VendorField& field : request.vendor_fields) {
    if (field.vendor != "google") {
      continue;
    }
    if (Status status = read_field(field, out); !status) {
      return status;
    }
    // Google's own endpoint refuses the two together as well.
    if (field.name.equals("thinking_config") && request.reasoning_effort) {
      return Error{ErrorCode::invalid_value,
                   {"'", request.names.reasoning_effort, "' and '", field.param,
                    "' say the same thing twice; send one of them."},
                   field.param};
    }
  }
  return {};
}

}  // namespace llmproxy::gemini
