#include "dialects/openai_chat/absent_output.h"

#include "base/limits.h"
#include "base/text.h"

namespace llmproxy::openai_chat {

void AbsentOutput::take(const chat::Event& event) {
  if (const auto* delta = std::get_if<chat::TextDelta>(&event)) {
    if (words_.size() < kMaxErrorMessage) {
      // An escape takes six bytes for one at most.
      const std::size_t size = json::prefix_length(delta->text.raw, 6 * kMaxErrorMessage);
      const chat::Text begin{delta->text.raw.substr(0, size), delta->text.has_escapes};
      words_.append(shorten(begin.decode(), kMaxErrorMessage));
    }
  } else if (const auto* refusal = std::get_if<chat::Refusal>(&event)) {
    reason_.append(refusal->reason);
  } else if (const auto* finish = std::get_if<chat::Finish>(&event)) {
    cut_ = cut_ || finish->reason == chat::FinishReason::length;
  }
}

void AbsentOutput::take_other(std::string_view media_type) {
  if (other_.empty()) {
    other_ = media_type.empty() ? "The model sent data without a type."
                                : concat({"The model sent data of the type '", media_type, "'."});
  }
}

Error AbsentOutput::error(std::string_view thing) const {
  const std::string_view words = trim(words_);
  const auto message = [&](std::string_view why, std::string_view more) {
    return shorten(concat({"There is no ", thing, " in the answer. ", why, more}),
                   kMaxErrorMessage);
  };
  if (!reason_.empty()) {
    return {ErrorCode::content_blocked,
            message(reason_, words.empty() ? "" : concat({" The model said: ", words})), ""};
  }
  if (!other_.empty()) {
    return {ErrorCode::other_answer, message(other_, ""), ""};
  }
  if (!words.empty()) {
    return {ErrorCode::other_answer, message("The model said: ", words), ""};
  }
  if (cut_) {
    return {ErrorCode::other_answer, message("The limit of tokens was reached before it.", ""), ""};
  }
  return {ErrorCode::upstream_empty, message("The model said nothing.", ""), ""};
}

std::optional<Error> AbsentOutput::incomplete(std::string_view thing) const {
  if (reason_.empty() && !cut_) {
    return std::nullopt;
  }
  const std::string_view why =
      cut_ ? std::string_view("The limit of tokens was reached in it.") : reason_;
  return Error{
      cut_ ? ErrorCode::other_answer : ErrorCode::content_blocked,
      shorten(concat({"The ", thing, " in the answer is not complete. ", why}), kMaxErrorMessage),
      ""};
}

}  // namespace llmproxy::openai_chat
