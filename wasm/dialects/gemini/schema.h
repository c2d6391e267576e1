// JSON Schemas of tools and answers, in the forms Gemini takes.
//
// Gemini has two forms of schemas. `parametersJsonSchema` and `responseJsonSchema` take JSON Schema
// and pass over most of what they do not know
// (https://ai.google.dev/api/caching#FunctionDeclaration); a few keywords need other words there.
// `parameters` and `responseSchema` take a part of OpenAPI's and reject the rest by name
// (https://ai.google.dev/api/caching#Schema): for models without the first form, and for schemas
// that are rejected in it.
#pragma once

#include "base/limits.h"
#include "base/result.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace llmproxy::gemini {

struct Schema {
  std::string json;
  bool lossy = false;  // it allows more than what it was made from
};

// What all schemas of a request may take when they are put into other words: a few definitions that
// use one another stand for more than there is memory. Once it is over it stays so.
class SchemaBudget {
 public:
  // The next schema, which stands at `param` in the request.
  void begin(std::string_view param);
  // False when it is over.
  bool spend(std::size_t nodes, std::size_t bytes);
  bool is_over() const { return over_; }
  // The error that names the schema which was too much.
  Status status() const;

 private:
  std::string param_;
  std::size_t nodes_ = 0;  // of this schema
  std::size_t all_nodes_ = 0;
  std::size_t bytes_ = 0;
  bool over_ = false;
};

// In the form of JSON Schema. Nothing when the schema can go there byte by byte as it is. `schema`
// is a JSON object, proven to be one. What comes out is of no use when the budget is over then.
std::optional<Schema> adapt_schema(std::string_view schema, SchemaBudget& budget);

// In the form of OpenAPI.
Schema lower_schema(std::string_view schema, SchemaBudget& budget);

// {"type": "object", "properties": {}} and the like: the form of OpenAPI has no place for it, and
// it says nothing.
bool takes_no_arguments(std::string_view schema);

}  // namespace llmproxy::gemini
