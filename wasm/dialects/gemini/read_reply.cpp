#include "dialects/gemini/read_reply.h"

#include "base/limits.h"
#include "base/text.h"
#include "dialects/gemini/logprobs.h"
#include "dialects/gemini/read_error.h"
#include "dialects/gemini/usage.h"
#include "json/lenient.h"

namespace llmproxy::gemini {

using json::Kind;

namespace {

constexpr std::int64_t kMaxChoices = 128;

// Two members of an object that is a part's value.
void read_pair(json::Cursor& cursor, std::string_view first, chat::Text& a, std::string_view second,
               chat::Text& b) {
  each_member(cursor, [&](const json::String& key) {
    if (key.equals(first)) {
      read_text(cursor, a);
    } else if (key.equals(second)) {
      read_text(cursor, b);
    } else {
      cursor.skip_value();
    }
  });
}

// What Google's own tools were asked, and what they said. A call has its result in the same answer,
// so none of it is the client's to run.
std::string_view invocation_name(const json::String& key) {
  for (const std::string_view name : {"toolCall", "toolResponse", "functionResponse"}) {
    if (key.equals(name)) {
      return name;
    }
  }
  return {};
}

// https://googleapis.github.io/python-genai/genai.html#genai.types.Transcription
void read_transcript(json::Cursor& cursor, chat::Text& out) {
  each_member(cursor, [&](const json::String& key) {
    if (key.equals("text")) {
      read_text(cursor, out);
    } else {
      cursor.skip_value();
    }
  });
}

Error no_response(json::Cursor& cursor) {
  cursor.skip_value();
  return cursor.failed()
             ? malformed_reply(cursor)
             : Error{ErrorCode::upstream_malformed, "Gemini sent a value that is no response.", ""};
}

// Of a stream: what relays send to keep the connection open, and OpenAI's mark of the end, which
// some put behind Gemini's events. It proves nothing: the answer is complete with its finish
// reason.
bool is_no_payload(std::string_view payload) {
  const std::string_view text = trim(payload);
  return text.empty() || text == "[DONE]";
}

bool says_something(std::string_view object) {
  return object.size() > 2 && !trim(object.substr(1, object.size() - 2)).empty();
}

// As much of a text of any length as a message has room for.
std::string decode_start(const chat::Text& text) {
  const std::size_t size = json::prefix_length(text.raw, kMaxErrorMessage);
  return chat::Text{text.raw.substr(0, size), true}.decode();
}

// The name of an enum's value, which some libraries and relays send as its number.
std::string read_name(json::Cursor& cursor, std::string_view (*name_of)(std::int64_t number)) {
  if (cursor.kind() == Kind::number) {
    return std::string(name_of(read_integer(cursor, 0)));
  }
  chat::Text name;
  read_text(cursor, name);
  return decode_start(name);
}

// "SAFETY: what Gemini says to it"
std::string with_message(std::string_view reason, const chat::Text& message) {
  return concat({reason, message.empty() ? "" : ": ", decode_start(message)});
}

}  // namespace

Status ReplyReader::read(std::string_view payload, chat::EventSink& sink) {
  if (framing_ == Framing::stream && is_no_payload(payload)) {
    return {};
  }
  json::Cursor cursor(payload);
  // A stream that was not asked for as an event stream is one array, and some relays put several
  // objects into one event.
  do {
    const bool list = cursor.kind() == Kind::array;
    in_list_ = list;
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
      return malformed_reply(cursor);
    }
  } while (!cursor.at_end());
  return {};
}

Status ReplyReader::read_response(json::Cursor& cursor, chat::EventSink& sink) {
  if (cursor.kind() != Kind::object) {
    return no_response(cursor);
  }
  std::string_view error;
  each_member(cursor, [&](const json::String& key) {
    if (key.equals("candidates")) {
      each_element(cursor, [&] { read_candidate(cursor, sink); });
    } else if (key.equals("usageMetadata")) {
      read_usage_metadata(cursor, sink);
    } else if (key.equals("promptFeedback")) {
      read_prompt_feedback(cursor);
    } else if (key.equals("error")) {
      cursor.skip_value(error);
    } else {
      cursor.skip_value();
    }
  });
  if (cursor.failed()) {
    return malformed_reply(cursor);
  }
  if (!error.empty()) {
    return read_error_member(error);
  }
  return unbroken();
}

