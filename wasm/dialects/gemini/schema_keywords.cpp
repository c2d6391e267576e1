// Single keywords of a schema in other words.
#include "base/text.h"
#include "dialects/gemini/schema_tree.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>

namespace llmproxy::gemini {
namespace {

using json::is_number;

// Both "string" and ["string", "null"].
void allow_null(Tree& schema) {
  Tree* type = json::find(schema, "type");
  if (type == nullptr) {
    return;
  }
  if (type->is_string() && !json::is_text(type, "null")) {
    *type = Tree::array({std::move(*type), "null"});
  } else if (type->is_array() && !json::holds(*type, "null")) {
    type->push_back("null");
  } else if (type->is_null()) {
    json::erase(schema, "type");
  }
}

}  // namespace

// Google's own schemas, which clients have as well, write types in capitals.
// https://ai.google.dev/api/caching#Type
void SchemaAdapter::map_type(Tree& schema) {
  const std::string_view type = json::text_of(json::find(schema, "type"));
  for (const std::string_view known :
       {"STRING", "NUMBER", "INTEGER", "BOOLEAN", "ARRAY", "OBJECT", "NULL"}) {
    if (type == known) {
      std::string lower(known);
      std::transform(lower.begin(), lower.end(), lower.begin(), to_lower);
      json::set_text(schema, "type", lower);
      changed_ = true;
      return;
    }
  }
}

namespace {

std::string_view type_of(const Tree& value) {
  switch (value.type()) {
    case Tree::value_t::string:
      return "string";
    case Tree::value_t::number_integer:
    case Tree::value_t::number_unsigned:
      return "integer";
    case Tree::value_t::number_float:
      return "number";
    case Tree::value_t::boolean:
      return "boolean";
    case Tree::value_t::array:
      return "array";
    case Tree::value_t::object:
      return "object";
    default:
      return "null";
  }
}

}  // namespace

// Gemini's enum takes text and numbers. Of another value its type is left.
void SchemaAdapter::map_const(Tree& schema) {
  if (!json::has(schema, "const")) {
    return;
  }
  changed_ = true;
  const Tree value = json::take(schema, "const");
  if (value.is_string() || is_number(value)) {
    json::set(schema, "enum", Tree::array({value}));
  } else {
    lossy_ = lossy_ || !value.is_null();
  }
  if (value.is_null() || !json::has(schema, "type")) {
    json::set_text(schema, "type", type_of(value));
  }
}

void SchemaAdapter::map_enum(Tree& schema) {
  Tree* found = json::find(schema, "enum");
  if (found == nullptr || !found->is_array()) {
    return;
  }
  Tree values = Tree::array();
  bool null = false;
  for (const Tree& value : *found) {
    null = null || value.is_null();
    if (value.is_string() || is_number(value)) {
      values.push_back(value);
    } else {
      lossy_ = lossy_ || !value.is_null();
    }
  }
  if (!found->empty() && values.size() == found->size()) {
    return;
  }
  changed_ = true;
  lossy_ = lossy_ || found->empty();  // nothing is one of nothing: the type alone says more
  if (values.empty()) {
    const bool tells_type = !found->empty() && !null && !json::has(schema, "type");
    const std::string_view type = tells_type ? type_of(found->front()) : std::string_view();
    json::erase(schema, "enum");
    if (tells_type) {
      json::set_text(schema, "type", type);
    }
  } else {
    *found = std::move(values);
  }
  if (null) {
    allow_null(schema);
  }
}

void SchemaAdapter::map_bound(Tree& schema, std::string_view exclusive, std::string_view inclusive,
                              int step) {
  if (!json::has(schema, exclusive)) {
    return;
  }
  changed_ = true;
  Tree bound = json::take(schema, exclusive);
  // Before 2016 it was a boolean beside the bound.
  const bool* is_exclusive = bound.get_ptr<const bool*>();
  if (is_exclusive != nullptr && *is_exclusive) {
    const Tree* beside = json::find(schema, inclusive);
    bound = beside != nullptr ? *beside : Tree();
  }
  if (!is_number(bound)) {
    return;
  }
  std::int64_t next = 0;
  if (json::is_text(json::find(schema, "type"), "integer") && bound.is_number_integer() &&
      !__builtin_add_overflow(bound.get_ref<const std::int64_t&>(), step, &next)) {
    json::set(schema, inclusive, next);
  } else {
    lossy_ = true;  // the bound itself is allowed now
    json::set(schema, inclusive, std::move(bound));
  }
}

void SchemaAdapter::map_nullable(Tree& schema) {
  const Tree* found = json::find(schema, "nullable");
  if (found == nullptr || !found->is_boolean()) {
    return;
  }
  const bool nullable = *found->get_ptr<const bool*>();
  json::erase(schema, "nullable");
  changed_ = true;
  if (nullable) {
    allow_null(schema);
  }
}

}  // namespace llmproxy::gemini
