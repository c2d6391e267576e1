#include "base/limits.h"
#include "base/text.h"
#include "dialects/gemini/schema_tree.h"
#include "json/pointer.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <set>
#include <utility>

namespace llmproxy::gemini {
namespace {

// Copies of definitions that one schema may need; beyond it, the siblings go instead.
constexpr int kMaxCopies = 200;

constexpr std::string_view kDefs = "#/$defs/";

// Levels of allOf in allOf; beyond it the parts go.
constexpr int kMaxNesting = 64;

// Values that are looked at for references to what they are in; beyond it nothing is copied.
constexpr std::size_t kMaxLookedAt = 4 * kMaxSchemaNodes;

// Keeps the first of texts that repeat.
void remove_repeated(Tree& list) {
  std::set<std::string_view> seen;  // texts stay where they are when their trees move
  Tree kept = Tree::array();
  for (Tree& value : list) {
    if (!value.is_string() || seen.insert(json::text_of(&value)).second) {
      kept.push_back(std::move(value));
    }
  }
  list = std::move(kept);
}

}  // namespace

bool SchemaAdapter::adapt() {
  if (!root_.is_object()) {
    return false;
  }
  resolve_references();
  move_definitions();
  const Tree* definitions = json::find(root_, "$defs");
  if (definitions != nullptr && definitions->is_object()) {
    for (const auto& [name, definition] : json::members(*definitions)) {
      definitions_.emplace(name, definitions_.size());
    }
  }
  if (!json::has(root_, "type") && json::has(root_, "properties")) {
    json::set_text(root_, "type", "object");
    changed_ = true;
  }
  visit(root_, 0);
  return changed_;
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
  json::Index index(*defs);
  for (auto& [name, definition] : json::members(definitions)) {
    index.set(name, std::move(definition));
  }
}

void SchemaAdapter::visit(Tree& schema, int depth) {
  if (!schema.is_object() || depth > static_cast<int>(kMaxJsonDepth)) {
    return;
  }
  resolve_siblings(schema);
  merge_all_of(schema, 0);
  map_type(schema);
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
  std::set<std::string, std::less<>> gone;
  for (auto& [name, child] : json::members(*properties)) {
    if (const bool* possible = child.get_ptr<const bool*>()) {
      changed_ = true;
      if (!*possible) {
        gone.insert(name);
        continue;
      }
      child = Tree::object();
    }
    visit(child, depth + 1);
  }
  if (gone.empty()) {
    return;
  }
  Tree kept = Tree::object();
  for (auto& [name, child] : json::members(*properties)) {
    if (gone.find(name) == gone.end()) {
      json::append(kept, name, std::move(child));
    }
  }
  *properties = std::move(kept);
  Tree* required = json::find(schema, "required");
  if (required != nullptr && required->is_array()) {
    const auto is_gone = [&](const Tree& name) {
      return name.is_string() && gone.find(json::text_of(&name)) != gone.end();
    };
    required->erase(std::remove_if(required->begin(), required->end(), is_gone), required->end());
  }
}

// "If a sub-schema has $ref, no other properties may be set": so what stands beside one is merged
// with a copy of the target. A definition that holds itself keeps only the reference.
void SchemaAdapter::resolve_siblings(Tree& schema) {
  while (resolve_once(schema)) {
  }
}

// True when what came in its place may be such a reference again.
bool SchemaAdapter::resolve_once(Tree& schema) {
  const Tree* reference = json::find(schema, "$ref");
  if (reference == nullptr || !reference->is_string()) {
    return false;
  }
  const auto is_sibling = [](const auto& member) { return !member.first.starts_with('$'); };
  Tree::object_t& members = json::members(schema);
  if (std::none_of(members.begin(), members.end(), is_sibling)) {
    return false;
  }
  changed_ = true;
  if (const Tree* target = find_definition(json::text_of(reference))) {
    ++copies_;
    Tree merged = *target;
    json::Index index(merged);
    for (auto& [key, value] : members) {
      if (key != "$ref") {
        index.set(key, std::move(value));
      }
    }
    schema = std::move(merged);
    return true;
  }
  lossy_ = true;
  Tree alone = Tree::object();
  for (auto& [key, value] : members) {
    if (key.starts_with('$')) {
      json::append(alone, key, std::move(value));
    }
  }
  schema = std::move(alone);
  return false;
}

// What may be copied to where it is referred to.
const Tree* SchemaAdapter::find_definition(std::string_view reference) {
  if (!reference.starts_with(kDefs) || copies_ >= kMaxCopies) {
    return nullptr;
  }
  const std::string_view step = reference.substr(kDefs.size());
  if (contains(step, "/")) {
    return nullptr;  // something inside of a definition
  }
  const Tree* found = find_by_name(json::decode_step(step));
  json::Size size;
  if (found == nullptr || !found->is_object() || !may_copy(*found, reference, size)) {
    return nullptr;
  }
  copied_.nodes += size.nodes;
  copied_.bytes += size.bytes;
  return found;
}

const Tree* SchemaAdapter::find_by_name(std::string_view name) {
  const Tree* definitions = json::find(root_, "$defs");
  const auto place = definitions_.find(name);
  if (place == definitions_.end() || definitions == nullptr || !definitions->is_object()) {
    return nullptr;
  }
  const Tree::object_t& members = json::members(*definitions);
  if (place->second >= members.size()) {
    return nullptr;
  }
  const auto& [key, definition] = members.data()[place->second];
  return key == name ? &definition : nullptr;
}

// Is there room for a copy of it, and does it not hold the reference itself? Adds to `size` what it
// takes.
bool SchemaAdapter::may_copy(const Tree& tree, std::string_view reference, json::Size& size) {
  ++size.nodes;
  size.bytes += json::text_of(&tree).size();
  if (++looked_at_ > kMaxLookedAt || copied_.nodes + size.nodes > kMaxExpandedNodes ||
      copied_.bytes + size.bytes > kMaxExpandedBytes ||
      json::is_text(json::find(tree, "$ref"), reference)) {
    return false;
  }
  return !tree.is_structured() || std::all_of(tree.begin(), tree.end(), [&](const Tree& child) {
    return may_copy(child, reference, size);
  });
}

// A schema that takes in the parts of its allOf.
struct SchemaAdapter::Merge {
  explicit Merge(Tree& into) : members(into) {}
  ~Merge() {
    if (index) {
      members.set("properties", std::move(properties));
    }
  }
  Merge(const Merge&) = delete;
  Merge& operator=(const Merge&) = delete;

