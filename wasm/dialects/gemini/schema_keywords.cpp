// Single keywords of a schema in other words.
#include "dialects/gemini/schema_tree.h"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace llmproxy::gemini {
namespace {

using json::is_number;

bool is_text(const Tree& schema, const char* key, const char* value) {
  const auto at = schema.find(key);
  return at != schema.end() && at->is_string() && *at == value;
}

// Both "string" and ["string", "null"].
void allow_null(Tree& schema) {
  Tree& type = schema["type"];
  if (type.is_string() && type != "null") {
    type = Tree::array({type, "null"});
  } else if (type.is_array() && std::find(type.begin(), type.end(), "null") == type.end()) {
    type.push_back("null");
  } else if (type.is_null()) {
    schema.erase("type");
  }
}

}  // namespace

// Gemini's enum takes text and numbers.
void SchemaAdapter::map_const(Tree& schema) {
  const auto found = schema.find("const");
  if (found == schema.end()) {
    return;
  }
  changed_ = true;
  const Tree value = *found;
  schema.erase("const");
  if (value.is_string() || is_number(value)) {
    schema["enum"] = Tree::array({value});
    if (!schema.contains("type")) {
      schema["type"] = value.is_string()           ? "string"
                       : value.is_number_integer() ? "integer"
                                                   : "number";
    }
  } else if (value.is_null()) {
    schema["type"] = "null";
  } else {
    lossy_ = true;
    if (value.is_boolean()) {
      schema["type"] = "boolean";
    }
  }
}

void SchemaAdapter::map_enum(Tree& schema) {
  const auto found = schema.find("enum");
  if (found == schema.end() || !found->is_array()) {
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
  if (values.size() == found->size()) {
    return;
  }
  changed_ = true;
  if (values.empty()) {
    schema.erase("enum");
  } else {
    *found = std::move(values);
  }
  if (null) {
    allow_null(schema);
  }
}

void SchemaAdapter::map_bound(Tree& schema, const char* exclusive, const char* inclusive,
                              int step) {
  const auto found = schema.find(exclusive);
  if (found == schema.end()) {
    return;
  }
  changed_ = true;
  const Tree bound = *found;
  schema.erase(exclusive);
  const bool integers = is_text(schema, "type", "integer");
  // Before 2016 it was a boolean beside the bound.
  const Tree* base = is_number(bound) ? &bound : nullptr;
  if (bound == true && schema.contains(inclusive) && is_number(schema[inclusive])) {
    base = &schema[inclusive];
  }
  if (base == nullptr) {
    return;
  }
  std::int64_t next = 0;
  if (integers && base->is_number_integer() &&
      !__builtin_add_overflow(base->get_ref<const std::int64_t&>(), step, &next)) {
    schema[inclusive] = next;
  } else {
    lossy_ = true;  // the bound itself is allowed now
    schema[inclusive] = Tree(*base);
  }
}

void SchemaAdapter::map_nullable(Tree& schema) {
  const auto found = schema.find("nullable");
  if (found == schema.end() || !found->is_boolean()) {
    return;
  }
  const bool nullable = *found == true;
  schema.erase("nullable");
  changed_ = true;
  if (nullable) {
    allow_null(schema);
  }
}

}  // namespace llmproxy::gemini
