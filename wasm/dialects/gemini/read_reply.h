// Gemini's GenerateContentResponse, whole or as the events of a stream, read into neutral events.
// https://ai.google.dev/api/generate-content#v1beta.GenerateContentResponse
#pragma once

#include "chat/reply.h"
#include "dialects/gemini/finish_reason.h"
#include "dialects/gemini/partial_call.h"
#include "json/cursor.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace llmproxy::gemini {

enum class Framing : std::uint8_t { whole, stream };

class ReplyReader final : public chat::ReplyReader {
 public:
  explicit ReplyReader(Framing framing) : framing_(framing) {}

  Status read(std::string_view payload, chat::EventSink& sink) override;
  Status at_end(chat::EventSink& sink) override;

 private:
  // The members of one part, in whatever order they came.
  struct Part {
    chat::Text text;
    chat::Text signature;
    bool thought = false;
    bool has_call = false;
    CallFragment call;
    chat::Text mime_type;
    chat::Text data;
    chat::Text language;
    chat::Text code;
    chat::Text outcome;
    chat::Text output;
  };
  struct Choice {
    // The last one said. It is passed on at the end only: some models say STOP in every event, and
    // one says it before the text.
    Ending ending = Ending::none;
    std::string finish_message;
    // Something of the answer was passed on.
    bool visible = false;
    // Gemini reports STOP after a function call. OpenAI clients enter their tool loop only on
    // "tool_calls", so it is derived from the calls, even when STOP comes alone in a later event.
    bool called = false;
    // A call whose arguments arrive in pieces.
    PartialCall partial;
  };

  Status read_response(json::Cursor& cursor, chat::EventSink& sink);
  void read_prompt_feedback(json::Cursor& cursor);
  void read_candidates(json::Cursor& cursor, chat::EventSink& sink);
  void read_candidate(json::Cursor& cursor, chat::EventSink& sink);
  void read_content(json::Cursor& cursor);
  void read_part(json::Cursor& cursor);
  void emit(std::uint32_t index, Choice& choice, const Part& part, chat::EventSink& sink);
  void emit_call(std::uint32_t index, Choice& choice, const Part& part, chat::EventSink& sink);
  void finish_call(std::uint32_t index, Choice& choice, chat::EventSink& sink);
  Status finish(std::uint32_t index, Choice& choice, chat::EventSink& sink);

  // A stream that gives no finish reason was cut off. A document that is complete was not.
  Framing framing_;
  std::map<std::uint32_t, Choice> choices_;
  // Parts of the candidate at hand; its index may come after them.
  std::vector<Part> parts_;
  // Counts are running totals, and the last ones hold.
  std::optional<chat::Usage> usage_;
  // Why the prompt was refused, as Gemini names it; empty: it was not.
  std::string blocked_;
};

}  // namespace llmproxy::gemini
