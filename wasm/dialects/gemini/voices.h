// Voices. https://ai.google.dev/gemini-api/docs/speech-generation#voices
#pragma once

#include <string>
#include <string_view>

namespace llmproxy::gemini {

// The voice of Gemini's for a name of OpenAI's; any other name is taken for one of Gemini's own.
std::string map_voice(std::string_view name);

}  // namespace llmproxy::gemini
