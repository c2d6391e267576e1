// What a request asks for. Each client dialect has paths of its own for it.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

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

// Where a dialect has an endpoint.
struct EndpointPath {
  // The last segments of the path; the second may be empty.
  std::array<std::string_view, 2> segments;
  Endpoint endpoint;
  std::string_view path;  // of both
};

}  // namespace llmproxy::dialects
