// The conversation as Gemini wants it: contents of the user and the model in turns, and behind each
// turn with function calls one content with the results of all of them, in their order.
// https://ai.google.dev/gemini-api/docs/function-calling#parallel_function_calling
#pragma once

#include "base/result.h"
#include "chat/changes.h"
#include "chat/request.h"

#include <cstdint>
#include <span>
#include <vector>

namespace llmproxy::gemini {

enum class Turn : std::uint8_t { user, model, results };

struct PartRef {
  Turn turn = Turn::user;
  const chat::Message* message = nullptr;
  const chat::Part* part = nullptr;  // nullptr in `results`: there is none, so a stand-in is sent
  const chat::ToolCallPart* call = nullptr;  // in `results`: what it answers
};

// Parts of one turn that stand together.
using Content = std::span<const PartRef>;

struct History {
  std::vector<const chat::Text*> system;
  // Of all contents, one behind the other.
  std::vector<PartRef> parts;
};

// Fills in a fresh `out`. A result without a call is an error. `changes` is told of calls without a
// result.
Status arrange(const chat::Request& request, chat::Changes& changes, History& out);

// The content at the front of `parts`, which are not empty.
Content first_content(std::span<const PartRef> parts);

}  // namespace llmproxy::gemini
