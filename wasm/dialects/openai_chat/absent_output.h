// Why an answer has no image, no sound or no transcript. Clients read the first element of a list
// or write the bytes to a file, so a success without the thing they asked for breaks them.
#pragma once

#include "base/error.h"
#include "chat/event.h"

#include <string>
#include <string_view>

namespace llmproxy::openai_chat {

class AbsentOutput {
 public:
  // Remembers what the supplier says in place of what was asked for.
  void take(const chat::Event& event);
  // `thing`: what is missing, as a user calls it.
  Error error(std::string_view thing) const;

 private:
  std::string words_;   // the beginning of the answer's text
  std::string reason_;  // of a block, as the supplier tells it
  bool cut_ = false;    // at the limit of tokens
};

}  // namespace llmproxy::openai_chat
