// Names of functions, between what clients call them and what Gemini takes: a letter or underscore,
// then letters, digits, "_", "." and "-", 64 in all. The mapping is reversible within a request.
#pragma once

#include "base/inline.h"
#include "chat/request.h"

#include <string>
#include <string_view>
#include <vector>

namespace llmproxy::gemini {

// The function that carries a structured answer where the model does not take a schema for its
// answer together with functions.
inline constexpr std::string_view kAnswerFunction = "llmproxy_final_answer";

class ToolNames {
 public:
  ToolNames() = default;
  LLMPROXY_COLD explicit ToolNames(const chat::Request& request);

  // As Gemini is told; the inside of a JSON string. Also for functions that are not declared any
  // more and live on in the history.
  std::string_view to_upstream(const chat::Text& name);
  // As the client calls it: `name` is what Gemini said, the inside of a JSON string.
  std::string_view to_client(std::string_view name) const;

  bool is_declared(std::string_view name) const;
  bool is_custom(std::string_view client_name) const;

 private:
  struct Entry {
    std::string client;  // decoded
    std::string client_raw;
    std::string upstream;
    bool custom = false;
  };
  const Entry* find(std::string_view client) const;
  const Entry& add(const chat::Text& name, bool custom);

  // Declared ones first, and of the others those whose names had to change.
  std::vector<Entry> entries_;
};

}  // namespace llmproxy::gemini
