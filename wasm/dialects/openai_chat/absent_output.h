// Why an answer has no image, no sound or no transcript, or a part of it only. Clients read the
// first element of a list or write the bytes to a file, so a success without the thing they asked
// for breaks them, and there is no place in it that says that the thing was cut off.
#pragma once

#include "base/error.h"
#include "chat/event.h"

#include <optional>
#include <string>
#include <string_view>

namespace llmproxy::openai_chat {

class AbsentOutput {
 public:
  // Remembers what the supplier says in place of what was asked for.
  void take(const chat::Event& event);
  // Data came that is not of the kind that was asked for.
  void take_other(std::string_view media_type);
  // `thing`: what is missing, as a user calls it.
  Error error(std::string_view thing) const;
  // The thing is there: why it has no end; nothing: it has.
  std::optional<Error> incomplete(std::string_view thing) const;

 private:
  std::string words_;   // the beginning of the answer's text
  std::string other_;   // type of the first data of another kind, in words
  std::string reason_;  // of a block, as the supplier tells it
  bool cut_ = false;    // at the limit of tokens
};

}  // namespace llmproxy::openai_chat
