// What the rules of a supplier make of a member of a request, and what the client is told of it.
#include "base/text.h"
#include "dialects/openai_chat/edit_values.h"
#include "dialects/openai_chat/editor.h"
#include "dialects/openai_chat/field_path.h"
#include "dialects/openai_chat/signed_id.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace llmproxy::openai_chat {

const EditRule* Editor::find_rule(Place place, const json::String& key, std::string_view value) {
  for (const EditRule* rule : rules_) {
    if (rule->place == place && key.equals(rule->field) && matches(*rule, value) &&
        (rule->role.empty() || role() == rule->role)) {
      return rule;
    }
  }
  return nullptr;
}

bool Editor::is_allowed(Place place, const json::String& key, std::string_view value) {
  const auto is_key = [&key](std::string_view name) { return key.equals(name); };
  bool has_list = false;
  std::string_view told;
  for (const AllowedMembers& allowed : edits_.allowed) {
    if (allowed.place != place) {
      continue;
    }
    has_list = true;
    if (std::any_of(allowed.names.begin(), allowed.names.end(), is_key) &&
        (allowed.role.empty() || role() == allowed.role)) {
      return true;
    }
    const auto found = std::find_if(allowed.told.begin(), allowed.told.end(), is_key);
    told = found == allowed.told.end() ? told : std::string_view(*found);
  }
  if (!told.empty()) {
    report_content(told, value);
  } else if (has_list) {
    report_unknown(place, key, value);
  }
  return !has_list;
}

bool Editor::edit_member(Place place, const json::String& key, Run& run, std::size_t begin,
                         std::string_view value) {
  if (place == Place::message && key.equals("content") && fill_content(run, begin, value)) {
    return true;
  }
  const EditRule* rule = find_rule(place, key, value);
  return rule == nullptr ? is_allowed(place, key, value) : apply(*rule, run, begin, value);
}

bool Editor::apply(const EditRule& rule, Run& run, std::size_t begin, std::string_view value) {
  const std::size_t end = cursor_.offset();
  if (rule.match == Match::custom_call) {
    return apply_custom_call(run, begin, value);
  }
  if (rule.match == Match::reasoning) {
    return apply_reasoning(run, begin, value);
  }
  if (rule.match == Match::words || rule.match == Match::own_words) {
    return apply_words(rule, run, begin, value);
  }
  if (rule.match == Match::object) {
    return apply_object(run, begin, value);
  }
  report(rule, value);
  if (rule.match == Match::signed_id) {
    keep(run, begin);
    cut(end - value.size() + size_of_id(value), end - 1);  // up to the quote
    return true;
  }
  if (rule.to.empty()) {
    return false;
  }
  keep(run, begin);
  cut(end - value.size(), end, rule.to);
  return true;
}

bool Editor::apply_custom_call(Run& run, std::size_t begin, std::string_view value) {
  const FieldPath messages("messages");
  const FieldPath message(messages, message_);
  const FieldPath calls(message, "tool_calls");
  const FieldPath call(calls, call_);
  const FieldPath param(call, "custom");
  CustomCall custom;
  if (!read_custom_call(value, custom)) {
    if (!error_) {
      const std::string name = param.text();
      error_ = Error{
          ErrorCode::invalid_value,
          {"Invalid '", name, "': expected an object with 'name' and 'input', both ", "strings."},
          name};
    }
    return false;
  }
  keep(run, begin);
  cut(begin, cursor_.offset());
  append_as_function(custom, out_);
  if (!changes_.is_full()) {
    changes_.add(param.text(), chat::Reason::rewritten);
  }
  return true;
}

