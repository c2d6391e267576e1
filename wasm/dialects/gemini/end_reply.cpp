// What is told of an answer at its end: why it ended, what was kept until then, and whether it goes
// on with another call.
#include "base/limits.h"
#include "base/text.h"
#include "dialects/gemini/model.h"
#include "dialects/gemini/read_reply.h"

#include <algorithm>

namespace llmproxy::gemini {
namespace {

Error no_answer() {
  return {ErrorCode::upstream_empty, "Gemini sent no answer: no candidate, and no reason.", ""};
}

Error no_answer(ErrorCode code, std::string_view why) {
  return {code, shorten(concat({"Gemini gave no answer: ", why}), kMaxErrorMessage), ""};
}

Error unfinished(ErrorCode code, std::string_view why) {
  return {code, shorten(concat({"Gemini did not finish its answer: ", why}), kMaxErrorMessage), ""};
}

// What an ending without an answer, or in the middle of one, is for the client.
ErrorCode error_of(Ending ending) {
  switch (ending) {
    case Ending::malformed:
      return ErrorCode::malformed_function_call;
    case Ending::unsigned_history:
      return ErrorCode::invalid_thought_signature;
    default:
      return ErrorCode::upstream_empty;
  }
}

Error cut_off() {
  return {ErrorCode::upstream_cut, "The answer of Gemini broke off before it was complete.", ""};
}

}  // namespace

std::string_view ReplyReader::continuation() const {
  for (const auto& [index, choice] : choices_) {
    if (choice.ending == Ending::continues) {
      return choice.continuation_token;
    }
  }
  return {};
}

void ReplyReader::begin_call(chat::EventSink& sink) {
  fold_usage();
  for (auto& [index, choice] : choices_) {
    emit_sources(index, choice, sink);
    choice.grounding.clear();
    choice.citations.clear();
    choice.urls.clear();
    choice.text.begin_call();
    choice.ending = Ending::none;
    choice.continuation_token.clear();
    choice.part = -1;
    choice.last_kind = PartKind::none;
  }
}

// Counts are per call. The prompt is the same in each, and is counted once.
void ReplyReader::fold_usage() {
  if (!usage_) {
    return;
  }
  chat::Usage more = *usage_;
  usage_.reset();
  if (!before_) {
    before_ = more;
    return;
  }
  more.total -= more.prompt;
  more.prompt = 0;
  more.cached_prompt = 0;
  more.audio_prompt = 0;
  before_->add(more);
}

bool ReplyReader::is_empty() const {
  if (!blocked_.empty()) {
    return false;
  }
  return std::all_of(choices_.begin(), choices_.end(), [](const auto& entry) {
    const Choice& choice = entry.value;
    return !choice.visible && !choice.partial.open() && choice.ending != Ending::length &&
           choice.ending != Ending::filtered && choice.ending != Ending::continues &&
           choice.ending != Ending::unsigned_history;
  });
}

std::optional<std::uint32_t> ReplyReader::downgrade() const {
  const bool is_unsigned = std::any_of(choices_.begin(), choices_.end(), [](const auto& entry) {
    return entry.value.ending == Ending::unsigned_history && !entry.value.visible;
  });
  return is_unsigned ? std::optional(static_cast<std::uint32_t>(Feature::missing_signature))
                     : std::nullopt;
}

Status ReplyReader::at_end(chat::EventSink& sink) {
  if (!blocked_.empty()) {
    block();
  }
  if (choices_.empty()) {
    return no_answer();
  }
  for (auto& [index, choice] : choices_) {
    if (Status status = finish(index, choice, sink); !status) {
      return status;
    }
  }
  fold_usage();
  if (before_) {
    sink.take(*before_);
  }
  return {};
}

void ReplyReader::block() {
  if (choices_.empty()) {
    choices_[first_choice_];
  }
  for (auto& [index, choice] : choices_) {
    choice.ending = Ending::filtered;
    choice.finish_message = blocked_;
  }
}

Status ReplyReader::finish(std::uint32_t index, Choice& choice, chat::EventSink& sink) {
  finish_call(index, choice, sink);
  if (choice.has_sources()) {
    emit_sources(index, choice, sink);
  }
  // A whole response as long as the text is about to be written.
  choice.text = AnswerText();
  if (!choice.invocations.empty()) {
    emit_invocations(index, choice, sink);
  }
  if (!choice.is_signed && !choice.image_signature.empty()) {
    emit_signature(index, choice.image_signature, sink);
  }
  if (!broken_.empty()) {
    return unbroken();
  }
  switch (choice.ending) {
    case Ending::none:
      // Gemini has no end marker: it was done if it gave a reason.
      if (framing_ == Framing::whole && choice.visible) {
        break;
      }
      return cut_off();
    case Ending::length:
    case Ending::continues:
      sink.take(chat::Finish{index, chat::FinishReason::length});
      return {};
    case Ending::filtered:
      emit_refusal(index, choice, "Blocked by Gemini: ", sink);
      return {};
    case Ending::malformed:
    case Ending::unsigned_history:
    case Ending::other:
    case Ending::unknown:
      return finish_early(index, choice, sink);
    case Ending::stop:
      break;
  }
  finish_well(index, choice, sink);
  return {};
}

// A text that the model did not get to the end of must not look like one that is complete: an agent
// takes `stop` for the end of its work. A call that could not be read is an error behind text as it
// is without, as the next attempt may well bring it. OpenAI has no word for OTHER; of its own the
// one that says that the text is not all is `content_filter`. The calls of an answer are complete,
// and the client goes on with them.
Status ReplyReader::finish_early(std::uint32_t index, const Choice& choice, chat::EventSink& sink) {
  if (!choice.visible) {
    return no_answer(error_of(choice.ending), choice.finish_message);
  }
  if (choice.calls > 0 || choice.ending == Ending::unknown) {
    finish_well(index, choice, sink);
  } else if (choice.ending == Ending::other) {
    emit_refusal(index, choice, "Stopped by Gemini: ", sink);
  } else {
    return unfinished(error_of(choice.ending), choice.finish_message);
  }
  return {};
}

void ReplyReader::finish_well(std::uint32_t index, const Choice& choice, chat::EventSink& sink) {
  sink.take(chat::Finish{
      index, choice.calls > 0 ? chat::FinishReason::tool_calls : chat::FinishReason::stop});
}

}  // namespace llmproxy::gemini
