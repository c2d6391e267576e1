// Chat completions as OpenAI answers them, whole or as a stream of chunks.
// https://platform.openai.com/docs/api-reference/chat/object
// https://platform.openai.com/docs/api-reference/chat/streaming
#pragma once

#include "base/buffer.h"
#include "base/random.h"
#include "chat/reply.h"

#include <cstdint>
#include <memory>
#include <string>

namespace llmproxy::openai_chat {

struct ReplyOptions {
  std::string model;         // echoed as the client wrote it
  std::int64_t created = 0;  // Unix time in seconds
  std::uint64_t seed = 0;    // of the ids
  bool include_usage = false;
  // Calls are told as `function_call`, as the client asked for `functions`.
  bool functions_form = false;
  // Thought signatures are told in the ids of calls as well: see signed_id.h.
  bool signatures_in_ids = false;
  bool strict = false;     // all of what was asked for, or an error
  bool raw_audio = false;  // PCM as it is, and not as a WAV file
};

// All write to `out`, which must outlive them. The whole writers write nothing before end() or
// fail().
std::unique_ptr<chat::ReplyWriter> make_whole_writer(const ReplyOptions& options, Buffer& out);
std::unique_ptr<chat::ReplyWriter> make_stream_writer(const ReplyOptions& options, Buffer& out);

// The same for the older endpoint, which has texts in place of messages.
// https://platform.openai.com/docs/api-reference/completions/object
std::unique_ptr<chat::ReplyWriter> make_whole_completion_writer(const ReplyOptions& options,
                                                                Buffer& out);
std::unique_ptr<chat::ReplyWriter> make_stream_completion_writer(const ReplyOptions& options,
                                                                 Buffer& out);

}  // namespace llmproxy::openai_chat
