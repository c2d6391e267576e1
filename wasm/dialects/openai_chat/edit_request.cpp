#include "dialects/openai_chat/edit_request.h"

#include "dialects/openai_chat/edit_values.h"
#include "dialects/openai_chat/editor.h"
#include "dialects/openai_chat/read_request.h"

#include <algorithm>
#include <array>
#include <string>

namespace llmproxy::openai_chat {

using json::Kind;

Editor::Editor(std::string_view body, const json::PlainRuns* plain, const RequestEdits& edits,
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

void Editor::object(Place place) {
  if (cursor_.kind() != Kind::object) {
    cursor_.skip_value();
    return;
  }
  cursor_.enter_object();
  members(place);
}

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

Status edit_request(std::string_view body, const RequestEdits& edits, SpanList& out,
                    chat::Changes& changes, const json::PlainRuns* plain) {
  return Editor(body, plain, edits, out, changes).edit();
}

}  // namespace llmproxy::openai_chat
