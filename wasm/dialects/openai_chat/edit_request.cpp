#include "dialects/openai_chat/edit_request.h"

#include "base/text.h"
#include "dialects/openai_chat/read_request.h"
#include "dialects/openai_chat/signed_id.h"
#include "json/cursor.h"

#include <algorithm>
#include <optional>
#include <vector>

namespace llmproxy::openai_chat {
namespace {

using json::Kind;

struct Edit {
  std::size_t begin;
  std::size_t end;
  std::string_view replacement;
};

bool has_no_effect(std::string_view value) {
  if (value == "null" || value == "false" || value == "\"\"") {
    return true;
  }
  const char first = value.front();
  if (first == '[' || first == '{') {
    return trim(value.substr(1, value.size() - 2)).empty();
  }
  return (first == '-' || is_digit(first)) && json::approximate(value) == 0;
}

class Editor {
 public:
  Editor(std::string_view body, const json::PlainRuns* plain, std::span<const EditRule> rules,
         chat::Changes& changes)
      : body_(body), cursor_(body, plain), changes_(changes) {
    const bool by_model = std::any_of(rules.begin(), rules.end(),
                                      [](const EditRule& rule) { return !rule.model.empty(); });
    const std::string model = by_model ? find_model(body, plain) : "";
    for (const EditRule& rule : rules) {
      if (model.starts_with(rule.model)) {
        rules_.push_back(rule);
      }
    }
  }

  Status edit(SpanList& out);

 private:
  void object(Place place);
  void members(Place place);
  void list(Place place);
  bool descend(Place place, const json::String& key);
  // The rule for this field, of which the client is told.
  const EditRule* find_rule(Place place, const json::String& key, std::string_view value);
  void replace(const EditRule& rule, std::string_view value, std::size_t end);
  void report(const EditRule& rule, std::string_view value);

  std::string_view body_;
  json::Cursor cursor_;
  std::vector<EditRule> rules_;
  std::vector<Edit> edits_;
  chat::Changes& changes_;
  std::size_t message_ = 0;  // the one at hand
};

Status Editor::edit(SpanList& out) {
  if (cursor_.kind() != Kind::object) {
    return Error{ErrorCode::invalid_json, "The body of the request must be a JSON object.", ""};
  }
  object(Place::request);
  const bool complete = !cursor_.failed() && cursor_.at_end();
  if (!complete) {
    const std::string fault = cursor_.failed() ? cursor_.fault() : "there is more after its end";
    return Error{ErrorCode::invalid_json,
                 {"We could not parse the JSON body of your request: ", fault, "."},
                 ""};
  }
  std::size_t at = 0;
  for (const Edit& edit : edits_) {
    out.append_slice(body_.substr(at, edit.begin - at));
    out.append(edit.replacement);
    at = edit.end;
  }
  out.append_slice(body_.substr(at));
  return {};
}

const EditRule* Editor::find_rule(Place place, const json::String& key, std::string_view value) {
  for (const EditRule& rule : rules_) {
    if (rule.place != place || !key.equals(rule.field)) {
      continue;
    }
    const bool match = rule.match == Match::any || rule.match == Match::content ||
                       (rule.match == Match::no_effect && has_no_effect(value)) ||
                       (rule.match == Match::value && value == rule.from) ||
                       (rule.match == Match::signed_id && size_of_id(value) < value.size());
    if (match) {
      report(rule, value);
      return &rule;
    }
  }
  return nullptr;
}

void Editor::object(Place place) {
  if (cursor_.kind() != Kind::object) {
    cursor_.skip_value();
    return;
  }
  cursor_.enter_object();
  members(place);
}

void Editor::members(Place place) {
  json::String key;
  bool kept_one = false;
  std::size_t previous_end = 0;           // of the member before
  std::optional<std::size_t> first_gone;  // where the run of members that go at the front begins
  while (cursor_.next_member(key)) {
    const auto begin = static_cast<std::size_t>(key.raw.data() - body_.data()) - 1;
    const auto keep = [&] {
      if (first_gone) {
        edits_.push_back({*first_gone, begin, {}});
        first_gone.reset();
      }
      kept_one = true;
    };
    const std::size_t edit_count = edits_.size();
    if (descend(place, key)) {
      // The edits inside came first; the cut before this member belongs in front of them.
      const bool cut = first_gone.has_value();
      keep();
      if (cut) {
        std::rotate(edits_.begin() + static_cast<std::ptrdiff_t>(edit_count), edits_.end() - 1,
                    edits_.end());
      }
      previous_end = cursor_.offset();
      continue;
    }
    std::string_view value;
    if (!cursor_.skip_value(value)) {
      return;
    }
    const std::size_t end = cursor_.offset();
    const EditRule* rule = find_rule(place, key, value);
    if (rule == nullptr || !rule->to.empty() || rule->match == Match::signed_id) {
      keep();
      if (rule != nullptr) {
        replace(*rule, value, end);
      }
    } else if (kept_one) {
      edits_.push_back({previous_end, end, {}});  // with the comma before it
    } else if (!first_gone) {
      first_gone = begin;
    }
    previous_end = end;
  }
  if (first_gone) {
    edits_.push_back({*first_gone, previous_end, {}});
  }
}

void Editor::replace(const EditRule& rule, std::string_view value, std::size_t end) {
  if (rule.match == Match::signed_id) {
    const std::size_t cut = size_of_id(value);
    edits_.push_back({end - value.size() + cut, end - 1, {}});  // up to the quote
  } else {
    edits_.push_back({end - value.size(), end, rule.to});
  }
}

void Editor::report(const EditRule& rule, std::string_view value) {
  const bool asked = rule.place == Place::request && !has_no_effect(value) && value != rule.to;
  const bool content = rule.match == Match::content && !has_no_effect(value);
  if (asked) {
    changes_.add(rule.field, rule.to.empty() ? chat::Reason::dropped : chat::Reason::rewritten);
  } else if (content && !changes_.is_full()) {
    changes_.add(concat({"messages[", std::to_string(message_), "].", rule.field}),
                 chat::Reason::dropped);
  }
}

// Goes into the members that hold more fields of interest. False when this is none of them.
bool Editor::descend(Place place, const json::String& key) {
  if (place == Place::request && key.equals("messages")) {
    list(Place::message);
    return true;
  }
  if (place == Place::message && key.equals("tool_calls") && cursor_.kind() == Kind::array) {
    list(Place::tool_call);
    return true;
  }
  if (place == Place::tool_call && key.equals("function") && cursor_.kind() == Kind::object) {
    object(Place::function);
    return true;
  }
  if (place == Place::request && key.equals("stream_options") && cursor_.kind() == Kind::object) {
    object(Place::stream_options);
    return true;
  }
  return false;
}

void Editor::list(Place place) {
  if (cursor_.kind() != Kind::array) {
    cursor_.skip_value();
    return;
  }
  cursor_.enter_array();
  for (std::size_t i = 0; cursor_.next_element(); ++i) {
    if (place == Place::message) {
      message_ = i;
    }
    object(place);
  }
}

}  // namespace

Status edit_request(std::string_view body, std::span<const EditRule> rules, SpanList& out,
                    chat::Changes& changes, const json::PlainRuns* plain) {
  return Editor(body, plain, rules, changes).edit(out);
}

}  // namespace llmproxy::openai_chat
