// OpenAI's chat API as clients speak it, with its older and smaller endpoints: the row of this
// dialect.
#pragma once

#include "dialects/client_dialect.h"

namespace llmproxy::openai_chat {

const dialects::ClientDialect& client_dialect();

}  // namespace llmproxy::openai_chat
