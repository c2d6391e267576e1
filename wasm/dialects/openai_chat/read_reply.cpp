#include "dialects/openai_chat/read_reply.h"

#include "base/limits.h"
#include "base/text.h"
#include "dialects/openai_chat/read_error.h"
#include "dialects/openai_chat/read_message.h"
#include "dialects/openai_chat/read_usage.h"
#include "json/lenient.h"

#include <algorithm>
#include <array>
#include <utility>

namespace llmproxy::openai_chat {

using chat::FinishReason;
using json::Kind;

namespace {

constexpr std::int64_t kMaxChoices = 128;

Error too_much() {
  return malformed_reply("more beside the text of its answer than can be held");
}

}  // namespace

Status ReplyReader::read(std::string_view payload, chat::EventSink& sink) {
  const std::string_view text = trim(payload);
  if (framing_ == Framing::stream && (done_ || text.empty() || text == "[DONE]")) {
    done_ = done_ || !text.empty();
    return {};
  }
  json::Cursor cursor(payload);
  if (cursor.kind() != Kind::object) {
    cursor.skip_value();
    return cursor.failed() ? malformed_reply(cursor)
                           : malformed_reply("a value that is no chat completion");
  }
  if (Status status = read_chunk(cursor, sink); !status) {
    return status;
  }
  if (!cursor.failed() && !cursor.at_end()) {
    return malformed_reply("more than one value at once");
  }
  return cursor.failed() ? malformed_reply(cursor) : Status();
}

// An error in a reply that says it is a success ends it, and what stands beside it goes unread.
// One level of members in another.
// NOLINTNEXTLINE(readability-function-size,readability-function-cognitive-complexity)
Status ReplyReader::read_chunk(json::Cursor& cursor, chat::EventSink& sink) {
  std::string_view error;
  std::optional<chat::Usage> groq_usage;
  bool has_choices = false;
  each_member(cursor, [&](const json::String& key) {
    if (key.is("choices")) {
      has_choices = cursor.kind() == Kind::array;
      each_element(cursor, [&] { read_choice(cursor, sink); });
    } else if (key.equals("usage")) {
      const std::optional<chat::Usage> usage = read_usage(cursor);
      usage_ = usage ? usage : usage_;
    } else if (key.equals("service_tier")) {
      read_tier(cursor, sink);
    } else if (key.equals("error") && cursor.kind() != Kind::null) {
      cursor.skip_value(error);
    } else if (key.equals("x_groq")) {
      // https://console.groq.com/docs/api-reference#chat-create: usage of a stream, and a failure
      // in the middle of one.
      each_member(cursor, [&](const json::String& member) {
        if (member.equals("usage")) {
          groq_usage = read_usage(cursor);
        } else if (member.equals("error") && cursor.kind() != Kind::null) {
          cursor.skip_value(error);
        } else {
          cursor.skip_value();
        }
      });
    } else {
      cursor.skip_value();
    }
  });
  usage_ = usage_ ? usage_ : groq_usage;
  if (cursor.failed()) {
    return malformed_reply(cursor);
  }
  if (!error.empty()) {
    return read_error(0, concat({"{\"error\":", error, "}"}));
  }
  if (too_much_) {
    return too_much();
  }
  return has_choices || framing_ == Framing::stream
             ? Status()
             : malformed_reply("a value that is no chat completion");
}

void ReplyReader::read_tier(json::Cursor& cursor, chat::EventSink& sink) {
  chat::Text tier;
  read_text(cursor, tier);
  if (!tier.empty() && tier.raw.size() <= kMaxName && tier.raw != tier_) {
    tier_ = tier.raw;
    sink.take(chat::ServiceTier{tier_});
  }
}

// The number of a choice nearly always comes first. If not, what it is for waits.
// One level of members in another.
// NOLINTNEXTLINE(readability-function-size,readability-function-cognitive-complexity)
void ReplyReader::read_choice(json::Cursor& cursor, chat::EventSink& sink) {
  std::int64_t index = -1;
  std::optional<json::Cursor> message;
  std::optional<json::Cursor> logprobs;
  std::optional<json::Cursor> finish;
  const auto take = [&](std::optional<json::Cursor>& at) {
    at = cursor;
    cursor.skip_value();
  };
  each_member(cursor, [&](const json::String& key) {
    if (key.is("index")) {
      index = read_integer(cursor, 0);
    } else if ((key.is("delta") || key.is("message")) && cursor.kind() == Kind::object) {
      if (index >= 0 && index < kMaxChoices) {
        read_message(cursor, static_cast<std::uint32_t>(index), sink);
      } else {
        take(message);
      }
    } else if (key.equals("logprobs") && cursor.kind() == Kind::object) {
      take(logprobs);
    } else if (key.equals("finish_reason") && cursor.kind() == Kind::string) {
      take(finish);
    } else {
      cursor.skip_value();
    }
  });
  if (cursor.failed()) {
    return;
  }
  if (index >= kMaxChoices) {
    too_much_ = true;
    return;
  }
  const auto number = static_cast<std::uint32_t>(std::max<std::int64_t>(index, 0));
  if (message) {
    read_message(*message, number, sink);
  }
  if (logprobs && !read_logprobs(*logprobs, number, sink)) {
    too_much_ = true;
  }
  Choice& choice = choices_[number];
  if (finish) {
    read_finish(*finish, choice);
  }
}

// https://platform.openai.com/docs/api-reference/chat/object#chat-object-choices-finish_reason
// "error": https://openrouter.ai/docs/api-reference/errors#mid-stream
void ReplyReader::read_finish(json::Cursor& cursor, Choice& choice) {
  constexpr std::array kReasons = std::to_array<std::pair<std::string_view, FinishReason>>({
      {"stop", FinishReason::stop},
      {"tool_calls", FinishReason::tool_calls},
      {"function_call", FinishReason::tool_calls},
      {"length", FinishReason::length},
      {"max_tokens", FinishReason::length},
      {"content_filter", FinishReason::content_filter},
      {"safety", FinishReason::content_filter},
  });
  chat::Text reason;
  read_text(cursor, reason);
  if (reason.empty()) {
    return;
  }
  choice.finish = FinishReason::stop;  // others are ways to say that: "eos", "end_turn"
  choice.failed = reason.equals("error");
  for (const auto& [name, known] : kReasons) {
    if (reason.equals(name)) {
      choice.finish = known;
    }
  }
}

void ReplyReader::read_message(json::Cursor& cursor, std::uint32_t index, chat::EventSink& sink) {
  Choice& choice = choices_[index];
  const std::uint32_t calls = choice.calls.count();
  MessageEvents events(index, sound_, choice.calls, sink);
  events.read(cursor, framing_ == Framing::whole);
  choice.visible = choice.visible || events.visible();
  calls_ += choice.calls.count() - calls;
  std::size_t kept = 0;
  for (const auto& [number, other] : choices_) {
    kept += other.calls.size();
  }
  too_much_ = too_much_ || kept > kMaxKeptOfReply || calls_ > kMaxCallsOfReply;
}

// A model that was told which function to call ends with "stop"; for the client its turn is over
// when there are calls.
Status ReplyReader::finish(std::uint32_t index, Choice& choice, chat::EventSink& sink) {
  const bool has_calls = choice.calls.count() > 0;
  if (!choice.calls.emit(index, sink)) {
    return Error{ErrorCode::out_of_memory, "There is no memory for the calls of the answer.", ""};
  }
  if (choice.failed) {
    return Error{ErrorCode::upstream_failed, "The supplier did not finish its answer.", ""};
  }
  // A document that is complete is one, and so is a stream that says it is done.
  if (!choice.finish && framing_ == Framing::stream && !done_) {
    return Error{ErrorCode::upstream_cut, "The answer broke off before it was complete.", ""};
  }
  const FinishReason reason = choice.finish.value_or(FinishReason::stop);
  const bool is_calls = reason == FinishReason::stop && has_calls;
  sink.take(chat::Finish{index, is_calls ? FinishReason::tool_calls : reason});
  return {};
}

Status ReplyReader::at_end(chat::EventSink& sink) {
  if (choices_.empty()) {
    return framing_ == Framing::stream && !done_
               ? Error{ErrorCode::upstream_cut, "The answer broke off before it began.", ""}
               : Error{ErrorCode::upstream_empty, "The supplier sent no answer.", ""};
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

bool ReplyReader::is_empty() const {
  return std::all_of(choices_.begin(), choices_.end(), [](const auto& entry) {
    const Choice& choice = entry.value;
    return !choice.visible && choice.calls.count() == 0 && !choice.failed &&
           choice.finish.value_or(FinishReason::stop) == FinishReason::stop;
  });
}

}  // namespace llmproxy::openai_chat
