// Calls of a conversation that wait for their results, found by their ids or by their names.
//
// Calls are known by their number in the conversation, and are opened in that order. A caller
// decides how many there are and what their keys are, so they are found by a sorted index: a
// result takes time in proportion to the calls of one message at most.
#pragma once

#include "chat/request.h"

#include <cstdint>
#include <list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace llmproxy::gemini {

class OpenCalls {
 public:
  static constexpr std::uint32_t kNone = UINT32_MAX;

  // All calls of the conversation, none of them open yet. `key` is what results name them by.
  OpenCalls(std::span<const chat::ToolCallPart* const> calls, chat::Text chat::ToolCallPart::*key);

  void open(std::uint32_t call);
  // It has its result. Not before it was opened, and not twice.
  void close(std::uint32_t call);

  // The open one of this key that was opened last; kNone: there is none.
  std::uint32_t last_open(const chat::Text& key) const;
  // The open one of the same key before it.
  std::uint32_t previous_open(std::uint32_t call) const { return links_[call].previous; }
  // Of this key the one that was opened last, whether it has its result or not.
  std::uint32_t last(const chat::Text& key) const;

 private:
  // Calls of one key.
  struct Group {
    std::string_view key;
    std::uint32_t last_open = kNone;
    std::uint32_t last = kNone;
  };
  struct Link {
    std::uint32_t group = 0;
    std::uint32_t previous = kNone;
    std::uint32_t next = kNone;
  };
  // A view of the text that `text` stands for.
  std::string_view decoded(const chat::Text& text);
  const Group* find(const chat::Text& key) const;

  std::vector<Group> groups_;  // sorted by key
  std::vector<Link> links_;    // of each call
  std::list<std::string> decoded_;
};

}  // namespace llmproxy::gemini
