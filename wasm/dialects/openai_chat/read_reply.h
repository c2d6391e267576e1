// OpenAI's chat completion, whole or as the chunks of a stream, read into neutral events.
// https://platform.openai.com/docs/api-reference/chat/object
// https://platform.openai.com/docs/api-reference/chat/streaming
#pragma once

#include "chat/by_choice.h"
#include "chat/reply.h"
#include "dialects/openai_chat/gathered_calls.h"
#include "json/cursor.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace llmproxy::openai_chat {

enum class Framing : std::uint8_t { whole, stream };

class ReplyReader final : public chat::ReplyReader {
 public:
  // `sound`: the media type of sound, which a reply does not say.
  ReplyReader(Framing framing, std::string sound) : framing_(framing), sound_(std::move(sound)) {}

  Status read(std::string_view payload, chat::EventSink& sink) override;
  Status at_end(chat::EventSink& sink) override;
  bool is_empty() const override;

 private:
  struct Choice {
    GatheredCalls calls;
    bool visible = false;  // something of the answer was passed on
    std::optional<chat::FinishReason> finish;
    bool failed = false;  // it finished with an error, as the supplier says
  };

  Status read_chunk(json::Cursor& cursor, chat::EventSink& sink);
  void read_choice(json::Cursor& cursor, chat::EventSink& sink);
  void read_finish(json::Cursor& cursor, Choice& choice);
  void read_tier(json::Cursor& cursor, chat::EventSink& sink);
  void read_message(json::Cursor& cursor, std::uint32_t index, chat::EventSink& sink);
  Status finish(std::uint32_t index, Choice& choice, chat::EventSink& sink);

  Framing framing_;
  std::string sound_;
  chat::ByChoice<Choice> choices_;
  std::optional<chat::Usage> usage_;  // running totals, of which the last ones hold
  std::string tier_;                  // as JSON has it
  std::uint32_t calls_ = 0;
  bool done_ = false;  // [DONE]
  bool too_much_ = false;
};

}  // namespace llmproxy::openai_chat
