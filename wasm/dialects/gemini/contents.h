// Messages to Gemini's `contents` and `systemInstruction`.
// https://ai.google.dev/api/caching#Content
#pragma once

#include "base/result.h"
#include "base/spans.h"
#include "chat/request.h"
#include "dialects/gemini/model.h"
#include "json/writer.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace llmproxy::gemini {

class ContentsWriter {
 public:
  using JsonWriter = json::Writer<SpanList>;

  ContentsWriter(const chat::Request& request, const Model& model, JsonWriter& writer)
      : request_(request), model_(model), writer_(writer) {}

  // Writes the members "systemInstruction" (when there is one) and "contents".
  Status write();

 private:
  enum class Turn : std::uint8_t { user, model, results };
  struct PartRef {
    const chat::Message* message;
    const chat::Part* part;
  };
  // One of Gemini's contents: the parts of consecutive messages of one side.
  struct Content {
    Turn turn;
    std::vector<PartRef> parts;
  };

  void collect();
  void add(const chat::Message& message);
  void write_system();
  Status write_content(const Content& content);
  Status write_part(const PartRef& ref, bool& needs_signature);
  void write_text(std::string_view raw);
  Status write_media(const chat::MediaPart& media, const chat::Message& message);
  void write_call(const chat::ToolCallPart& call, bool& needs_signature);
  Status write_result(const chat::ToolResultPart& result, const chat::Message& message);
  const chat::ToolCallPart* find_call(const chat::Text& id) const;

  const chat::Request& request_;
  const Model& model_;
  JsonWriter& writer_;
  std::vector<const chat::Text*> system_;
  std::vector<Content> contents_;
};

}  // namespace llmproxy::gemini
