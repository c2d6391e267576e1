// What a reply can only be read with: how its request was written.
#pragma once

#include "dialects/gemini/tool_names.h"

namespace llmproxy::gemini {

struct ReplyContext {
  ToolNames names;
  // Gemini has no switch against parallel calls, so only the first of an answer is passed on. It is
  // also the one with the signature.
  bool only_first_call = false;
  // A call of kAnswerFunction is the answer.
  bool answer_by_function = false;
  // JSON was asked for in words: a code fence around it is not the answer's.
  bool answer_by_words = false;
};

}  // namespace llmproxy::gemini
