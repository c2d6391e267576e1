// Google's own settings inside of a request: `extra_body.google.*` and the like.
// https://ai.google.dev/gemini-api/docs/openai#extra-body
#pragma once

#include "base/result.h"
#include "chat/request.h"

#include <optional>
#include <string>
#include <string_view>

namespace llmproxy::gemini {

struct GoogleSettings {
  std::string_view cached_content;   // JSON; empty: none
  std::string_view safety_settings;  // JSON; empty: none
  std::string_view media_resolution;
  std::string_view task_type;
  std::string image_config;  // JSON in Gemini's own words; empty: none
  // Of thinking_config, JSON; empty: not said.
  std::string thinking_budget;
  std::string thinking_level;
  std::optional<bool> include_thoughts;
  std::string_view thinking_param;  // where the client has it
};

// A misspelt or ill-typed setting is an error that names it.
Status read_settings(const chat::Request& request, GoogleSettings& out);

}  // namespace llmproxy::gemini
