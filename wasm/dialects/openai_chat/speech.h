// OpenAI's speech, as a conversation that ends in sound.
// https://platform.openai.com/docs/api-reference/audio/createSpeech
#pragma once

#include "base/buffer.h"
#include "base/result.h"
#include "chat/reply.h"
#include "chat/request.h"
#include "dialects/openai_chat/write_reply.h"

#include <memory>
#include <string_view>

namespace llmproxy::openai_chat {

Status read_speech_request(std::string_view body, chat::Request& out);
// The sound itself, not JSON.
std::unique_ptr<chat::ReplyWriter> make_speech_writer(const ReplyOptions& options, Buffer& out);

}  // namespace llmproxy::openai_chat
