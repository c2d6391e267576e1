#include "dialects/openai_chat/edit_request.h"

#include "base/text.h"
#include "dialects/openai_chat/edit_values.h"
#include "dialects/openai_chat/field_path.h"
#include "dialects/openai_chat/read_request.h"
#include "dialects/openai_chat/signed_id.h"
#include "json/cursor.h"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

namespace llmproxy::openai_chat {
namespace {

using json::Kind;

class Editor {
 public:
  Editor(std::string_view body, const json::PlainRuns* plain, const RequestEdits& edits,
         SpanList& out, chat::Changes& changes)
      : body_(body), cursor_(body, plain), edits_(edits), out_(out), changes_(changes) {
    const bool by_model = std::any_of(edits.rules.begin(), edits.rules.end(),
                                      [](const EditRule& rule) { return !rule.model.empty(); });
    const std::string model = by_model ? find_model(body, plain) : "";
    for (const EditRule& rule : edits.rules) {
      if (model.starts_with(rule.model)) {
        rules_.push_back(rule);
      }
    }
  }

  Status edit();

 private:
  struct Run;

  void object(Place place);
  void members(Place place);
  void list(Place place);
  // Where the fields stand that the value of this member holds; nothing: they are of no interest.
  std::optional<Place> place_inside(Place place, const json::String& key);
  // The value at hand is a list or an object without anything in it.
  bool is_empty() const;
  // Edits the value at hand, whose fields stand there.
  void go_into(Place inside);
  void content();
  bool is_joined();
  // Of the message at hand, as JSON text; empty: it has none. `behind` is a cursor behind one of
  // its members, in case the role is still to come.
  std::string_view role(json::Cursor behind);
  const EditRule* find_rule(Place place, const json::String& key, std::string_view value) const;
  bool is_allowed(Place place, const json::String& key, std::string_view value);
  // Applies the rule, of which the client is told. False: the member goes.
  bool apply(const EditRule& rule, Run& run, std::size_t begin, std::string_view value);
  bool apply_custom_call(Run& run, std::size_t begin, std::string_view value);
  bool apply_reasoning(Run& run, std::size_t begin, std::string_view value);
  // The request has an effort, wherever it stands.
  bool has_effort();
  // The member that begins there stays, or goes.
  void keep(Run& run, std::size_t begin);
  void drop(Run& run, std::size_t begin, std::size_t end);
  // What stands between the two places of the body goes, and `replacement` comes there.
  void cut(std::size_t begin, std::size_t end, std::string_view replacement = {});
  void report(const EditRule& rule, std::string_view value);
  void report_unknown(Place place, const json::String& key, std::string_view value);
  void report_content(std::string_view field, std::string_view value);

