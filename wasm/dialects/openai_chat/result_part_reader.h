// Content of a tool's message that is in none of OpenAI's forms. Results are data that a program
// made, and frameworks pass them on as they are: a value of any type, {"type":"json",…}, and the
// content of MCP's tools (https://modelcontextprotocol.io/specification/2025-06-18/server/tools).
#pragma once

#include "chat/request.h"
#include "dialects/openai_chat/field_reader.h"

#include <cstdint>
#include <string_view>

namespace llmproxy::openai_chat {

class ResultPartReader {
 public:
  ResultPartReader(FieldReader& fields, chat::Request& out) : fields_(fields), out_(out) {}

  // The value at the cursor is data and no list of content parts.
  bool is_data() const;
  // Reads it as a text that holds its JSON. False on failure; the error is in the FieldReader.
  bool read_data();

  // Reads the part at the cursor if it has a form that only results have; `found` says whether it
  // has. One whose type is not known is data.
  bool read(const FieldPath& param, std::uint32_t index, bool& found);

 private:
  bool read_json_part();
  bool read_media(const FieldPath& param, std::uint32_t index);
  // What is in a resource of MCP's.
  struct Resource {
    chat::Text text;
    chat::Text blob;
    chat::Text type;
    chat::Text uri;
  };
  bool read_resource(const FieldPath& param, std::uint32_t index);
  bool read_resource_member(const json::String& member, const FieldPath& inside, Resource& out);
  void add_resource(const Resource& resource, const FieldPath& inside, std::uint32_t index);
  bool add_text(std::string_view json);

  FieldReader& fields_;
  chat::Request& out_;
};

}  // namespace llmproxy::openai_chat
