// Names of functions, between what clients call them and what Gemini takes: a letter or underscore,
// then letters, digits, "_", "." and "-", 64 in all. The mapping is reversible within a request.
#pragma once

#include "chat/request.h"

#include <cstdint>
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
  explicit ToolNames(const chat::Request& request);

  // Whether the client lists a function of this name.
  bool declares(const chat::Text& name) const;
  // As Gemini is told; the inside of a JSON string, valid until the next call. Also for functions
  // that are not declared any more and live on in the history: nothing is kept of those, as they
  // may be many.
  std::string_view to_upstream(const chat::Text& name);
  // As the client calls it: `name` is what Gemini said, the inside of a JSON string.
  std::string_view to_client(std::string_view name) const;
  // Whether it is a custom tool; `name` as for to_client().
  bool is_custom(std::string_view name) const;

 private:
  struct Entry {
    std::string client;  // decoded
    std::string client_raw;
    std::string upstream;
    bool custom = false;
  };
  void add(const chat::Tool& tool);
  const Entry* find_client(std::string_view decoded) const;
  const Entry* find_upstream(std::string_view name) const;
  // The declared function that Gemini means.
  const Entry* find_meant(std::string_view name) const;
  // A name that Gemini takes, and that no declared function has.
  std::string new_name(std::string_view decoded) const;

  std::vector<Entry> entries_;
  // Places in entries_, sorted by the names there.
  std::vector<std::uint32_t> by_client_;
  std::vector<std::uint32_t> by_upstream_;
  std::string undeclared_;  // the last name that was told of one
};

}  // namespace llmproxy::gemini
