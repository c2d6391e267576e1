// The conversation as Gemini wants it: contents of the user and the model in turns, and behind each
// turn with function calls one content with the results of all of them, in their order.
// https://ai.google.dev/gemini-api/docs/function-calling#parallel_function_calling
#pragma once

#include "base/result.h"
#include "chat/changes.h"
#include "chat/request.h"

#include <string>
#include <vector>

namespace llmproxy::gemini {

enum class Turn : std::uint8_t { user, model, results };

struct PartRef {
  const chat::Message* message = nullptr;
  const chat::Part* part = nullptr;  // nullptr in `results`: there is none, so a stand-in is sent
  const chat::ToolCallPart* call = nullptr;  // in `results`: what it answers
};

struct Content {
  Turn turn;
  std::vector<PartRef> parts;
};

struct History {
  std::vector<const chat::Text*> system;
  std::vector<Content> contents;
};

// A result without a call is an error. `changes` is told of calls without a result.
Result<History> arrange(const chat::Request& request, chat::Changes& changes);

}  // namespace llmproxy::gemini
