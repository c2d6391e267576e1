#include "dialects/openai_chat/edit_request.h"

#include "dialects/openai_chat/editor.h"
#include "dialects/openai_chat/field_path.h"
#include "dialects/openai_chat/read_request.h"

#include <algorithm>
#include <array>
#include <string>

namespace llmproxy::openai_chat {

using json::Kind;

Editor::Editor(std::string_view body, const RequestEdits& edits, SpanList& out,
               chat::Changes& changes)
    : body_(body),
      cursor_(body),
      edits_(edits),
      out_(out),
      changes_(changes),
      message_begin_(body) {
  const bool by_model = !edits.text_models.empty() ||
                        std::any_of(edits.rules.begin(), edits.rules.end(),
                                    [](const EditRule& rule) { return !rule.model.empty(); });
  const std::string model = by_model ? find_model(body) : "";
  for (const EditRule& rule : edits.rules) {
    if (model.starts_with(rule.model)) {
      rules_.push_back(&rule);
      has_words_rules_ =
          has_words_rules_ || rule.match == Match::words || rule.match == Match::own_words;
    }
  }
  results_are_text_ =
      std::any_of(edits.text_models.begin(), edits.text_models.end(),
                  [&model](std::string_view begin) { return model.starts_with(begin); });
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
    if (edit_member(place, key, run, begin, value)) {
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
      {Place::tool, "function", Kind::object, Place::tool_function},
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
      // empty stays content, if nothing comes in its place.
      const bool whole = is_empty() && (known.inside != Place::part || !words().text.empty());
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
      message_begin_ = cursor_;
      role_.reset();
      facts_.reset();
      words_.reset();
    } else if (place == Place::tool) {
      tool_ = i;
    } else if (place == Place::tool_call) {
      call_ = i;
    }
    object(place);
  }
}

// Content in parts.
void Editor::content() {
  json::Cursor ahead = cursor_;
  const auto none = [](const json::String&) {};
  const auto goes = [this](const json::Cursor& part, std::size_t) { return drops(part); };
  if (!is_joined() || !each_text(ahead, none, goes)) {
    list(Place::part);
    return;
  }
  cut(cursor_.offset(), ahead.offset(), "\"");
  each_text(
      cursor_, [&](const json::String& text) { out_.append_slice(text.raw); },
      [&](const json::Cursor&, std::size_t i) {
        if (!changes_.is_full()) {
          const FieldPath messages("messages");
          const FieldPath message(messages, message_);
          const FieldPath content(message, "content");
          changes_.add(FieldPath(content, i).text(), chat::Reason::dropped);
        }
        return true;
      });
  out_.append("\"");
}

bool Editor::is_joined() {
  return edits_.joins_texts && role() != R"("user")";
}

// A client cannot change what a model or a tool made; what a user or an instruction holds stays, so
// that the supplier can say that it is not to be had, and so does a result of another kind.
bool Editor::drops(const json::Cursor& part) {
  const bool is_result = role() == R"("tool")" || role() == R"("function")";
  return role() == R"("assistant")" || (is_result && results_are_text_ && is_media_part(part));
}

MessageFacts& Editor::facts() {
  if (!facts_) {
    facts_ = read_facts(message_begin_);
  }
  return *facts_;
}

std::string_view Editor::role() {
  return role_ ? *role_ : facts().role;
}

Status edit_request(std::string_view body, const RequestEdits& edits, SpanList& out,
                    chat::Changes& changes) {
  return Editor(body, edits, out, changes).edit();
}

}  // namespace llmproxy::openai_chat
