// A request that goes to another supplier of the same dialect, with what that one refuses cut out
// of the bytes: nothing is re-serialised, and a body that needs no change stays one slice.
#pragma once

#include "base/result.h"
#include "base/spans.h"
#include "chat/changes.h"
#include "json/plain_runs.h"

#include <cstdint>
#include <span>
#include <string_view>

namespace llmproxy::openai_chat {

// Where a field stands.
enum class Place : std::uint8_t {
  request,         // at the top level
  stream_options,  // stream_options.*
  tool,            // tools[].*
  message,         // messages[].*
  part,            // messages[].content[].*
  image_url,       // messages[].content[].image_url.*
  tool_call,       // messages[].tool_calls[].*
  function,        // messages[].tool_calls[].function.*
};

enum class Match : std::uint8_t {
  any,
  content,    // the same, and it says something: the client is told what it does not get
  no_effect,  // null, false, 0, "", [] and {}: asks for nothing
  value,      // `from`, as JSON text
  signed_id,  // an id with a thought signature behind it, which is cut off
};

struct EditRule {
  Place place;
  std::string_view field;
  Match match = Match::any;
  std::string_view from = {};
  std::string_view to = {};     // JSON text to put in its place; empty: the member goes
  std::string_view model = {};  // only for models whose name begins so
};

// All that may stand in one place, for a supplier that refuses whatever it does not know. What else
// stands there goes, and the client is told of `told`, when those say something.
struct AllowedMembers {
  Place place;
  std::span<const std::string_view> names;
  std::span<const std::string_view> told = {};
};

// What a supplier does not take.
struct RequestEdits {
  // The first rule that matches a field is applied.
  std::span<const EditRule> rules = {};
  // Of the places that are named here.
  std::span<const AllowedMembers> allowed = {};
  // Content in parts is taken from the user only: texts of others become one string.
  bool joins_texts = false;
};

// Proves that `body` is one JSON object and appends it to `out`, by reference where it is long; so
// it must outlive `out`. Takes time in proportion to the body. On failure `out` holds anything.
// `changes` is told of what the client asked for and does not get; leftovers of other suppliers in
// the history are none of it. `plain`: what is known of the body from when it came.
Status edit_request(std::string_view body, const RequestEdits& edits, SpanList& out,
                    chat::Changes& changes, const json::PlainRuns* plain = nullptr);

}  // namespace llmproxy::openai_chat
