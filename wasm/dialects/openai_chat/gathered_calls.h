// Tool calls of one choice, whose pieces come one after the other, and the events of whole calls.
// https://platform.openai.com/docs/guides/function-calling#streaming
#pragma once

#include "base/buffer.h"
#include "chat/event.h"
#include "json/cursor.h"

#include <cstdint>
#include <list>
#include <string>

namespace llmproxy::openai_chat {

class GatheredCalls {
 public:
  // The elements of `tool_calls`, and `function_call`, the older form, at the cursor. `whole`: each
  // is a call, and no piece of one.
  void read_list(json::Cursor& cursor, bool whole);
  void read_old(json::Cursor& cursor);
  // Passes on what was gathered, in its order. False: there was no memory.
  bool emit(std::uint32_t choice, chat::EventSink& sink);

  // How many there were in all.
  std::uint32_t count() const { return count_; }
  // Bytes that are held.
  std::size_t size() const { return size_; }

 private:
  struct Call {
    std::int64_t index = -1;  // -1: not said
    std::string id;           // these as they stand in JSON
    std::string name;
    bool custom = false;
    Buffer input;
  };
  struct Piece;

  void read_call(json::Cursor& cursor, bool whole);
  static void read_function(json::Cursor& cursor, Piece& piece);
  void add(const Piece& piece);
  Call& find(const Piece& piece);

  std::list<Call> calls_;
  std::uint32_t count_ = 0;
  std::size_t size_ = 0;
};

}  // namespace llmproxy::openai_chat
