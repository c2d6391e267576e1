#include "dialects/gemini/schema.h"

#include "base/text.h"
#include "dialects/gemini/schema_tree.h"
#include "json/cursor.h"

#include <array>

namespace llmproxy::gemini {
namespace {

using json::Kind;

bool is_empty_array(json::Cursor cursor) {
  return cursor.kind() == Kind::array && cursor.enter_array() && !cursor.next_element();
}

// A type as Google's own schemas write it: "STRING".
bool is_in_capitals(json::Cursor cursor) {
  json::String type;
  return cursor.kind() == Kind::string && cursor.read_string(type) && !type.raw.empty() &&
         type.raw.front() >= 'A' && type.raw.front() <= 'Z';
}

// Keywords that Gemini's form of JSON Schema needs in other words. Most schemas have none of them,
// and a tree is made only of those that do.
bool needs_other_words(json::Cursor& cursor, bool is_schema) {
  constexpr std::array kKeywords =
      std::to_array<std::string_view>({"const", "definitions", "$ref", "allOf", "exclusiveMinimum",
                                       "exclusiveMaximum", "nullable"});
  bool found = false;
  if (cursor.kind() == Kind::array) {
    cursor.enter_array();
    while (cursor.next_element()) {
      found = needs_other_words(cursor, false) || found;
    }
    return found;
  }
  if (cursor.kind() != Kind::object) {
    // null and booleans in an enum, and booleans in place of schemas.
    found = !is_schema && (cursor.kind() == Kind::boolean || cursor.kind() == Kind::null);
    cursor.skip_value();
    return found;
  }
  json::String key;
  cursor.enter_object();
  while (cursor.next_member(key)) {
    for (const std::string_view keyword : kKeywords) {
      found = found || key.equals(keyword);
    }
    found = found || (key.equals("enum") && is_empty_array(cursor)) ||
            (key.equals("type") && is_in_capitals(cursor));
    // What may be a boolean or null without meaning a schema.
    const bool plain = key.equals("additionalProperties") || key.equals("default") ||
                       key.equals("uniqueItems") || key.equals("deprecated") ||
                       key.equals("readOnly") || key.equals("writeOnly") || key.equals("strict") ||
                       key.equals("example");
    if (plain && cursor.kind() != Kind::object) {
      cursor.skip_value();
    } else {
      found = needs_other_words(cursor, false) || found;
    }
  }
  return found;
}

bool has_root_type(std::string_view schema) {
  json::Cursor cursor(schema);
  json::String key;
  bool typed = false;
  bool properties = false;
  cursor.enter_object();
  while (cursor.next_member(key)) {
    typed = typed || key.equals("type");
    properties = properties || key.equals("properties");
    cursor.skip_value();
  }
  return typed || !properties;
}

}  // namespace

void SchemaBudget::begin(std::string_view param) {
  if (!over_) {
    param_ = param;
    nodes_ = 0;
  }
}

bool SchemaBudget::spend(std::size_t nodes, std::size_t bytes) {
  nodes_ += nodes;
  all_nodes_ += nodes;
  bytes_ += bytes;
  over_ = over_ || nodes_ > kMaxSchemaNodes || all_nodes_ > kMaxSchemasNodes ||
          bytes_ > kMaxSchemasBytes;
  return !over_;
}

Status SchemaBudget::status() const {
  if (!over_) {
    return {};
  }
  return Error{
      ErrorCode::invalid_value,
      {"Invalid '", param_, "': schema too large. In the words of Gemini, a schema may have ",
       std::to_string(kMaxSchemaNodes), " values, and all of a request ",
       std::to_string(kMaxSchemasNodes), " values and ", std::to_string(kMaxSchemasBytes),
       " bytes of text."},
      param_};
}

std::optional<Schema> adapt_schema(std::string_view schema, SchemaBudget& budget) {
  json::Cursor cursor(schema);
  if (has_root_type(schema) && !needs_other_words(cursor, true)) {
    return std::nullopt;
  }
  if (!budget.spend(json::count_values(schema), schema.size())) {
    return std::nullopt;
  }
  Tree tree = json::read_tree(schema);
  SchemaAdapter adapter(tree);
  const bool changed = adapter.adapt();
  if (!budget.spend(adapter.copied().nodes, adapter.copied().bytes) || !changed) {
    return std::nullopt;
  }
  return Schema{json::write_tree(tree), adapter.is_lossy()};
}

Schema lower_schema(std::string_view schema, SchemaBudget& budget) {
  if (!budget.spend(json::count_values(schema), schema.size())) {
    return {"{}", true};
  }
  Tree tree = json::read_tree(schema);
  SchemaAdapter adapter(tree);
  adapter.adapt();
  budget.spend(adapter.copied().nodes, adapter.copied().bytes);
  SchemaLowering lowering(tree, budget);
  const Tree lowered = lowering.lower();
  return {json::write_tree(lowered), adapter.is_lossy() || lowering.is_lossy()};
}

bool takes_no_arguments(std::string_view schema) {
  json::Cursor cursor(schema);
  json::String key;
  cursor.enter_object();
  while (cursor.next_member(key)) {
    if (!key.equals("type") && !key.equals("properties") && !key.equals("required") &&
        !key.equals("additionalProperties") && !key.equals("$schema")) {
      return false;
    }
    std::string_view value;
    const bool object = cursor.kind() == Kind::object;
    cursor.skip_value(value);
    if (key.equals("properties") && (!object || !trim(value.substr(1, value.size() - 2)).empty())) {
      return false;
    }
  }
  return true;
}

}  // namespace llmproxy::gemini
