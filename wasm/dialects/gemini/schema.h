// JSON Schemas of tools and answers, in the forms Gemini takes.
//
// Gemini has two doors. `parametersJsonSchema` and `responseJsonSchema` take JSON Schema and pass
// over most of what they do not know (https://ai.google.dev/api/caching#FunctionDeclaration); a few
// keywords need other words there. `parameters` and `responseSchema` take a part of OpenAPI's and
// refuse the rest by name (https://ai.google.dev/api/caching#Schema): for models without the first
// door, and for schemas that it refuses.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace llmproxy::gemini {

struct Schema {
  std::string json;
  bool lossy = false;  // it allows more than what it was made from
};

// For the first door. Nothing when the schema can go there byte by byte as it is. `schema` is a
// JSON object, proven to be one.
std::optional<Schema> adapt_schema(std::string_view schema);

// For the second door.
Schema lower_schema(std::string_view schema);

// {"type": "object", "properties": {}} and the like: the second door refuses it, and it says
// nothing.
bool takes_no_arguments(std::string_view schema);

}  // namespace llmproxy::gemini
