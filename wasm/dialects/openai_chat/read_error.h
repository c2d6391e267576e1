// Errors of a supplier of this dialect, as neutral ones.
// https://platform.openai.com/docs/guides/error-codes/api-errors
#pragma once

#include "base/error.h"
#include "json/cursor.h"

#include <string_view>

namespace llmproxy::openai_chat {

// `status`: of the reply; 0: the error stands in a reply that says it is a success, or in the
// middle of a stream, and the body tells the status if anything does.
Error read_error(int status, std::string_view body);

Error malformed_reply(const json::Cursor& cursor);
Error malformed_reply(std::string_view what);

}  // namespace llmproxy::openai_chat
