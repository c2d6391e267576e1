// A message of a reply, or what one chunk adds to it, as events.
// https://platform.openai.com/docs/api-reference/chat/object#chat-object-choices-message
#pragma once

#include "chat/event.h"
#include "dialects/openai_chat/gathered_calls.h"
#include "json/cursor.h"

#include <cstdint>
#include <string_view>

namespace llmproxy::openai_chat {

class MessageEvents {
 public:
  // `sound`: its media type. Calls go into `calls`.
  MessageEvents(std::uint32_t choice, std::string_view sound, GatheredCalls& calls,
                chat::EventSink& sink)
      : choice_(choice), sound_(sound), calls_(calls), sink_(sink) {}

  // The object at the cursor. `whole`: it is a message.
  void read(json::Cursor& cursor, bool whole);
  // Something was in it that a client can see.
  bool visible() const { return visible_; }

 private:
  void take_text(const chat::Text& text);
  void take_thought(const chat::Text& text);
  // Of suppliers that have parts in place of a text.
  void read_parts(json::Cursor& cursor);
  void read_thinking(json::Cursor& cursor);
  void read_refusal(json::Cursor& cursor);
  void read_image(json::Cursor& cursor);
  void read_annotation(json::Cursor& cursor);
  void read_audio(json::Cursor& cursor);

  std::uint32_t choice_;
  std::string_view sound_;
  GatheredCalls& calls_;
  chat::EventSink& sink_;
  bool visible_ = false;
};

// `logprobs` of a choice. False: there are too many.
bool read_logprobs(json::Cursor& cursor, std::uint32_t choice, chat::EventSink& sink);

}  // namespace llmproxy::openai_chat
