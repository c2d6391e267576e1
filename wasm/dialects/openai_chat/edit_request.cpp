#include "dialects/openai_chat/edit_request.h"

#include "base/text.h"
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

// The text of a content part, or of a part that is a string; false when it is something else.
bool read_text_of_part(json::Cursor& cursor, json::String& text) {
  if (cursor.kind() != Kind::object) {
    return cursor.try_read_string(text);
  }
  json::String type{"text"};
  bool has_text = false;
  json::String key;
  cursor.enter_object();
  while (cursor.next_member(key)) {
    const bool is_text = key.equals("text") || key.equals("refusal");
    if (is_text && cursor.try_read_string(text)) {
      has_text = true;
    } else if (!key.equals("type") || !cursor.try_read_string(type)) {
      cursor.skip_value();
    }
  }
  return has_text && (type.equals("text") || type.equals("refusal"));
}

// The texts of the array at the cursor, each to `take`; false when it holds something else.
template <typename Take>
bool read_texts(json::Cursor& cursor, Take take) {
  cursor.enter_array();
  while (cursor.next_element()) {
    json::String text;
    if (!read_text_of_part(cursor, text)) {
      return false;
    }
    take(text.raw);
  }
  return !cursor.failed();
}

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
  // Edits the value at hand, whose fields stand there.
  void go_into(Place inside);
  void content();
  bool is_of_user();
  // The rule for this field, of which the client is told.
  const EditRule* find_rule(Place place, const json::String& key, std::string_view value);
  bool is_allowed(Place place, const json::String& key, std::string_view value);
  void replace(const EditRule& rule, std::string_view value, std::size_t end);
  // The member that begins there stays, or goes.
  void keep(Run& run, std::size_t begin);
  void drop(Run& run, std::size_t begin, std::size_t end);
  // What stands between the two places of the body goes, and `replacement` comes there.
  void cut(std::size_t begin, std::size_t end, std::string_view replacement = {});
  void report(const EditRule& rule, std::string_view value);
  void report_content(std::string_view field, std::string_view value);

  std::string_view body_;
  json::Cursor cursor_;
  const RequestEdits& edits_;
  std::vector<EditRule> rules_;  // those for the model
  SpanList& out_;
  std::size_t done_ = 0;  // how much of the body is in out_, or cut out
  chat::Changes& changes_;
  std::size_t message_ = 0;               // the one at hand
  std::optional<std::string_view> role_;  // of it, as JSON text; nothing: not known yet
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
  out_.append_slice(body_.substr(done_));
  return {};
}

void Editor::cut(std::size_t begin, std::size_t end, std::string_view replacement) {
  out_.append_slice(body_.substr(done_, begin - done_));
  out_.append(replacement);
  done_ = end;
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

bool Editor::is_allowed(Place place, const json::String& key, std::string_view value) {
  const auto is_key = [&key](std::string_view name) { return key.equals(name); };
  for (const AllowedMembers& allowed : edits_.allowed) {
    if (allowed.place != place || std::any_of(allowed.names.begin(), allowed.names.end(), is_key)) {
      continue;
    }
    const auto told = std::find_if(allowed.told.begin(), allowed.told.end(), is_key);
    if (told != allowed.told.end()) {
      report_content(*told, value);
    }
    return false;
  }
  return true;
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
    if (rule != nullptr && (!rule->to.empty() || rule->match == Match::signed_id)) {
      keep(run, begin);
      replace(*rule, value, end);
    } else if (rule == nullptr && is_allowed(place, key, value)) {
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

void Editor::replace(const EditRule& rule, std::string_view value, std::size_t end) {
  if (rule.match == Match::signed_id) {
    cut(end - value.size() + size_of_id(value), end - 1);  // up to the quote
  } else {
    cut(end - value.size(), end, rule.to);
  }
}

void Editor::report(const EditRule& rule, std::string_view value) {
  const bool asked = rule.place == Place::request && !has_no_effect(value) && value != rule.to;
  if (asked) {
    changes_.add(rule.field, rule.to.empty() ? chat::Reason::dropped : chat::Reason::rewritten);
  } else if (rule.match == Match::content) {
    report_content(rule.field, value);
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
      {Place::tool_call, "function", Kind::object, Place::function},
      {Place::part, "image_url", Kind::object, Place::image_url},
  });
  const Kind kind = cursor_.kind();
  for (const Inside& known : kInside) {
    if (known.place == place && known.kind == kind && key.equals(known.member)) {
      return known.inside;
    }
  }
  return std::nullopt;
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
    }
    object(place);
  }
}

// Content in parts.
void Editor::content() {
  json::Cursor ahead = cursor_;
  if (!edits_.joins_texts || is_of_user() || !read_texts(ahead, [](std::string_view) {})) {
    list(Place::part);
    return;
  }
  cut(cursor_.offset(), ahead.offset(), "\"");
  read_texts(cursor_, [this](std::string_view text) { out_.append_slice(text); });
  out_.append("\"");
}

// Looks for the role behind the content, once for each message, where it did not come before.
bool Editor::is_of_user() {
  if (!role_) {
    role_.emplace();
    json::Cursor ahead = cursor_;
    json::String key;
    ahead.skip_value();
    while (ahead.next_member(key)) {
      std::string_view value;
      ahead.skip_value(value);
      role_ = key.equals("role") ? value : *role_;
    }
  }
  return *role_ == "\"user\"";
}

}  // namespace

Status edit_request(std::string_view body, const RequestEdits& edits, SpanList& out,
                    chat::Changes& changes, const json::PlainRuns* plain) {
  return Editor(body, plain, edits, out, changes).edit();
}

}  // namespace llmproxy::openai_chat
