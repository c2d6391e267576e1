// How much the model is to think: `reasoning_effort`, and `reasoning` with more to say.
// https://platform.openai.com/docs/api-reference/chat/create#chat-create-reasoning_effort
// https://openrouter.ai/docs/use-cases/reasoning-tokens
#pragma once

#include "chat/request.h"
#include "dialects/openai_chat/field_reader.h"

#include <optional>

namespace llmproxy::openai_chat {

// Each reads the value at the cursor. False on failure; the error is in the FieldReader.
class ReasoningReader {
 public:
  ReasoningReader(FieldReader& fields, chat::Request& out) : fields_(fields), out_(out) {}

  bool read_effort(std::optional<chat::ReasoningEffort>& out, const FieldPath& param);
  // An object; an effort that is said by itself holds against the one in it.
  bool read_reasoning();

 private:
  bool read_member(const json::String& key, const FieldPath& param);
  bool read_tokens(const FieldPath& param);
  void settle();

  FieldReader& fields_;
  chat::Request& out_;
  std::optional<chat::ReasoningEffort> effort_;
  bool enabled_ = false;
  bool disabled_ = false;
  bool exclude_ = false;
};

}  // namespace llmproxy::openai_chat
