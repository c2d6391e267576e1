#include "dialects/gemini/google_settings.h"

#include "base/inline.h"
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

// The value of one member, appended to `out` in wire words.
Status read_member(json::Cursor& cursor, const Member& member, const chat::VendorField& field,
                   std::optional<bool>* include_thoughts, std::string& out) {
  const Kind kind = cursor.kind();
  std::string_view value;
  if (kind != member.kind && kind != Kind::null) {
    return wrong_type(concat({field.param, ".", member.name}), json::kind_name(member.kind), kind);
  }
  cursor.skip_value(value);
  if (kind == Kind::null) {
    return {};
  }
  if (include_thoughts != nullptr && member.kind == Kind::boolean) {
    *include_thoughts = value == "true";
    return {};
  }
  out.append(concat({out.empty() ? "\"" : ",\"", member.wire, "\":",
                     member.wire == "thinkingLevel" ? in_capitals(value) : std::string(value)}));
  return {};
}

// The members of an object in wire words, as "name":value with commas between.
Result<std::string> read_members(const chat::VendorField& field, std::span<const Member> members,
                                 std::optional<bool>* include_thoughts) {
  json::Cursor cursor(field.value);
  if (cursor.kind() != Kind::object) {
    return wrong_type(field.param, "an object", cursor.kind());
  }
  std::string out;
  json::String key;
  cursor.enter_object();
  while (cursor.next_member(key)) {
    const Member* member = find(members, key);
    if (member == nullptr) {
      return unknown(field.param, key, members);
    }
    if (Status status = read_member(cursor, *member, field, include_thoughts, out); !status) {
      return status.error();
    }
  }
  return out;
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
  if (field.name.equals("task_type")) {
    return take(field, Kind::string, out.task_type);
  }
  const bool thinking = field.name.equals("thinking_config");
  Result<std::string> members = thinking ? read_members(field, kThinking, &out.include_thoughts)
                                         : read_members(field, kImage, nullptr);
  if (!members) {
    return members.error();
  }
  if (thinking) {
    out.thinking_config = *members;
  } else {
    out.image_config = concat({"{", *members, "}"});
  }
  return {};
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
                   {"'reasoning_effort' and '", field.param,
                    "' say the same thing twice; send one of them."},
                   field.param};
    }
  }
  return {};
}

}  // namespace llmproxy::gemini
