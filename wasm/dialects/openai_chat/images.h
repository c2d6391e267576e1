// OpenAI's image generation, as a conversation that ends in images.
// https://platform.openai.com/docs/api-reference/images/create
#pragma once

#include "base/buffer.h"
#include "base/result.h"
#include "chat/reply.h"
#include "chat/request.h"
#include "dialects/openai_chat/write_reply.h"

#include <cstdint>
#include <memory>
#include <string_view>

namespace llmproxy::openai_chat {

Status read_image_request(std::string_view body, chat::Request& out);
// `wanted`: as many images were asked for.
std::unique_ptr<chat::ReplyWriter> make_image_writer(std::uint32_t wanted,
                                                     const ReplyOptions& options, Buffer& out);

}  // namespace llmproxy::openai_chat
