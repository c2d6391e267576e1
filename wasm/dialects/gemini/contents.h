// Messages to Gemini's `contents` and `systemInstruction`.
// https://ai.google.dev/api/caching#Content
//
// Gemini's form asks for more than OpenAI's, and what the model is told must stay the same. What is
// only form is done without a word, for strict callers, too: texts of one side that follow one
// another become one turn, system texts go into the one place there is for them, results stand
// behind their calls, a turn in which nothing is said (an empty one between two of the model's, or
// before its first) holds a space, and a call that came without a signature has the stand-in.
//
// What tells the model something else is named in the changes, so that a strict caller gets an
// error: who says something (a system text or a picture of a tool becomes the user's), words that
// nobody said ("Continue.", "no result"), and what the client sent and the model does not get (a
// second result, a signature that was refused or cut).
#pragma once

#include "base/result.h"
#include "base/spans.h"
#include "chat/changes.h"
#include "chat/fetched_media.h"
#include "chat/request.h"
#include "dialects/gemini/history.h"
#include "dialects/gemini/model.h"
#include "dialects/gemini/tool_names.h"
#include "json/writer.h"

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace llmproxy::gemini {

class ContentsWriter {
 public:
  using JsonWriter = json::Writer;

  ContentsWriter(const chat::CompleteRequest& source, const Model& model, ToolNames& names,
                 chat::Changes& changes, JsonWriter& writer)
      : request_(source.request),
        media_(source.media),
        model_(model),
        names_(names),
        changes_(changes),
        writer_(writer) {}

  // A text of our own that goes behind those of the client's system messages: the inside of a JSON
  // string.
  void add_instruction(std::string text) { instruction_ = std::move(text); }
  // Writes the members "systemInstruction" (when there is one) and "contents".
  Status write();

 private:
  void write_system();
  void write_system_texts();
  void name_system_messages();
  void name_lost_signatures(Content content);
  void rewritten(const chat::Message& message, std::string_view member);
  void begin_content(Turn turn);
  void end_content();
  Status write_content(Content content);
  Status write_part(const PartRef& ref, bool& needs_signature);
  void write_text(const chat::Text& text, const chat::Text& signature = {});
  Status write_media(const chat::MediaPart& media, std::string_view path,
                     const chat::Text& signature = {});
  Status write_file(const chat::FilePart& file, const chat::Message& message);
  bool is_left_out(const PartRef& ref) const;
  std::string_view type_of(const chat::MediaPart& media) const;
  void write_call(const chat::ToolCallPart& call, bool& needs_signature);
  bool takes_invocations() const { return model_.mixed_tools && model_.keep_signatures; }
  void write_invocation(const chat::VendorPart& part, const chat::Message& message);
  Status write_results(Content content);
  Status write_result(const PartRef& ref);
  void write_result_text(const PartRef& ref);
  Status write_result_media(Content content);
  Status write_media_of(const PartRef& ref);
  std::span<const chat::Part> content_of(const PartRef& ref) const;
  bool has_media(const PartRef& ref) const;
  bool keeps(const chat::Text& signature) const {
    return !signature.empty() && model_.keep_signatures;
  }
  chat::Text signature_of(const PartRef& ref, const chat::Text& own) const;
  void write_signature(const chat::Text& signature);

  const chat::Request& request_;
  const chat::FetchedMedia& media_;
  const Model& model_;
  ToolNames& names_;
  chat::Changes& changes_;
  JsonWriter& writer_;
  History history_;
  std::string instruction_;
};

}  // namespace llmproxy::gemini
