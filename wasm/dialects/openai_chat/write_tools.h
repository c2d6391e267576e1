// Tools, and which of them may be called.
// https://platform.openai.com/docs/api-reference/chat/create#chat-create-tools
#pragma once

#include "dialects/openai_chat/request_context.h"

namespace llmproxy::openai_chat {

// Whether one of them searches the web, which is no tool in this dialect but a setting.
bool write_tools(const RequestContext& context);

}  // namespace llmproxy::openai_chat
