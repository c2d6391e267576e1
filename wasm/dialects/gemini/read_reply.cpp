#include "dialects/gemini/read_reply.h"

#include "base/limits.h"
#include "base/text.h"
#include "dialects/gemini/read_error.h"
#include "dialects/gemini/usage.h"

namespace llmproxy::gemini {

using json::Kind;

namespace {

constexpr std::int64_t kMaxChoices = 128;

// Reads a string, passes over anything else.
void read_text(json::Cursor& cursor, chat::Text& out) {
  if (cursor.kind() == Kind::string) {
    cursor.read_string(out);
  } else {
    cursor.skip_value();
  }
}

bool enter_object(json::Cursor& cursor) {
  if (cursor.kind() != Kind::object) {
    cursor.skip_value();
    return false;
  }
  return cursor.enter_object();
}

std::uint32_t read_index(json::Cursor& cursor) {
  std::string_view number;
  if (cursor.kind() != Kind::number) {
    cursor.skip_value();
    return 0;
  }
  cursor.read_number(number);
  const std::int64_t index = parse_integer(number).value_or(0);
  return index < 0 || index >= kMaxChoices ? 0 : static_cast<std::uint32_t>(index);
}

// Two members of an object that is a part's value.
void read_pair(json::Cursor& cursor, std::string_view first, chat::Text& a, std::string_view second,
               chat::Text& b) {
  json::String key;
  if (!enter_object(cursor)) {
    return;
  }
  while (cursor.next_member(key)) {
    if (key.equals(first)) {
      read_text(cursor, a);
    } else if (key.equals(second)) {
      read_text(cursor, b);
    } else {
      cursor.skip_value();
    }
  }
}

Error malformed(const json::Cursor& cursor) {
  return {ErrorCode::upstream_malformed,
          concat({"Gemini sent something that is not JSON: ", cursor.fault(), "."}), ""};
}

}  // namespace

Status ReplyReader::read(std::string_view payload, chat::EventSink& sink) {
  json::Cursor cursor(payload);
  // A stream that was not asked for as an event stream is one array, and some relays put several
  // objects into one event.
  do {
    const bool list = cursor.kind() == Kind::array;
    if (list) {
      cursor.enter_array();
    }
    while (list ? cursor.next_element() : true) {
      if (Status status = read_response(cursor, sink); !status) {
        return status;
      }
      if (!list) {
        break;
      }
    }
    if (cursor.failed()) {
      return malformed(cursor);
    }
  } while (!cursor.at_end());
  return {};
}

Status ReplyReader::read_response(json::Cursor& cursor, chat::EventSink& sink) {
  if (cursor.kind() != Kind::object) {
    cursor.skip_value();
    return cursor.failed() ? malformed(cursor)
                           : Error{ErrorCode::upstream_malformed,
                                   "Gemini sent a value that is no response.", ""};
  }
  json::String key;
  std::string_view failure;
  cursor.enter_object();
  while (cursor.next_member(key)) {
    if (key.equals("candidates")) {
      read_candidates(cursor, sink);
    } else if (key.equals("usageMetadata")) {
      const std::optional<chat::Usage> usage = read_usage(cursor);
      usage_ = usage ? usage : usage_;
    } else if (key.equals("promptFeedback")) {
      read_prompt_feedback(cursor);
    } else if (key.equals("error")) {
      cursor.skip_value(failure);
    } else {
      cursor.skip_value();
    }
  }
  if (cursor.failed()) {
    return malformed(cursor);
  }
  if (!failure.empty()) {
    return read_error(0, concat({"{\"error\":", failure, "}"}));
  }
  return {};
}

// Its presence is no block: older models put harmless ratings there.
void ReplyReader::read_prompt_feedback(json::Cursor& cursor) {
  chat::Text reason;
  chat::Text message;
  read_pair(cursor, "blockReason", reason, "blockReasonMessage", message);
  if (!reason.empty() && !is_unspecified(reason)) {
    blocked_ = reason.decode();
  }
}

void ReplyReader::read_candidates(json::Cursor& cursor, chat::EventSink& sink) {
  if (cursor.kind() != Kind::array) {
    cursor.skip_value();
    return;
  }
  cursor.enter_array();
  while (cursor.next_element()) {
    read_candidate(cursor, sink);
  }
}

void ReplyReader::read_candidate(json::Cursor& cursor, chat::EventSink& sink) {
  json::String key;
  std::uint32_t index = 0;  // Vertex leaves out what is 0
  chat::Text reason;
  chat::Text message;
  parts_.clear();
  if (!enter_object(cursor)) {
    return;
  }
  while (cursor.next_member(key)) {
    if (key.equals("content")) {
      read_content(cursor);
    } else if (key.equals("index")) {
      index = read_index(cursor);
    } else if (key.equals("finishReason")) {
      read_text(cursor, reason);
    } else if (key.equals("finishMessage")) {
      read_text(cursor, message);
    } else {
      cursor.skip_value();
    }
  }
  if (cursor.failed()) {
    return;
  }
  Choice& choice = choices_[index];
  for (const Part& part : parts_) {
    emit(index, choice, part, sink);
  }
  const Ending ending = reason.empty() ? Ending::none : map_finish_reason(reason);
  if (ending != Ending::none) {
    choice.ending = ending;
    choice.finish_message =
        concat({reason.decode(), message.empty() ? "" : ": ", message.decode()});
  }
}

// Has no parts, or no content at all, when everything went into thinking or the answer was blocked.
void ReplyReader::read_content(json::Cursor& cursor) {
  json::String key;
  if (!enter_object(cursor)) {
    return;
  }
  while (cursor.next_member(key)) {
    if (!key.equals("parts") || cursor.kind() != Kind::array) {
      cursor.skip_value();
      continue;
    }
    cursor.enter_array();
    while (cursor.next_element()) {
      read_part(cursor);
    }
  }
}

void ReplyReader::read_part(json::Cursor& cursor) {
  json::String key;
  if (!enter_object(cursor)) {
    return;
  }
  Part& part = parts_.emplace_back();
  while (cursor.next_member(key)) {
    if (key.equals("text")) {
      read_text(cursor, part.text);
    } else if (key.equals("thought") && cursor.kind() == Kind::boolean) {
      cursor.read_bool(part.thought);
    } else if (key.equals("thoughtSignature")) {
      read_text(cursor, part.signature);
    } else if (key.equals("functionCall")) {
      part.has_call = true;
      read_call(cursor, part.call);
    } else if (key.equals("inlineData")) {
      read_pair(cursor, "mimeType", part.mime_type, "data", part.data);
    } else if (key.equals("executableCode")) {
      read_pair(cursor, "language", part.language, "code", part.code);
    } else if (key.equals("codeExecutionResult")) {
      read_pair(cursor, "outcome", part.outcome, "output", part.output);
    } else {
      cursor.skip_value();
    }
  }
}

void ReplyReader::emit(std::uint32_t index, Choice& choice, const Part& part,
                       chat::EventSink& sink) {
  const auto text = [&](const chat::Text& raw) { sink.take(chat::TextDelta{index, raw}); };
  if (part.has_call) {
    emit_call(index, choice, part, sink);
  } else if (part.thought) {
    if (!part.text.empty()) {
      sink.take(chat::ThoughtDelta{index, part.text});
    }
  } else if (!part.text.empty()) {
    text(part.text);
    choice.visible = true;
  } else if (!part.data.empty()) {
    sink.take(chat::Media{index, part.mime_type, part.data});
    choice.visible = true;
  } else if (!part.code.empty()) {
    // The model ran code on Google's side. OpenAI has no field for it, so it is told as Markdown
    // would.
    text({"\\n\\n```", true});
    text({part.language.equals("PYTHON") ? "python" : "", false});
    text({"\\n", true});
    text(part.code);
    text({"\\n```\\n\\n", true});
    choice.visible = true;
  } else if (!part.output.empty()) {
    text({"```\\n", true});
    text(part.output);
    text({"\\n```\\n\\n", true});
    choice.visible = true;
  }
}

void ReplyReader::emit_call(std::uint32_t index, Choice& choice, const Part& part,
                            chat::EventSink& sink) {
  const CallFragment& call = part.call;
  if (!call.name.empty() && !call.will_continue && call.partial.empty()) {
    finish_call(index, choice, sink);
    const std::string_view arguments = call.arguments.empty() ? "{}" : call.arguments;
    sink.take(chat::ToolCall{index, call.id, call.name, arguments, part.signature});
    choice.visible = true;
    choice.called = true;
    return;
  }
  if (!call.name.empty()) {
    finish_call(index, choice, sink);
    choice.partial.begin(call, part.signature);
  } else if (choice.partial.open()) {
    choice.partial.add(call);
  }
  if (!call.will_continue && (call.name.empty() ? call.partial.empty() : true)) {
    finish_call(index, choice, sink);
  }
}

void ReplyReader::finish_call(std::uint32_t index, Choice& choice, chat::EventSink& sink) {
  if (choice.partial.open()) {
    sink.take(choice.partial.finish(index));
    choice.visible = true;
    choice.called = true;
  }
}

Status ReplyReader::at_end(chat::EventSink& sink) {
  if (!blocked_.empty()) {
    if (choices_.empty()) {
      choices_[0];
    }
    for (auto& [index, choice] : choices_) {
      choice.ending = Ending::filtered;
      choice.finish_message = blocked_;
    }
  }
  if (choices_.empty()) {
    return Error{ErrorCode::upstream_empty, "Gemini sent no answer: no candidate, and no reason.",
                 ""};
  }
  for (auto& [index, choice] : choices_) {
    if (Status status = finish(index, choice, sink); !status) {
      return status;
    }
  }
  if (usage_) {
    sink.take(*usage_);
  }
  return {};
}

Status ReplyReader::finish(std::uint32_t index, Choice& choice, chat::EventSink& sink) {
  finish_call(index, choice, sink);
  switch (choice.ending) {
    case Ending::none:
      // Gemini has no end marker: it was done if it gave a reason.
      if (framing_ == Framing::whole && choice.visible) {
        break;
      }
      return Error{ErrorCode::upstream_cut,
                   "The answer of Gemini broke off before it was complete.", ""};
    case Ending::length:
      sink.take(chat::Finish{index, chat::FinishReason::length});
      return {};
    case Ending::filtered: {
      const std::string reason = concat({"Blocked by Gemini: ", choice.finish_message});
      sink.take(chat::Refusal{index, reason});
      sink.take(chat::Finish{index, chat::FinishReason::content_filter});
      return {};
    }
    case Ending::malformed:
    case Ending::other:
      if (!choice.visible) {
        const bool malformed = choice.ending == Ending::malformed;
        return Error{
            malformed ? ErrorCode::malformed_function_call : ErrorCode::upstream_empty,
            shorten(concat({"Gemini gave no answer: ", choice.finish_message}), kMaxErrorMessage),
            ""};
      }
      break;
    case Ending::stop:
      break;
  }
  sink.take(chat::Finish{
      index, choice.called ? chat::FinishReason::tool_calls : chat::FinishReason::stop});
  return {};
}

}  // namespace llmproxy::gemini
