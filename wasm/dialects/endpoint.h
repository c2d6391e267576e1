// What a request asks for. Each client dialect has paths of its own for it.
#pragma once

#include <cstdint>

namespace llmproxy::dialects {

enum class Endpoint : std::uint8_t {
  index,
  health,
  preflight,
  chat,
  completions,
  embeddings,
  models,
  model,
  images,
  speech,
  transcriptions,
  other,  // whatever a supplier has in the client's own dialect
};

}  // namespace llmproxy::dialects
