// A function call whose arguments arrive in pieces, each with the JSON path it belongs to. Vertex
// AI sends calls so when streamFunctionCallArguments is on; an endpoint behind GEMINI_BASE_URL may.
// https://cloud.google.com/vertex-ai/generative-ai/docs/multimodal/function-calling#streaming-fc
#pragma once

#include "chat/event.h"
#include "dialects/gemini/partial_arguments.h"
#include "json/cursor.h"

#include <optional>
#include <string>
#include <string_view>

namespace llmproxy::gemini {

// One `functionCall` object.
struct CallFragment {
  chat::Text id;
  chat::Text name;
  std::string_view arguments;  // `args`; empty: none
  std::string_view partial;    // `partialArgs`, an array; empty: none
  bool will_continue = false;
};

void read_call(json::Cursor& cursor, CallFragment& out);

class PartialCall {
 public:
  bool open() const { return open_; }
  void begin(const CallFragment& fragment, const chat::Text& signature);
  void add(const CallFragment& fragment);
  // About as many bytes of memory are held.
  std::size_t size() const;
  // The call in full; it is closed then. Valid until the next begin(). Nothing: its pieces make no
  // arguments, or more than there may be.
  std::optional<chat::ToolCall> finish(std::uint32_t choice);

 private:
  bool open_ = false;
  bool good_ = true;
  std::string id_;
  std::string name_;
  std::string signature_;
  PartialArguments values_;
  Buffer arguments_;
};

}  // namespace llmproxy::gemini
