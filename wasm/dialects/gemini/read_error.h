// Gemini's errors, as OpenAI would put them. https://ai.google.dev/gemini-api/docs/troubleshooting
#pragma once

#include "base/error.h"
#include "json/cursor.h"

#include <string_view>

namespace llmproxy::gemini {

// `body`: of a reply that is no success, or the event of a stream that reports a failure. `status`:
// of the reply; 0 in mid-stream, where the body itself has to tell. Any body will do: an object,
// the same in an array, HTML, nothing.
Error read_error(int status, std::string_view body);

// The value of the member `error` of a reply that says it is a success. It may be of any size.
Error read_error_member(std::string_view error);

// A reply that says it is a success, at the fault of its cursor.
Error malformed_reply(const json::Cursor& cursor);

}  // namespace llmproxy::gemini
