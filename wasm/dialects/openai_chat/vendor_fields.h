// Settings of one vendor's own inside of an OpenAI request: Google's, in the places that Google's
// endpoint for OpenAI clients, and the clients themselves, put them.
// https://ai.google.dev/gemini-api/docs/openai#extra-body
#pragma once

#include "chat/request.h"
#include "dialects/openai_chat/field_reader.h"

namespace llmproxy::openai_chat {

// False on failure; the error is in the FieldReader.
class VendorFieldReader {
 public:
  VendorFieldReader(FieldReader& fields, chat::Request& out) : fields_(fields), out_(out) {}

  // {"google": {…}}
  bool read_extra_body();
  // The object of Google's settings. A misspelt one is an error that knows the right spelling.
  bool read_google(const FieldPath& param);
  // The value of `key`, if it is a setting of Google's that stands in the request itself; `found`
  // says whether it is.
  bool read_top_level(const json::String& key, bool& found);
  // When all was read: takes out what Google's words say of the form of the answer, and puts it
  // where OpenAI's are, unless those say it.
  bool settle_format();

 private:
  // The value of `key`, if it is about the form of the answer.
  bool read_format(const json::String& key, const FieldPath& at, bool& found);
  void settle_mime_type(const chat::VendorField& field);
  bool read_setting(const json::String& key, const FieldPath& param);
  // The value of the setting `meant`, which stands at `at`.
  bool read_value(std::string_view meant, const FieldPath& at);

  FieldReader& fields_;
  chat::Request& out_;
};

}  // namespace llmproxy::openai_chat
