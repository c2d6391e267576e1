// A request that goes to another supplier of the same dialect, with what that one refuses cut out
// of the bytes: nothing is re-serialised, and a body that needs no change stays one slice.
#pragma once

#include "base/result.h"
#include "base/spans.h"
#include "chat/changes.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace llmproxy::openai_chat {

// Where a field stands.
enum class Place : std::uint8_t {
  request,         // at the top level
  stream_options,  // stream_options.*
  tool,            // tools[].*
  tool_function,   // tools[].function.*
  message,         // messages[].*
  part,            // messages[].content[].*
  image_url,       // messages[].content[].image_url.*
  tool_call,       // messages[].tool_calls[].*
  function,        // messages[].tool_calls[].function.*
  function_call,   // messages[].function_call.*
};

enum class Match : std::uint8_t {
  any,
  content,      // the same, and it says something: the client is told what it does not get
  no_effect,    // null, false, 0, "", [] and {}: asks for nothing
  value,        // `from`, as JSON text
  signed_id,    // an id with a thought signature behind it, which is cut off
  custom_call,  // what a custom tool was called with, which becomes a call of a function
  reasoning,    // an object whose effort becomes `reasoning_effort`, unless that is there
  object,       // an object or a list, which becomes a string that holds it
  words,        // of a message: a refusal, or sound with its transcript. Goes, and becomes the
                // content of a message that has none
  own_words,    // the same, if it is sound that was made here
};

struct EditRule {
  Place place = Place::request;
  std::string field = {};
  Match match = Match::any;
  std::string from = {};
  std::string to = {};     // JSON text to put in its place; empty: the member goes
  std::string model = {};  // only for models whose name begins so
  std::string role = {};   // JSON text; only in messages of this role
};

// What may stand in one place, for a supplier that refuses whatever it does not know; a place may
// have several of these. What is in none of them goes. Of a request and its stream_options the
// client is told what went, of other places only if it is in `told`, when it says something.
struct AllowedMembers {
  Place place = Place::request;
  std::vector<std::string> names = {};
  std::vector<std::string> told = {};
  std::string role = {};  // JSON text; only in messages of this role
};

// What a supplier does not take.
struct RequestEdits {
  // The first rule that matches a field is applied.
  std::vector<EditRule> rules = {};
  // Of the places that are named here.
  std::vector<AllowedMembers> allowed = {};
  // Content in parts is taken from the user only: texts of others become one string. What is no
  // text goes, where it is an answer's.
  bool joins_texts = false;
  // Beginnings of names of models: of the results of tools, too.
  std::vector<std::string> text_models = {};
};

// Proves that `body` is one JSON object and appends it to `out`, by reference where it is long; so
// it must outlive `out`, as must `edits`. Takes time in proportion to the body. On failure `out`
// holds anything. A call of a custom tool that has no name or no input is an error, too: it cannot
// be put as a call of a function. `changes` is told of what the client asked for and does not get;
// leftovers of other suppliers in the history are none of it.
Status edit_request(std::string_view body, const RequestEdits& edits, SpanList& out,
                    chat::Changes& changes);

}  // namespace llmproxy::openai_chat
