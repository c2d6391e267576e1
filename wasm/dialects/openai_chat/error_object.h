// The error in a body that a supplier of this dialect sent, however it is wrapped.
#pragma once

#include "json/cursor.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace llmproxy::openai_chat {

// Members of an error object, as slices.
struct ErrorObject {
  json::String message;
  json::String type;
  std::string_view param;  // JSON
  std::string_view code;   // JSON
  std::vector<std::pair<json::String, std::string_view>> others;

  // As much of the message, as UTF-8, as an error has room for.
  std::string message_start() const;
};

// The error that `body` tells, if it is JSON and tells one.
std::optional<ErrorObject> find_error(std::string_view body);

}  // namespace llmproxy::openai_chat
