#include "dialects/openai_chat/reasoning_reader.h"

#include "base/limits.h"

#include <array>
#include <utility>

namespace llmproxy::openai_chat {

using chat::ReasoningEffort;

bool ReasoningReader::read_effort(std::optional<ReasoningEffort>& out, const FieldPath& param) {
  constexpr std::array kEfforts = std::to_array<std::pair<std::string_view, ReasoningEffort>>({
      {"none", ReasoningEffort::none},
      {"minimal", ReasoningEffort::minimal},
      {"low", ReasoningEffort::low},
      {"medium", ReasoningEffort::medium},
      {"high", ReasoningEffort::high},
      {"xhigh", ReasoningEffort::xhigh},
      {"max", ReasoningEffort::max},
  });
  if (fields_.cursor().skip_null()) {
    return true;
  }
  chat::Text effort;
  if (!fields_.read(effort, param)) {
    return false;
  }
  for (const auto& [name, value] : kEfforts) {
    if (effort.equals(name)) {
      out = value;
      return true;
    }
  }
  return fields_.fail(ErrorCode::invalid_value,
                      {"Invalid '", param.text(),
                       "': supported values are 'none', 'minimal', 'low', 'medium', 'high', "
                       "'xhigh' and 'max'."},
                      param);
}

bool ReasoningReader::read_reasoning() {
  const FieldPath param("reasoning");
  const bool read = fields_.read_members(param, [&](const json::String& key) {
    return read_member(key, {param, key.raw});
  });
  settle();
  return read;
}

bool ReasoningReader::read_member(const json::String& key, const FieldPath& param) {
  if (key.equals("effort")) {
    return read_effort(effort_, param);
  }
  if (key.equals("max_tokens")) {
    return read_tokens(param);
  }
  if (key.equals("exclude")) {
    return fields_.read(exclude_, param);
  }
  if (key.equals("enabled") && fields_.cursor().kind() == json::Kind::boolean) {
    bool enabled = false;
    const bool read = fields_.read(enabled, param);
    enabled_ = enabled;
    disabled_ = !enabled;
    return read;
  }
  // Thoughts always come as a summary.
  return key.equals("summary") ? fields_.cursor().skip_value()
                               : fields_.keep_inner(out_, key, "reasoning");
}

bool ReasoningReader::read_tokens(const FieldPath& param) {
  if (!fields_.read(out_.reasoning_tokens, param)) {
    return false;
  }
  if (out_.reasoning_tokens.value_or(0) >= 0) {
    return true;
  }
  return fields_.fail(ErrorCode::invalid_value,
                      {"Invalid '", param.text(), "': expected a value of at least 0."}, param);
}

void ReasoningReader::settle() {
  if (!effort_ && disabled_) {
    effort_ = ReasoningEffort::none;
  }
  if (out_.reasoning_effort && effort_ && effort_ != out_.reasoning_effort) {
    const FieldPath param("reasoning");
    fields_.name_dropped(out_.dropped, {param, "effort"});
  }
  out_.reasoning_effort = out_.reasoning_effort ? out_.reasoning_effort : effort_;
  if (exclude_ || enabled_) {
    out_.shows_thoughts = !exclude_;
  }
}

}  // namespace llmproxy::openai_chat
