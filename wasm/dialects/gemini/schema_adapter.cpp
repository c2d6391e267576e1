#include "base/limits.h"
#include "base/text.h"
#include "dialects/gemini/schema_tree.h"

#include <algorithm>
#include <utility>

namespace llmproxy::gemini {
namespace {

// Copies of definitions that one schema may need; beyond it, the siblings go instead.
constexpr int kMaxCopies = 200;

constexpr const char* kDefinitions = "#/definitions/";
constexpr const char* kDefs = "#/$defs/";

bool is_text(const Tree& schema, const char* key, const char* value) {
  const auto at = schema.find(key);
  return at != schema.end() && at->is_string() && *at == value;
}

// A reference that says where the target is in other words than "#/$defs/name".
bool begins_with(const Tree& text, std::string_view prefix) {
  return text.is_string() && text.get_ref<const std::string&>().starts_with(prefix);
}

bool contains_text(const Tree& tree, const std::string& reference) {
  if (tree.is_object()) {
    const auto at = tree.find("$ref");
    if (at != tree.end() && at->is_string() && *at == reference) {
      return true;
    }
  }
  if (!tree.is_structured()) {
    return false;
  }
  return std::any_of(tree.begin(), tree.end(),
                     [&](const Tree& child) { return contains_text(child, reference); });
}

// Adds the text to the array under `key`, once.
void add_to(Tree& schema, const char* key, const Tree& value) {
  Tree& list = schema[key];
  if (list.is_null()) {
    list = Tree::array();
  }
  if (list.is_array() && std::find(list.begin(), list.end(), value) == list.end()) {
    list.push_back(value);
  }
}

}  // namespace

bool SchemaAdapter::adapt() {
  if (!root_.is_object()) {
    return false;
  }
  rename_definitions(root_);
  if (!root_.contains("type") && root_.contains("properties")) {
    root_["type"] = "object";
    changed_ = true;
  }
  visit(root_, 0);
  return changed_;
}

void SchemaAdapter::rename_definitions(Tree& value) {
  if (!value.is_structured()) {
    return;
  }
  if (value.is_object()) {
    const auto reference = value.find("$ref");
    if (reference != value.end() && begins_with(*reference, kDefinitions)) {
      const std::string name =
          reference->get_ref<const std::string&>().substr(std::string_view(kDefinitions).size());
      *reference = kDefs + name;
      changed_ = true;
    }
  }
  for (Tree& child : value) {
    rename_definitions(child);
  }
  if (&value == &root_ && value.contains("definitions")) {
    Tree definitions = std::move(value["definitions"]);
    value.erase("definitions");
    if (value.contains("$defs") && value["$defs"].is_object() && definitions.is_object()) {
      value["$defs"].update(definitions);
    } else {
      value["$defs"] = std::move(definitions);
    }
    changed_ = true;
  }
}

void SchemaAdapter::visit(Tree& schema, int depth) {
  if (!schema.is_object() || depth > static_cast<int>(kMaxJsonDepth)) {
    return;
  }
  resolve_siblings(schema);
  merge_all_of(schema);
  map_const(schema);
  map_enum(schema);
  map_bound(schema, "exclusiveMinimum", "minimum", 1);
  map_bound(schema, "exclusiveMaximum", "maximum", -1);
  map_nullable(schema);
  visit_children(schema, depth);
}

void SchemaAdapter::visit_schema_or_bool(Tree& child, int depth) {
  if (child.is_boolean()) {
    lossy_ = lossy_ || child == false;
    child = Tree::object();
    changed_ = true;
  }
  visit(child, depth);
}

// The values of the object or array under `key`.
void SchemaAdapter::visit_each(Tree& schema, const char* key, int depth) {
  const auto found = schema.find(key);
  if (found == schema.end() || !found->is_structured()) {
    return;
  }
  for (Tree& child : *found) {
    visit_schema_or_bool(child, depth);
  }
}

void SchemaAdapter::visit_items(Tree& schema, int depth) {
  const auto items = schema.find("items");
  if (items == schema.end()) {
    return;
  }
  if (!items->is_array()) {
    visit_schema_or_bool(*items, depth);
    return;
  }
  // What prefixItems was called before 2020.
  Tree list = std::move(*items);
  schema.erase("items");
  schema["prefixItems"] = std::move(list);
  changed_ = true;
}

void SchemaAdapter::visit_children(Tree& schema, int depth) {
  visit_properties(schema, depth);
  visit_items(schema, depth + 1);
  for (const char* key : {"$defs", "patternProperties", "anyOf", "oneOf", "prefixItems"}) {
    visit_each(schema, key, depth + 1);
  }
  if (schema.contains("additionalProperties")) {
    visit(schema["additionalProperties"], depth + 1);
  }
}

// A property whose schema is `false` can have no value, so it is no property.
void SchemaAdapter::visit_properties(Tree& schema, int depth) {
  const auto found = schema.find("properties");
  if (found == schema.end() || !found->is_object()) {
    return;
  }
  std::vector<std::string> gone;
  for (const auto& [name, child] : found->items()) {
    if (child.is_boolean()) {
      changed_ = true;
      if (child == false) {
        gone.push_back(name);
      } else {
        child = Tree::object();
      }
    }
    visit(child, depth + 1);
  }
  for (const std::string& name : gone) {
    schema["properties"].erase(name);
    if (schema.contains("required") && schema["required"].is_array()) {
      Tree& required = schema["required"];
      required.erase(std::remove(required.begin(), required.end(), name), required.end());
    }
  }
}

// "If a sub-schema has $ref, no other properties may be set": so what stands beside one is merged
// with a copy of the target. A definition that holds itself keeps only the reference.
void SchemaAdapter::resolve_siblings(Tree& schema) {
  const auto reference = schema.find("$ref");
  if (reference == schema.end() || !reference->is_string()) {
    return;
  }
  const auto is_sibling = [](const auto& item) { return !item.key().starts_with('$'); };
  const auto items = schema.items();
  if (std::none_of(items.begin(), items.end(), is_sibling)) {
    return;
  }
  changed_ = true;
  const std::string target = reference->get<std::string>();
  const std::string_view name =
      std::string_view(target).substr(std::min(target.size(), std::string_view(kDefs).size()));
  const bool known = target.starts_with(kDefs) && root_.contains("$defs") &&
                     root_["$defs"].is_object() && root_["$defs"].contains(name) &&
                     root_["$defs"][std::string(name)].is_object();
  if (known && copies_ < kMaxCopies && !contains_text(root_["$defs"][std::string(name)], target)) {
    ++copies_;
    Tree merged = root_["$defs"][std::string(name)];
    for (const auto& [key, value] : schema.items()) {
      if (key != "$ref") {
        merged[key] = value;
      }
    }
    schema = std::move(merged);
    resolve_siblings(schema);
    return;
  }
  lossy_ = true;
  Tree alone = Tree::object();
  for (const auto& [key, value] : schema.items()) {
    if (key.starts_with('$')) {
      alone[key] = value;
    }
  }
  schema = std::move(alone);
}

void SchemaAdapter::merge_all_of(Tree& schema) {
  const auto found = schema.find("allOf");
  if (found == schema.end()) {
    return;
  }
  changed_ = true;
  const Tree parts = std::move(*found);
  schema.erase("allOf");
  if (!parts.is_array()) {
    return;
  }
  if (parts.size() == 1 && schema.empty() && parts[0].is_object()) {
    schema = parts[0];
    resolve_siblings(schema);
    merge_all_of(schema);
    return;
  }
  for (const Tree& part : parts) {
    if (!part.is_object()) {
      continue;
    }
    Tree resolved = part;
    if (resolved.contains("$ref")) {
      resolved["description"] = resolved.value("description", "");  // a sibling, so it is resolved
      resolve_siblings(resolved);
      if (is_text(resolved, "description", "")) {
        resolved.erase("description");
      }
      lossy_ = lossy_ || resolved.contains("$ref");
    }
    merge_all_of(resolved);
    merge(schema, resolved);
  }
}

void SchemaAdapter::merge_properties(Tree& schema, const Tree& properties) {
  Tree& merged = schema["properties"];
  if (merged.is_null()) {
    merged = Tree::object();
  }
  for (const auto& [name, property] : properties.items()) {
    lossy_ = lossy_ || (merged.contains(name) && merged[name] != property);
    if (!merged.contains(name)) {
      merged[name] = property;
    }
  }
}

void SchemaAdapter::merge(Tree& schema, const Tree& part) {
  for (const auto& [key, value] : part.items()) {
    if (key == "properties" && value.is_object()) {
      merge_properties(schema, value);
    } else if (key == "required" && value.is_array()) {
      for (const Tree& name : value) {
        add_to(schema, "required", name);
      }
    } else if (!schema.contains(key)) {
      schema[key] = value;
    } else {
      const bool words = key == "description" || key == "title";
      lossy_ = lossy_ || (!words && schema[key] != value);
    }
  }
}

}  // namespace llmproxy::gemini