  json::Index members;
  // Taken out until the end, with null in its place: members that come move those that are there.
  Tree properties;
  std::optional<json::Index> index;
};

void SchemaAdapter::merge_all_of(Tree& schema, int depth) {
  while (json::has(schema, "allOf")) {
    changed_ = true;
    Tree parts = json::take(schema, "allOf");
    if (!parts.is_array()) {
      return;
    }
    if (depth > kMaxNesting) {
      lossy_ = true;
      return;
    }
    if (parts.size() == 1 && schema.empty() && parts.front().is_object()) {
      schema = std::move(parts.front());
      resolve_siblings(schema);
      continue;
    }
    merge_parts(schema, parts, depth);
    return;
  }
}

void SchemaAdapter::merge_parts(Tree& schema, Tree& parts, int depth) {
  {
    Merge merged(schema);
    for (Tree& part : parts) {
      if (part.is_object()) {
        prepare_part(part, depth);
        merge(merged, part);
      }
    }
  }
  Tree* required = json::find(schema, "required");
  if (required != nullptr && required->is_array()) {
    remove_repeated(*required);
  }
}

void SchemaAdapter::prepare_part(Tree& part, int depth) {
  if (json::has(part, "$ref")) {
    json::find_or_add(part, "description", "");  // a sibling, so it is resolved
    resolve_siblings(part);
    if (json::is_text(json::find(part, "description"), "")) {
      json::erase(part, "description");
    }
    lossy_ = lossy_ || json::has(part, "$ref");
  }
  merge_all_of(part, depth + 1);
}

void SchemaAdapter::merge_properties(Merge& merged, const Tree& properties) {
  if (!merged.index) {
    merged.properties =
        std::exchange(merged.members.find_or_add("properties", Tree::object()), Tree());
    if (!merged.properties.is_object()) {
      merged.properties = Tree::object();  // it was no schema
      lossy_ = true;
    }
    merged.index.emplace(merged.properties);
  }
  for (const auto& [name, property] : json::members(properties)) {
    const bool same = merged.index->find_or_add(name, property) == property;
    lossy_ = lossy_ || !same;
  }
}

void SchemaAdapter::merge(Merge& merged, const Tree& part) {
  for (const auto& [key, value] : json::members(part)) {
    if (key == "properties" && value.is_object()) {
      merge_properties(merged, value);
    } else if (key == "required" && value.is_array()) {
      Tree& list = merged.members.find_or_add(key, Tree::array());
      if (list.is_array()) {
        list.insert(list.end(), value.begin(), value.end());
      }
    } else {
      const bool words = key == "description" || key == "title";
      const Tree& own = merged.members.find_or_add(key, value);
      lossy_ = lossy_ || (!words && own != value);
    }
  }
}

}  // namespace llmproxy::gemini
