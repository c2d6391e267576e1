// Thought signatures that come back with a history, in every place that clients keep them in, and
// what the supplier's own tools did in it.
// OpenAI's format has none, so each tool found its own:
//   tool_calls[].extra_content.google.thought_signature, and the same on the message: Google's
//     https://ai.google.dev/gemini-api/docs/thought-signatures#openai
//   tool_calls[].id: see signed_id.h
//   provider_specific_fields.thought_signature: LiteLLM
//     https://docs.litellm.ai/docs/providers/gemini#thought-signatures
//   thinking_blocks[].signature: LiteLLM, from Anthropic's format
//   reasoning_details[].data with format "google-gemini-v1": OpenRouter
//     https://openrouter.ai/docs/use-cases/reasoning-tokens
//   function.thought_signature
// extra_content.google.tool_invocations of the message is ours: see gemini/emit_reply.cpp.
#pragma once

#include "chat/request.h"
#include "dialects/openai_chat/field_reader.h"

#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace llmproxy::openai_chat {

// What a tool of the supplier's did in the middle of an answer, and what stood before it there.
struct Invocation {
  std::string_view part;  // a JSON object
  bool after_text = false;
  std::int64_t after_calls = 0;
};

// What a message has of them outside of its calls.
struct MessageSignatures {
  chat::Text own;                                        // extra_content of the message
  std::string_view own_key;                              // the member that it came in
  std::vector<Invocation> invocations;                   // the same
  bool has_files = false;                                // in the same: ours, see reply_parts.h
  std::vector<chat::Text> of_thoughts;                   // in their order
  std::vector<std::pair<chat::Text, chat::Text>> by_id;  // of a call, and its signature
};

// Reads the value of `key`, if it is a place for signatures; `found` says whether it is. What has
// another type than it should is passed over; a list with more than kMaxProofs is an error.
class SignatureReader {
 public:
  explicit SignatureReader(FieldReader& fields) : fields_(fields), cursor_(fields.cursor()) {}

  // Of a call or of a content part.
  bool read_of_part(const json::String& key, chat::Text& signature, bool& found);
  // `at` is the path of the message.
  bool read_of_message(const json::String& key, MessageSignatures& signatures, const FieldPath& at,
                       bool& found);

 private:
  template <typename Take>
  void each_proof(const FieldPath& param, Take take) {
    if (cursor_.kind() != json::Kind::array) {
      cursor_.skip_value();
      return;
    }
    fields_.read_elements(param, kMaxProofs, [&](const FieldPath&, std::size_t) {
      take();
      return fields_.good();
    });
  }
  void read_extra_content(chat::Text& signature, MessageSignatures* message,
                          const FieldPath& param);
  void read_named(chat::Text& signature, MessageSignatures* message, const FieldPath& param);
  void read_invocations(std::vector<Invocation>& invocations, const FieldPath& param);
  void read_thinking_blocks(MessageSignatures& signatures, const FieldPath& param);
  void read_reasoning_details(MessageSignatures& signatures, const FieldPath& param);

  FieldReader& fields_;
  json::Cursor& cursor_;
};

// Gives each signature to the part of the message it belongs to. Takes time in proportion to
// their number and to the lengths of their ids.
void assign_signatures(const MessageSignatures& signatures, std::span<chat::Part> parts);
// Puts each invocation in its place among the text and the calls of the message, whose parts are
// those from `begin` on. Those of one place keep their order.
void insert_invocations(const std::vector<Invocation>& invocations, std::size_t begin,
                        std::vector<chat::Part>& parts);

}  // namespace llmproxy::openai_chat
