// The parts of a message's content, and which of their links have to be fetched.
#pragma once

#include "chat/fetched_media.h"
#include "dialects/openai_chat/request_context.h"

#include <vector>

namespace llmproxy::openai_chat {

// A text, a file or media.
void write_part(const chat::Part& part, const RequestContext& context);
void write_media(const chat::MediaPart& media, const RequestContext& context);

// Links to what this dialect takes by its bytes only, and that were not fetched yet, in order.
std::vector<chat::MediaLink> find_links(const chat::CompleteRequest& source);

}  // namespace llmproxy::openai_chat