Status ReplyReader::unbroken() const {
  return broken_.empty() ? Status() : Error{ErrorCode::upstream_malformed, broken_, ""};
}

void ReplyReader::read_usage_metadata(json::Cursor& cursor, chat::EventSink& sink) {
  std::string_view tier;
  const std::optional<chat::Usage> usage = read_usage(cursor, tier);
  usage_ = usage ? usage : usage_;
  if (!tier.empty() && tier != tier_) {
    tier_ = tier;
    sink.take(chat::ServiceTier{tier});
  }
}

// Its presence is no block: older models put harmless ratings there.
void ReplyReader::read_prompt_feedback(json::Cursor& cursor) {
  std::string reason;
  chat::Text message;
  each_member(cursor, [&](const json::String& key) {
    if (key.equals("blockReason")) {
      reason = read_name(cursor, block_reason_name);
    } else if (key.equals("blockReasonMessage")) {
      read_text(cursor, message);
    } else {
      cursor.skip_value();
    }
  });
  if (!reason.empty() && !is_unspecified({reason, false})) {
    blocked_ = with_message(reason, message);
  }
}

void ReplyReader::read_candidate(json::Cursor& cursor, chat::EventSink& sink) {
  Candidate candidate;
  parts_.clear();
  rest_.reset();
  each_member(cursor,
              [&](const json::String& key) { read_candidate_member(cursor, key, candidate); });
  if (!cursor.failed()) {
    take_candidate(candidate, sink);
  }
}

void ReplyReader::read_candidate_member(json::Cursor& cursor, const json::String& key,
                                        Candidate& out) {
  if (key.equals("content")) {
    read_content(cursor);
  } else if (key.equals("index")) {
    const std::int64_t index = read_integer(cursor, 0);
    out.index = index < 0 || index >= kMaxChoices ? 0 : static_cast<std::uint32_t>(index);
  } else if (key.equals("finishReason")) {
    out.reason = read_name(cursor, finish_reason_name);
  } else if (key.equals("finishMessage")) {
    read_text(cursor, out.message);
  } else if (key.equals("continuationToken")) {
    read_text(cursor, out.token);
  } else if (key.equals("groundingMetadata")) {
    cursor.skip_value(out.grounding);
  } else if (key.equals("citationMetadata")) {
    cursor.skip_value(out.citations);
  } else if (key.equals("urlContextMetadata")) {
    cursor.skip_value(out.urls);
  } else if (key.equals("logprobsResult")) {
    cursor.skip_value(out.logprobs);
  } else {
    cursor.skip_value();
  }
}

void ReplyReader::take_candidate(const Candidate& candidate, chat::EventSink& sink) {
  const std::uint32_t index = first_choice_ + candidate.index;
  Choice& choice = choices_[index];
  if (!candidate.logprobs.empty() && !read_logprobs(candidate.logprobs, index, sink)) {
    broken_ = "Gemini sent more log probabilities than an answer has tokens.";
  }
  keeps_text_ = needs_text(candidate);
  take_parts(index, choice, sink);
  if (rest_) {
    take_rest(index, choice, sink);
  }
  if (says_something(candidate.grounding)) {
    keep_sources(choice, candidate.grounding, choice.grounding);
  }
  if (says_something(candidate.citations)) {
    keep_sources(choice, candidate.citations, choice.citations);
  }
  if (says_something(candidate.urls)) {
    keep_sources(choice, candidate.urls, choice.urls);
  }
  if (!candidate.token.empty()) {
    keep(choice, candidate.token.raw, choice.continuation_token);
  }
  const Ending ending = candidate.reason.empty()
                            ? Ending::none
                            : map_finish_reason(chat::Text{candidate.reason, false});
  if (ending != Ending::none) {
    choice.ending = ending;
    choice.finish_message = with_message(candidate.reason, candidate.message);
  }
  count_kept(choice);
}

