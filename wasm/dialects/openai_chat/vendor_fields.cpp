#include "dialects/openai_chat/vendor_fields.h"

#include "base/text.h"

#include <array>
#include <string>

namespace llmproxy::openai_chat {
namespace {

constexpr std::array kGoogle = std::to_array<std::string_view>({
    "cached_content",
    "thinking_config",
    "safety_settings",
    "image_config",
    "media_resolution",
    "task_type",
});

// "thinkingConfig", "thinking-config" and "ThinkingConfig" are all "thinkingconfig".
std::string without_style(std::string_view name) {
  std::string out;
  for (const char c : name) {
    if (c != '_' && c != '-') {
      out.push_back(to_lower(c));
    }
  }
  return out;
}

// The setting that `name` means, however it is spelt; empty when it is none.
std::string_view find_meant(std::string_view name) {
  const std::string plain = without_style(name);
  for (const std::string_view known : kGoogle) {
    if (plain == without_style(known)) {
      return known;
    }
  }
  return {};
}

std::string list_known() {
  std::string out;
  for (const std::string_view known : kGoogle) {
    out.append(out.empty() ? "'" : ", '").append(known).append("'");
  }
  return out;
}

}  // namespace

bool VendorFieldReader::read_extra_body() {
  const FieldPath param("extra_body");
  return fields_.read_members(param, [&](const json::String& key) {
    if (key.equals("google")) {
      return read_google({param, "google"});
    }
    return fields_.drop(out_.dropped, {param, key.raw});
  });
}

bool VendorFieldReader::read_google(const FieldPath& param) {
  return fields_.read_members(param,
                              [&](const json::String& key) { return read_setting(key, param); });
}

bool VendorFieldReader::read_setting(const json::String& key, const FieldPath& param) {
  const FieldPath at(param, key.raw);
  const std::string name = key.decode();
  const std::string_view meant = find_meant(name);
  if (meant.empty()) {
    return fields_.fail(
        ErrorCode::unknown_parameter,
        {"Unknown parameter: '", at.text(), "'. Known here are ", list_known(), "."}, at);
  }
  if (meant != name) {
    return fields_.fail(ErrorCode::unknown_parameter,
                        {"Unknown parameter: '", at.text(), "'. Did you mean '", meant, "'?"}, at);
  }
  return read_value(meant, at);
}

bool VendorFieldReader::read_value(std::string_view meant, const FieldPath& at) {
  std::string_view value;
  if (!fields_.read_raw(value)) {
    return false;
  }
  if (value.size() > kMaxSetting) {
    return fields_.fail_length(at, {value, false}, kMaxSetting);
  }
  if (out_.vendor_fields.size() >= kMaxSettings) {
    return fields_.fail(ErrorCode::array_too_long,
                        {"Invalid '", at.text(), "': at most ", std::to_string(kMaxSettings),
                         " settings of Google's may stand in a request."},
                        at);
  }
  if (value != "null") {
    out_.vendor_fields.push_back({"google", {meant, false}, value, at.text()});
  }
  return true;
}

bool VendorFieldReader::read_top_level(const json::String& key, bool& found) {
  const std::string name = key.decode();
  const std::string_view meant = find_meant(name);
  found = !meant.empty();
  if (!found) {
    return true;
  }
  if (meant != name) {
    return fields_.fail(ErrorCode::unknown_parameter,
                        {"Unknown parameter: '", name, "'. Did you mean '", meant, "'?"},
                        name.c_str());
  }
  return read_value(meant, name.c_str());
}

}  // namespace llmproxy::openai_chat
