#include "dialects/openai_chat/vendor_fields.h"

#include "base/text.h"

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <vector>

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

// The form of the answer, in the words of Google's own API. Clients have these in either spelling
// of Google's, so both are read. https://ai.google.dev/api/generate-content#generationconfig
constexpr std::string_view kConfig = "generation_config";
constexpr std::array kFormat = std::to_array<std::string_view>(
    {"response_schema", "response_json_schema", "response_mime_type"});

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

// The setting of the list that `name` means, however it is spelt; empty when it is none.
std::string_view find_meant(std::string_view name, std::span<const std::string_view> list) {
  const std::string plain = without_style(name);
  for (const std::string_view known : list) {
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
  return out + ", 'response_schema' and 'generation_config'";
}

}  // namespace

bool VendorFieldReader::read_format(const json::String& key, const FieldPath& at, bool& found) {
  const std::string name = key.decode();
  const std::string_view format = find_meant(name, kFormat);
  const bool is_config = without_style(name) == without_style(kConfig);
  found = is_config || !format.empty();
  if (!is_config) {
    return !found || read_value(format, at);
  }
  return fields_.read_members(at, [&](const json::String& member) {
    const FieldPath inside(at, member.raw);
    const std::string_view meant = find_meant(member.decode(), kFormat);
    return meant.empty() ? fields_.drop(out_.dropped, inside) : read_value(meant, inside);
  });
}

bool VendorFieldReader::settle_format() {
  std::vector<chat::VendorField>& all = out_.vendor_fields;
  const auto is_format = [](const chat::VendorField& field) {
    return !find_meant(field.name.raw, kFormat).empty();
  };
  // The last schema holds, if the request has none in OpenAI's words.
  bool is_open = !out_.format.is_given || out_.format.kind == chat::FormatKind::json_object;
  for (auto field = all.rbegin(); field != all.rend(); ++field) {
    const bool is_schema = is_format(*field) && !field->name.equals("response_mime_type");
    if (is_schema && field->value.front() != '{') {
      return fields_.fail(ErrorCode::invalid_type,
                          {"Invalid type for '", field->param, "': expected an object."},
                          std::string_view(field->param));
    }
    if (is_schema && is_open) {
      out_.format = {chat::FormatKind::json_schema, field->value, {}, true};
      out_.names.format = field->param;
      out_.names.schema = field->param;
      is_open = false;
    } else if (is_schema) {
      fields_.name_dropped(out_.dropped, std::string_view(field->param));
    }
  }
  for (const chat::VendorField& field : all) {
    if (field.name.equals("response_mime_type")) {
      settle_mime_type(field);
    }
  }
  std::erase_if(all, is_format);
  return true;
}

// Says nothing beside a format. https://ai.google.dev/api/generate-content#generationconfig
void VendorFieldReader::settle_mime_type(const chat::VendorField& field) {
  const bool is_json = field.value == R"("application/json")";
  const bool is_text = field.value == R"("text/plain")";
  if (is_json && !out_.format.is_given) {
    out_.format = {chat::FormatKind::json_object, {}, {}, true};
    out_.names.format = field.param;
  } else if (is_json ? out_.format.kind == chat::FormatKind::text
                     : !is_text || out_.format.kind != chat::FormatKind::text) {
    fields_.name_dropped(out_.dropped, std::string_view(field.param));
  }
}

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
  bool found = false;
  if (!read_format(key, at, found) || found) {
    return fields_.good();
  }
  const std::string name = key.decode();
  const std::string_view meant = find_meant(name, kGoogle);
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
  const bool is_schema = !find_meant(meant, kFormat).empty();
  if (value.size() > kMaxSetting && !is_schema) {
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
  if (!read_format(key, key.raw, found) || found) {
    return fields_.good();
  }
  const std::string name = key.decode();
  const std::string_view meant = find_meant(name, kGoogle);
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
