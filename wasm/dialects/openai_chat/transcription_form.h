// The form that a transcription is asked for with.
// https://platform.openai.com/docs/api-reference/audio/createTranscription
#pragma once

#include "base/result.h"
#include "chat/request.h"
#include "dialects/client_dialect.h"

#include <string>

namespace llmproxy::openai_chat {

Status read_transcription_form(const dialects::RequestInput& input, chat::Request& out);

// The field `model` alone; empty when there is none, or no form.
std::string find_model_in_form(const dialects::RequestInput& input);

}  // namespace llmproxy::openai_chat
