// The `content` of a message: a string, or parts of text and media.
// https://platform.openai.com/docs/api-reference/chat/create#chat-create-messages
#pragma once

#include "chat/request.h"
#include "dialects/openai_chat/field_reader.h"

#include <cstdint>
#include <string>

namespace llmproxy::openai_chat {

// Whether an image may be looked at like this; empty: as the supplier likes.
bool is_known_detail(const chat::Text& detail);

class PartReader {
 public:
  enum class Source : std::uint8_t {
    client,
    // An earlier answer. The client did not write that, so a part of it that cannot be used is
    // named as dropped and no error.
    answer,
    result,  // of a tool: data of any kind (result_part_reader.h)
  };

  PartReader(FieldReader& fields, chat::Request& out, Source source = Source::client)
      : fields_(fields), out_(out), source_(source) {}

  // A string, if there is one at the cursor, as a part.
  bool try_read_text();
  // The value at the cursor, behind the parts of the request that are there. `param` names it in
  // errors. False on failure; the error is in the FieldReader.
  bool read_content(const FieldPath& param);
  // The request has kMaxParts parts, and `param` is one more.
  bool fail_full(const FieldPath& param);

 private:
  // The members of one content part.
  struct PartDraft {
    chat::Text type;
    chat::Text text;
    chat::Text url;
    chat::Text detail;
    chat::Text data;
    chat::Text format;
    chat::Text file_id;
    chat::Text file_name;
    chat::Text signature;
    std::uint32_t index = 0;
    chat::MediaField url_field = chat::MediaField::image_url_url;
  };

  bool read_part(const FieldPath& param, std::size_t index);
  bool read_part_member(const json::String& key, PartDraft& draft, const FieldPath& param);
  bool read_nested(PartDraft& draft, const FieldPath& param);
  bool is_full() const;
  bool read_draft(PartDraft& draft, const FieldPath& param, std::size_t index);
  bool finish_part(PartDraft& draft, const FieldPath& param);
  bool finish_url(chat::MediaKind kind, PartDraft& draft, const FieldPath& param);
  bool finish_audio(const PartDraft& draft, const FieldPath& param);
  bool finish_file(const PartDraft& draft, const FieldPath& param);
  bool check_detail(PartDraft& draft, const FieldPath& param);
  bool fail_empty(const FieldPath& param);
  std::string_view store(std::string text);

  FieldReader& fields_;
  chat::Request& out_;
  Source source_;
};

}  // namespace llmproxy::openai_chat
