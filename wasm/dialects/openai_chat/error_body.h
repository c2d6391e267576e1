// OpenAI's error object. https://platform.openai.com/docs/guides/error-codes/api-errors
#pragma once

#include "base/buffer.h"
#include "base/error.h"

#include <string_view>

namespace llmproxy::openai_chat {

// {"error": {message, type, param, code}}, all four always there.
void write_error(const Error& error, Buffer& out);

// The same as an event of a stream. OpenAI's clients raise it as an exception; nothing follows it.
// https://github.com/openai/openai-node/blob/master/src/core/streaming.ts
void write_error_event(const Error& error, Buffer& out);

// An error that a supplier of this dialect sent, as OpenAI would send it: members it left out are
// added (Groq has no `param`), its own are kept, and what is no error object at all is wrapped,
// never quoted. `supplier` is its name for the reader.
void write_upstream_error(int status, std::string_view supplier, std::string_view body,
                          Buffer& out);

}  // namespace llmproxy::openai_chat
