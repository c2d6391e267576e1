// What of a supplier's row says how requests to it are edited.
#pragma once

#include "dialects/openai_chat/edit_request.h"
#include "suppliers/members.h"

namespace llmproxy::suppliers {

openai_chat::RequestEdits read_edits(Members& row);

}  // namespace llmproxy::suppliers