// The sources of a whole answer stand beside it, unless it goes on with another call. A copy of its
// text would be of many megabytes.
bool ReplyReader::needs_text(const Candidate& candidate) const {
  return framing_ == Framing::stream || in_list_ || says_something(candidate.grounding) ||
         says_something(candidate.citations) ||
         (!candidate.reason.empty() &&
          map_finish_reason(chat::Text{candidate.reason, false}) == Ending::continues);
}

void ReplyReader::take_parts(std::uint32_t index, Choice& choice, chat::EventSink& sink) {
  for (const Part& part : parts_) {
    const std::size_t kept =
        part.invocation_value.size() + part.transcript.raw.size() + part.call.partial.size();
    const bool keeps = kept > 0 || !part.data.empty();  // of an image, its signature
    if (!keeps || has_room(choice, kept + part.signature.raw.size())) {
      emit(index, choice, part, sink);
    }
  }
}

// The parts that were too many to be held at once.
void ReplyReader::take_rest(std::uint32_t index, Choice& choice, chat::EventSink& sink) {
  json::Cursor cursor = *rest_;
  do {
    parts_.clear();
    read_part(cursor);
    take_parts(index, choice, sink);
  } while (cursor.next_element());
}

std::size_t ReplyReader::kept_of(const Choice& choice) {
  return choice.grounding.size() + choice.citations.size() + choice.urls.size() +
         choice.continuation_token.size() + choice.invocations.size() + choice.transcript.size() +
         choice.image_signature.size() + (choice.partial.open() ? choice.partial.size() : 0);
}

bool ReplyReader::has_room(const Choice& choice, std::size_t more) {
  if (kept_ - choice.kept + kept_of(choice) + more > kMaxKeptOfReply) {
    broken_ = "Gemini sent more beside the text of its answer than can be held.";
  }
  return broken_.empty();
}

void ReplyReader::keep(Choice& choice, std::string_view value, std::string& out) {
  if (has_room(choice, value.size())) {
    out = value;
  }
}

void ReplyReader::keep_sources(Choice& choice, std::string_view value, MergedMetadata& out) {
  if (has_room(choice, value.size()) && !out.add(value)) {
    broken_ = kTooManySources;
  }
}

// Strings that grow take up to twice what is in them.
void ReplyReader::count_kept(Choice& choice) {
  const std::size_t kept = kept_of(choice);
  kept_ += kept - choice.kept;
  choice.kept = kept;
  if (kept_ > claimed_) {
    // Where there is no memory, that is seen by whoever asked for all of this.
    static_cast<void>(claim_.add(2 * (kept_ - claimed_)));
    claimed_ = kept_;
  }
}

// Has no parts, or no content at all, when everything went into thinking or the answer was blocked.
void ReplyReader::read_content(json::Cursor& cursor) {
  each_member(cursor, [&](const json::String& key) {
    if (key.equals("parts")) {
      read_parts(cursor);
    } else {
      cursor.skip_value();
    }
  });
}

void ReplyReader::read_parts(json::Cursor& cursor) {
  parts_.clear();
  rest_.reset();
  each_element(cursor, [&] {
    if (parts_.size() < kMaxHeldParts) {
      read_part(cursor);
      return;
    }
    if (!rest_) {
      rest_ = cursor;
    }
    cursor.skip_value();
  });
}

void ReplyReader::read_part(json::Cursor& cursor) {
  if (cursor.kind() != Kind::object) {
    cursor.skip_value();
    return;
  }
  Part& part = parts_.emplace_back();
  each_member(cursor, [&](const json::String& key) {
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
    } else if (key.equals("audioTranscription")) {
      read_transcript(cursor, part.transcript);
    } else if (const std::string_view name = invocation_name(key); !name.empty()) {
      part.invocation = name;
      cursor.skip_value(part.invocation_value);
    } else {
      cursor.skip_value();
    }
  });
}

}  // namespace llmproxy::gemini
