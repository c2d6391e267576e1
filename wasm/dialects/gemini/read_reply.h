// Gemini's GenerateContentResponse, whole or as the events of a stream, read into neutral events.
// https://ai.google.dev/api/generate-content#v1beta.GenerateContentResponse
#pragma once

#include "base/memory_budget.h"
#include "chat/by_choice.h"
#include "chat/reply.h"
#include "dialects/gemini/answer_text.h"
#include "dialects/gemini/finish_reason.h"
#include "dialects/gemini/merged_metadata.h"
#include "dialects/gemini/partial_call.h"
#include "dialects/gemini/reply_context.h"
#include "json/cursor.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace llmproxy::gemini {

enum class Framing : std::uint8_t { whole, stream };

inline constexpr std::string_view kTooManySources = "Gemini sent more sources than can be held.";

class ReplyReader final : public chat::ReplyReader {
 public:
  // `context` must outlive the reader. `first_choice`: what the first candidate is called, when
  // several calls make one answer.
  ReplyReader(Framing framing, const ReplyContext& context, std::uint32_t first_choice = 0)
      : framing_(framing), context_(context), first_choice_(first_choice) {}

  Status read(std::string_view payload, chat::EventSink& sink) override;
  Status at_end(chat::EventSink& sink) override;

  std::string_view continuation() const override;
  void begin_call(chat::EventSink& sink) override;
  bool is_empty() const override;
  std::optional<std::uint32_t> downgrade() const override;

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
    // Of what Google's own tools did: the name of the member, and its value.
    std::string_view invocation;
    std::string_view invocation_value;
    chat::Text transcript;  // of the sound in another part
  };
  // The members of one candidate.
  struct Candidate {
    std::uint32_t index = 0;  // Vertex leaves out what is 0
    std::string reason;
    chat::Text message;
    chat::Text token;
    std::string_view grounding;
    std::string_view citations;
    std::string_view urls;
    std::string_view logprobs;
  };
  enum class PartKind : std::uint8_t { none, text, thought, other };
  struct Choice {
    // The last one said. It is passed on at the end only: some models say STOP in every event, and
    // one says it before the text.
    Ending ending = Ending::none;
    std::string finish_message;
    std::string continuation_token;
    // Something of the answer was passed on, and of its text.
    bool visible = false;
    bool spoke = false;
    bool sounds = false;
    // The signature of an image, which has it in the answer as well, stands for the answer as a
    // whole when nothing else does.
    bool is_signed = false;
    std::string image_signature;
    std::string transcript;  // as JSON has it, of a sound that did not come yet
    // Gemini reports STOP after a function call. OpenAI clients enter their tool loop only on
    // "tool_calls", so it is derived from the calls, even when STOP comes alone in a later event.
    std::uint32_t calls = 0;
    // A call whose arguments arrive in pieces.
    PartialCall partial;
    // What sources point into. Pieces of one part come in several events of a stream, so a part
    // ends where another kind begins.
    AnswerText text;
    std::int64_t part = -1;
    PartKind last_kind = PartKind::none;
    // The parts of Google's own tools: elements of an array.
    std::string invocations;
    // They come early and empty in some streams.
    MergedMetadata grounding;
    MergedMetadata citations;
    MergedMetadata urls;
    // What all of that took when it was last counted.
    std::size_t kept = 0;

    bool has_sources() const { return !grounding.empty() || !citations.empty() || !urls.empty(); }
  };

  Status read_response(json::Cursor& cursor, chat::EventSink& sink);
  void read_usage_metadata(json::Cursor& cursor, chat::EventSink& sink);
  void read_prompt_feedback(json::Cursor& cursor);
  void read_candidate(json::Cursor& cursor, chat::EventSink& sink);
  void read_candidate_member(json::Cursor& cursor, const json::String& key, Candidate& out);
  void take_candidate(const Candidate& candidate, chat::EventSink& sink);
  void read_content(json::Cursor& cursor);
  void read_parts(json::Cursor& cursor);
  void take_rest(std::uint32_t index, Choice& choice, chat::EventSink& sink);
  void take_parts(std::uint32_t index, Choice& choice, chat::EventSink& sink);
  // What is kept of an answer is counted, so that it has an end. Is there room for so much more?
  bool has_room(const Choice& choice, std::size_t more);
  static std::size_t kept_of(const Choice& choice);
  void count_kept(Choice& choice);
  bool needs_text(const Candidate& candidate) const;
  void keep(Choice& choice, std::string_view value, std::string& out);
  void keep_sources(Choice& choice, std::string_view value, MergedMetadata& out);
  Status unbroken() const;
  void read_part(json::Cursor& cursor);
  void emit(std::uint32_t index, Choice& choice, const Part& part, chat::EventSink& sink);
  void emit_unusual(std::uint32_t index, Choice& choice, const Part& part, chat::EventSink& sink);
  void emit_text(std::uint32_t index, Choice& choice, const chat::Text& text,
                 chat::EventSink& sink);
  void emit_code(std::uint32_t index, Choice& choice, const Part& part, chat::EventSink& sink);
  static void keep_invocation(Choice& choice, const Part& part);
  void emit_call(std::uint32_t index, Choice& choice, const Part& part, chat::EventSink& sink);
  void emit_call(const chat::ToolCall& call, Choice& choice, chat::EventSink& sink);
  void finish_call(std::uint32_t index, Choice& choice, chat::EventSink& sink);
  void emit_sources(std::uint32_t index, Choice& choice, chat::EventSink& sink);
  void fold_usage();
  // The prompt was refused: no choice has an answer.
  void block();
  Status finish(std::uint32_t index, Choice& choice, chat::EventSink& sink);
  static Status finish_early(std::uint32_t index, const Choice& choice, chat::EventSink& sink);
  static void finish_well(std::uint32_t index, const Choice& choice, chat::EventSink& sink);
  static void emit_invocations(std::uint32_t index, const Choice& choice, chat::EventSink& sink);
  static void emit_signature(std::uint32_t index, std::string_view signature,
                             chat::EventSink& sink);
  static void emit_refusal(std::uint32_t index, const Choice& choice, std::string_view what,
                           chat::EventSink& sink);

  // A stream that gives no finish reason was cut off. A document that is complete was not.
  Framing framing_;
  const ReplyContext& context_;
  std::uint32_t first_choice_;
  chat::ByChoice<Choice> choices_;
  // Parts of the candidate at hand; its index may come after them. Of very many, the first ones,
  // and where the next one begins.
  std::vector<Part> parts_;
  std::optional<json::Cursor> rest_;
  std::uint32_t calls_ = 0;  // of all choices
  // What is kept of all choices.
  std::size_t kept_ = 0;
  std::size_t claimed_ = 0;
  MemoryClaim claim_;
  // Of several documents in a list, which are as the events of a stream.
  bool in_list_ = false;
  // The text of the candidate at hand is kept, for sources that point into it.
  bool keeps_text_ = true;
  // Why nothing more of the answer is read; empty: it is well.
  std::string_view broken_;
  // Counts are running totals, and the last ones hold. Those of earlier calls are in before_.
  std::optional<chat::Usage> usage_;
  std::optional<chat::Usage> before_;
  std::string_view tier_;  // empty: not said
  // Why the prompt was refused, as Gemini names it; empty: it was not.
  std::string blocked_;
};

}  // namespace llmproxy::gemini
