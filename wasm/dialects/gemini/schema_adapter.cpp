#include "base/limits.h"
#include "base/text.h"
#include "dialects/gemini/schema_tree.h"

#include <algorithm>
#include <utility>

namespace llmproxy::gemini {
namespace {

// Copies of definitions that one schema may need; beyond it, the siblings go instead.
constexpr int kMaxCopies = 200;

constexpr std::string_view kDefinitions = "#/definitions/";
constexpr std::string_view kDefs = "#/$defs/";

bool contains_reference(const Tree& tree, std::string_view reference) {
  if (json::is_text(json::find(tree, "$ref"), reference)) {
    return true;
  }
  return tree.is_structured() && std::any_of(tree.begin(), tree.end(), [&](const Tree& child) {
           return contains_reference(child, reference);
         });
}

// Adds the name to those that are required, once.
void require(Tree& schema, const Tree& name) {
  Tree& list = json::find_or_add(schema, "required", Tree::array());
  if (list.is_array() && !json::holds(list, name)) {
    list.push_back(name);
  }
}

}  // namespace

bool SchemaAdapter::adapt() {
  if (!root_.is_object()) {
    return false;
  }
  rename_definitions(root_);
  move_definitions();
  if (!json::has(root_, "type") && json::has(root_, "properties")) {
    json::set_text(root_, "type", "object");
    changed_ = true;
  }
  visit(root_, 0);
  return changed_;
}

void SchemaAdapter::rename_definitions(Tree& value) {
  if (!value.is_structured()) {
    return;
  }
  const std::string_view reference = json::text_of(json::find(value, "$ref"));
  if (reference.starts_with(kDefinitions)) {
    json::set_text(value, "$ref", concat({kDefs, reference.substr(kDefinitions.size())}));
    changed_ = true;
  }
  for (Tree& child : value) {
    rename_definitions(child);
  }
}

void SchemaAdapter::move_definitions() {
  if (!json::has(root_, "definitions")) {
    return;
  }
  changed_ = true;
  Tree definitions = json::take(root_, "definitions");
  Tree* defs = json::find(root_, "$defs");
  if (defs == nullptr || !defs->is_object() || !definitions.is_object()) {
    json::set(root_, "$defs", std::move(definitions));
    return;
  }
  for (auto& [name, definition] : json::members(definitions)) {
    json::set(*defs, name, std::move(definition));
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
    lossy_ = lossy_ || !*child.get_ptr<const bool*>();
    child = Tree::object();
    changed_ = true;
  }
  visit(child, depth);
}

// The values of the object or array under `key`.
void SchemaAdapter::visit_each(Tree& schema, std::string_view key, int depth) {
  Tree* found = json::find(schema, key);
  if (found == nullptr || !found->is_structured()) {
    return;
  }
  for (Tree& child : *found) {
    visit_schema_or_bool(child, depth);
  }
}

void SchemaAdapter::visit_items(Tree& schema, int depth) {
  Tree* items = json::find(schema, "items");
  if (items == nullptr) {
    return;
  }
  if (!items->is_array()) {
    visit_schema_or_bool(*items, depth);
    return;
  }
  // What prefixItems was called before 2020.
  json::set(schema, "prefixItems", json::take(schema, "items"));
  changed_ = true;
}

void SchemaAdapter::visit_children(Tree& schema, int depth) {
  visit_properties(schema, depth);
  visit_items(schema, depth + 1);
  for (const std::string_view key :
       {"$defs", "patternProperties", "anyOf", "oneOf", "prefixItems"}) {
    visit_each(schema, key, depth + 1);
  }
  if (Tree* others = json::find(schema, "additionalProperties")) {
    visit(*others, depth + 1);
  }
}

// A property whose schema is `false` can have no value, so it is no property.
void SchemaAdapter::visit_properties(Tree& schema, int depth) {
  Tree* properties = json::find(schema, "properties");
  if (properties == nullptr || !properties->is_object()) {
    return;
  }
  std::vector<std::string> gone;
  for (auto& [name, child] : json::members(*properties)) {
    if (const bool* possible = child.get_ptr<const bool*>()) {
      changed_ = true;
      if (!*possible) {
        gone.push_back(name);
        continue;
      }
      child = Tree::object();
    }
    visit(child, depth + 1);
  }
  Tree* required = json::find(schema, "required");
  for (const std::string& name : gone) {
    json::erase(*properties, name);
    if (required != nullptr && required->is_array()) {
      required->erase(std::remove(required->begin(), required->end(), name), required->end());
    }
  }
}

// "If a sub-schema has $ref, no other properties may be set": so what stands beside one is merged
// with a copy of the target. A definition that holds itself keeps only the reference.
void SchemaAdapter::resolve_siblings(Tree& schema) {
  const Tree* reference = json::find(schema, "$ref");
  if (reference == nullptr || !reference->is_string()) {
    return;
  }
  const auto is_sibling = [](const auto& member) { return !member.first.starts_with('$'); };
  Tree::object_t& members = json::members(schema);
  if (std::none_of(members.begin(), members.end(), is_sibling)) {
    return;
  }
  changed_ = true;
  if (const Tree* target = find_definition(json::text_of(reference))) {
    ++copies_;
    Tree merged = *target;
    for (auto& [key, value] : members) {
      if (key != "$ref") {
        json::set(merged, key, std::move(value));
      }
    }
    schema = std::move(merged);
    resolve_siblings(schema);
    return;
  }
  lossy_ = true;
  Tree alone = Tree::object();
  for (auto& [key, value] : members) {
    if (key.starts_with('$')) {
      json::set(alone, key, std::move(value));
    }
  }
  schema = std::move(alone);
}

// What may be copied to where it is referred to.
const Tree* SchemaAdapter::find_definition(std::string_view reference) const {
  const Tree* definitions = json::find(root_, "$defs");
  if (!reference.starts_with(kDefs) || definitions == nullptr || copies_ >= kMaxCopies) {
    return nullptr;
  }
  const Tree* found = json::find(*definitions, reference.substr(kDefs.size()));
  const bool good =
      found != nullptr && found->is_object() && !contains_reference(*found, reference);
  return good ? found : nullptr;
}

void SchemaAdapter::merge_all_of(Tree& schema) {
  if (!json::has(schema, "allOf")) {
    return;
  }
  changed_ = true;
  Tree parts = json::take(schema, "allOf");
  if (!parts.is_array()) {
    return;
  }
  if (parts.size() == 1 && schema.empty() && parts.front().is_object()) {
    schema = std::move(parts.front());
    resolve_siblings(schema);
    merge_all_of(schema);
    return;
  }
  for (Tree& part : parts) {
    if (!part.is_object()) {
      continue;
    }
    if (json::has(part, "$ref")) {
      json::find_or_add(part, "description", "");  // a sibling, so it is resolved
      resolve_siblings(part);
      if (json::is_text(json::find(part, "description"), "")) {
        json::erase(part, "description");
      }
      lossy_ = lossy_ || json::has(part, "$ref");
    }
    merge_all_of(part);
    merge(schema, part);
  }
}

void SchemaAdapter::merge_properties(Tree& schema, const Tree& properties) {
  Tree& merged = json::find_or_add(schema, "properties", Tree::object());
  if (!merged.is_object()) {
    merged = Tree::object();  // it was no schema
    lossy_ = true;
  }
  for (const auto& [name, property] : json::members(properties)) {
    const bool same = json::find_or_add(merged, name, property) == property;
    lossy_ = lossy_ || !same;
  }
}

void SchemaAdapter::merge(Tree& schema, const Tree& part) {
  for (const auto& [key, value] : json::members(part)) {
    if (key == "properties" && value.is_object()) {
      merge_properties(schema, value);
    } else if (key == "required" && value.is_array()) {
      for (const Tree& name : value) {
        require(schema, name);
      }
    } else {
      const bool words = key == "description" || key == "title";
      const Tree& merged = json::find_or_add(schema, key, value);
      lossy_ = lossy_ || (!words && merged != value);
    }
  }
}

}  // namespace llmproxy::gemini