bool Editor::apply_reasoning(Run& run, std::size_t begin, std::string_view value) {
  std::string_view effort = read_reasoning_effort(value, changes_);
  if (effort.empty()) {
    return false;
  }
  const EditRule* rule = find_rule(Place::request, {"reasoning_effort"}, effort);
  const std::string_view asked = effort;
  effort = has_effort() ? "" : rule != nullptr ? std::string_view(rule->to) : effort;
  if (effort != asked) {
    changes_.add("reasoning.effort",
                 effort.empty() ? chat::Reason::dropped : chat::Reason::rewritten);
  }
  if (effort.empty()) {
    return false;
  }
  has_effort_ = true;
  keep(run, begin);
  cut(begin, cursor_.offset(), R"("reasoning_effort":)");
  out_.append_slice(effort);
  return true;
}

bool Editor::apply_words(const EditRule& rule, Run& run, std::size_t begin,
                         std::string_view value) {
  const bool used = words().field == rule.field;
  report_content(rule.field, value, used ? chat::Reason::rewritten : chat::Reason::dropped);
  if (!used || facts().has_content) {
    return false;
  }
  facts().has_content = true;
  keep(run, begin);
  cut(begin, cursor_.offset(), R"("content":)");
  out_.append_slice(words().text);
  return true;
}

const Editor::Words& Editor::words() {
  if (!words_) {
    words_ = find_words();
  }
  return *words_;
}

Editor::Words Editor::find_words() {
  if (!has_words_rules_ || facts().says_something) {
    return {};
  }
  const std::array places = std::to_array<std::pair<std::string_view, std::string_view>>(
      {{"audio", facts().audio}, {"refusal", facts().refusal}});
  for (const auto& [name, value] : places) {
    const EditRule* rule = value.empty() ? nullptr : find_rule(Place::message, {name}, value);
    if (rule == nullptr || (rule->match != Match::words && rule->match != Match::own_words)) {
      continue;
    }
    if (const std::string_view text = words_of(value); !text.empty()) {
      return {rule->field, text};
    }
  }
  return {};
}

bool Editor::fill_content(Run& run, std::size_t begin, std::string_view value) {
  if (!has_no_effect(value) || words().text.empty()) {
    return false;
  }
  const std::size_t end = cursor_.offset();
  keep(run, begin);
  cut(end - value.size(), end);
  out_.append_slice(words().text);
  return true;
}

bool Editor::apply_object(Run& run, std::size_t begin, std::string_view value) {
  const std::size_t end = cursor_.offset();
  keep(run, begin);
  cut(end - value.size(), end, "\"");
  json::escape(value, out_.copied());
  out_.append("\"");
  return true;
}

bool Editor::has_effort() {
  has_effort_ = has_effort_ ? *has_effort_ : has_value(body_, "reasoning_effort");
  return *has_effort_;
}

void Editor::report(const EditRule& rule, std::string_view value) {
  const bool asked = rule.place == Place::request && !has_no_effect(value) && value != rule.to;
  if (asked) {
    changes_.add(rule.field, rule.to.empty() ? chat::Reason::dropped : chat::Reason::rewritten);
  } else if (rule.match == Match::content) {
    report_content(rule.field, value);
  }
}

void Editor::report_unknown(Place place, const json::String& key, std::string_view value) {
  const bool silent = place == Place::request ? asks_for_nothing(key, value) : has_no_effect(value);
  if (silent || changes_.is_full()) {
    return;
  }
  if (place == Place::request) {
    changes_.add(key.raw, chat::Reason::dropped);
  } else if (place == Place::stream_options) {
    const FieldPath options("stream_options");
    changes_.add(FieldPath(options, key.raw).text(), chat::Reason::dropped);
  } else if (place == Place::tool || place == Place::tool_function) {
    const FieldPath tools("tools");
    const FieldPath tool(tools, tool_);
    const FieldPath function(tool, "function");
    const FieldPath& at = place == Place::tool ? tool : function;
    changes_.add(FieldPath(at, key.raw).text(), chat::Reason::dropped);
  }
}

void Editor::report_content(std::string_view field, std::string_view value, chat::Reason reason) {
  if (!has_no_effect(value) && !changes_.is_full()) {
    changes_.add(concat({"messages[", std::to_string(message_), "].", field}), reason);
  }
}

}  // namespace llmproxy::openai_chat
