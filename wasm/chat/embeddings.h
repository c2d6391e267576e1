// Embeddings and lists of models, in no API's words.
#pragma once

#include "json/string.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace llmproxy::chat {

struct EmbeddingsRequest {
  std::string model;
  std::vector<json::String> inputs;
  std::optional<std::int64_t> dimensions;
  bool base64 = false;
  std::string_view task_type;        // JSON; empty: none
  std::vector<std::string> dropped;  // fields that have no counterpart
};

struct ModelInfo {
  std::string id;  // the inside of a JSON string
};

}  // namespace llmproxy::chat
