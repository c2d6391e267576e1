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

struct EmbeddingsReply {
  std::vector<std::vector<std::string_view>> vectors;  // numbers as JSON text, slices of the reply
  std::int64_t tokens = 0;                             // 0: not said
};

struct ModelInfo {
  std::string id;            // the insides of JSON strings
  std::string owner;         // empty: as of all of the supplier's
  std::int64_t created = 0;  // Unix time in seconds; 0: not said
};

struct ModelsPage {
  std::vector<ModelInfo> models;  // those that answer or embed
  std::string next;               // a token; empty: this was the last
};

}  // namespace llmproxy::chat