  std::string_view body_;
  json::Cursor cursor_;
  const RequestEdits& edits_;
  std::vector<EditRule> rules_;  // those for the model
  SpanList& out_;
  std::size_t done_ = 0;  // how much of the body is in out_, or cut out
  chat::Changes& changes_;
  std::size_t message_ = 0;               // the one at hand
  std::size_t call_ = 0;                  // the one of its calls
  std::optional<std::string_view> role_;  // of it, as JSON text; nothing: not known yet
  std::optional<bool> has_effort_;        // nothing: not known yet
  std::optional<Error> error_;            // the first one
};

Status Editor::edit() {
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
  if (error_) {
    return *error_;
  }
  out_.append_slice(body_.substr(done_));
  return {};
}

void Editor::cut(std::size_t begin, std::size_t end, std::string_view replacement) {
  out_.append_slice(body_.substr(done_, begin - done_));
  out_.append(replacement);
  done_ = end;
}

const EditRule* Editor::find_rule(Place place, const json::String& key,
                                  std::string_view value) const {
  for (const EditRule& rule : rules_) {
    if (rule.place == place && key.equals(rule.field) && matches(rule, value)) {
      return &rule;
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
        (allowed.role.empty() || role(cursor_) == allowed.role)) {
      return true;
    }
    const auto found = std::find_if(allowed.told.begin(), allowed.told.end(), is_key);
    told = found == allowed.told.end() ? told : *found;
  }
  if (!told.empty()) {
    report_content(told, value);
  } else if (has_list) {
    report_unknown(place, key, value);
  }
  return !has_list;
}

void Editor::object(Place place) {
  if (cursor_.kind() != Kind::object) {
    cursor_.skip_value();
    return;
  }
  cursor_.enter_object();
  members(place);
}

// The members of an object so far.
struct Editor::Run {
  bool kept_one = false;
  std::size_t previous_end = 0;           // of the member before
  std::optional<std::size_t> first_gone;  // where the members begin that go at the front
};

void Editor::keep(Run& run, std::size_t begin) {
  if (run.first_gone) {
    cut(*run.first_gone, begin);
    run.first_gone.reset();
  }
  run.kept_one = true;
}

void Editor::drop(Run& run, std::size_t begin, std::size_t end) {
  if (run.kept_one) {
    cut(run.previous_end, end);  // with the comma before it
  } else if (!run.first_gone) {
    run.first_gone = begin;
  }
}

void Editor::members(Place place) {
  json::String key;
  Run run;
  while (cursor_.next_member(key)) {
    const auto begin = static_cast<std::size_t>(key.raw.data() - body_.data()) - 1;
    if (const std::optional<Place> inside = place_inside(place, key)) {
      keep(run, begin);
      go_into(*inside);
      run.previous_end = cursor_.offset();
      continue;
    }
    std::string_view value;
    if (!cursor_.skip_value(value)) {
      return;
    }
    const std::size_t end = cursor_.offset();
    const EditRule* rule = find_rule(place, key, value);
    const bool stays =
        rule == nullptr ? is_allowed(place, key, value) : apply(*rule, run, begin, value);
    if (stays) {
      keep(run, begin);
    } else {
      drop(run, begin, end);
    }
    run.previous_end = end;
    if (place == Place::message && key.equals("role")) {
      role_ = value;
    }
  }
  if (run.first_gone) {
    cut(*run.first_gone, run.previous_end);
  }
}

bool Editor::apply(const EditRule& rule, Run& run, std::size_t begin, std::string_view value) {
  const std::size_t end = cursor_.offset();
  if (rule.match == Match::custom_call) {
    return apply_custom_call(run, begin, value);
  }
  if (rule.match == Match::reasoning) {
    return apply_reasoning(run, begin, value);
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
  effort = has_effort() ? "" : rule != nullptr ? rule->to : effort;
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
  if (has_no_effect(value) || changes_.is_full()) {
    return;
  }
  if (place == Place::request) {
    changes_.add(key.raw, chat::Reason::dropped);
  } else if (place == Place::stream_options) {
    const FieldPath options("stream_options");
    changes_.add(FieldPath(options, key.raw).text(), chat::Reason::dropped);
  }
}

void Editor::report_content(std::string_view field, std::string_view value) {
  if (!has_no_effect(value) && !changes_.is_full()) {
    changes_.add(concat({"messages[", std::to_string(message_), "].", field}),
                 chat::Reason::dropped);
  }
}

std::optional<Place> Editor::place_inside(Place place, const json::String& key) {
  struct Inside {
    Place place;
    std::string_view member;
    Kind kind;
    Place inside;
  };
  constexpr std::array kInside = std::to_array<Inside>({
      {Place::request, "messages", Kind::array, Place::message},
      {Place::request, "tools", Kind::array, Place::tool},
      {Place::request, "stream_options", Kind::object, Place::stream_options},
      {Place::message, "content", Kind::array, Place::part},
      {Place::message, "tool_calls", Kind::array, Place::tool_call},
      {Place::message, "function_call", Kind::object, Place::function_call},
      {Place::tool_call, "function", Kind::object, Place::function},
      {Place::part, "image_url", Kind::object, Place::image_url},
  });
  const Kind kind = cursor_.kind();
  for (const Inside& known : kInside) {
    if (known.place == place && known.kind == kind && key.equals(known.member)) {
      // Rules are about whole values, and one that holds nothing has no inside; but content that is
      // empty stays content.
      const bool whole = known.inside != Place::part && is_empty();
      return whole ? std::nullopt : std::optional(known.inside);
    }
  }
  return std::nullopt;
}

bool Editor::is_empty() const {
  json::Cursor ahead = cursor_;
  json::String key;
  return ahead.try_enter_array() ? !ahead.next_element()
                                 : ahead.try_enter_object() && !ahead.next_member(key);
}

void Editor::go_into(Place inside) {
  if (cursor_.kind() == Kind::object) {
    object(inside);
  } else if (inside == Place::part) {
    content();
  } else {
    list(inside);
  }
}

void Editor::list(Place place) {
  cursor_.enter_array();
  for (std::size_t i = 0; cursor_.next_element(); ++i) {
    if (place == Place::message) {
      message_ = i;
      role_.reset();
    } else if (place == Place::tool_call) {
      call_ = i;
    }
    object(place);
  }
}

// Content in parts.
void Editor::content() {
  json::Cursor ahead = cursor_;
  if (!is_joined() || !join_texts(ahead, nullptr)) {
    list(Place::part);
    return;
  }
  cut(cursor_.offset(), ahead.offset(), "\"");
  join_texts(cursor_, &out_);
  out_.append("\"");
}

bool Editor::is_joined() {
  json::Cursor behind = cursor_;
  return edits_.joins_texts && (role_ || behind.skip_value()) && role(behind) != "\"user\"";
}

// Reads ahead once for each message, where the role did not come before.
std::string_view Editor::role(json::Cursor behind) {
  if (!role_) {
    role_.emplace();
    json::String key;
    while (behind.next_member(key)) {
      std::string_view value;
      behind.skip_value(value);
      role_ = key.equals("role") ? value : *role_;
    }
  }
  return *role_;
}

}  // namespace

Status edit_request(std::string_view body, const RequestEdits& edits, SpanList& out,
                    chat::Changes& changes, const json::PlainRuns* plain) {
  return Editor(body, plain, edits, out, changes).edit();
}

}  // namespace llmproxy::openai_chat
