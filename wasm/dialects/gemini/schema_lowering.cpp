#include "base/text.h"
#include "dialects/gemini/schema_tree.h"
#include "json/pointer.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <utility>

namespace llmproxy::gemini {
namespace {

// "exceeds the maximum allowed nesting depth": users saw that from four to some ten levels, each of
// which is an object or array in another.
constexpr int kMaxDepth = 12;

constexpr std::array kPlain = std::to_array<const char*>(
    {"title", "description", "minItems", "minProperties", "maxProperties", "minimum", "maximum",
     "minLength", "maxLength", "pattern"});

// Whatever else Gemini's form of OpenAPI has is dealt with by name, and the rest is rejected.
constexpr std::array kHandled = std::to_array<std::string_view>(
    {"type",       "format",   "enum",       "items",    "prefixItems",
     "properties", "required", "anyOf",      "oneOf",    "$ref",
     "$defs",      "$schema",  "$id",        "$anchor",  "$dynamicAnchor",
     "default",    "examples", "example",    "nullable", "propertyOrdering",
     "maxItems",   "$comment", "deprecated", "readOnly", "writeOnly",
     "strict"});

// JSON Schema has seven.
constexpr std::size_t kMaxTypes = 16;

std::string list_values(const Tree& values) {
  std::string out = "One of:";
  for (const Tree& value : values) {
    out.append(out.back() == ':' ? " " : ", ");
    out.append(json::write_tree(value));
  }
  return out + ".";
}

Tree of_type(std::string_view type) {
  Tree schema = Tree::object();
  json::set_text(schema, "type", type);
  return schema;
}

}  // namespace

bool SchemaLowering::spend(const json::Size& size) {
  if (!open_.empty()) {
    expanded_.nodes += size.nodes;
    expanded_.bytes += size.bytes;
  }
  return budget_.spend(size.nodes, size.bytes);
}

void SchemaLowering::describe(Tree& out, std::string_view text) {
  const std::string_view before = json::text_of(json::find(out, "description"));
  if (spend({1, text.size()})) {
    json::set_text(out, "description",
                   before.empty() ? std::string(text) : concat({before, " ", text}));
  }
}

const Tree* SchemaLowering::find(const Tree& object, std::string_view name) {
  if (!object.is_object()) {
    return nullptr;
  }
  auto [index, is_new] = indexes_.try_emplace(&object);
  if (is_new) {
    for (const auto& [key, value] : json::members(object)) {
      index->second.emplace(key, &value);
    }
  }
  const auto found = index->second.find(name);
  return found == index->second.end() ? nullptr : found->second;
}

namespace {

// The element of an array that the step counts; nullptr: there is none.
const Tree* find_element(const Tree& array, std::string_view step) {
  const std::optional<std::int64_t> index = parse_integer(step);
  const bool there = index && *index >= 0 && static_cast<std::size_t>(*index) < array.size();
  return there ? &array[static_cast<std::size_t>(*index)] : nullptr;
}

}  // namespace

const Tree* SchemaLowering::find_target(const Tree& schema) {
  std::string_view path = json::text_of(json::find(schema, "$ref"));
  if (path == "#") {
    return &root_;
  }
  if (!path.starts_with("#/")) {
    return nullptr;
  }
  path.remove_prefix(2);
  const Tree* at = &root_;
  while (at != nullptr && !path.empty()) {
    const std::size_t slash = path.find('/');
    const std::string step = json::decode_step(path.substr(0, slash));
    at = at->is_array() ? find_element(*at, step) : find(*at, step);
    path.remove_prefix(slash == std::string_view::npos ? path.size() : slash + 1);
  }
  return at;
}

Tree SchemaLowering::too_deep(const Tree& schema, bool describes) {
  lossy_ = true;
  Tree out = of_type("string");
  const Tree* text = json::find(schema, "description");
  if (describes && text != nullptr && text->is_string() && spend(json::size_of(*text))) {
    json::set(out, "description", *text);
  }
  describe(out, "As JSON.");
  return out;
}

Tree SchemaLowering::lower(const Tree& schema, int depth, const Tree* type) {
  if (!spend({1, 0}) || !schema.is_object()) {
    return of_type("string");
  }
  if (const Tree* reference = json::find(schema, "$ref")) {
    return lower_reference(schema, *reference, depth);
  }
  const bool describes = type == nullptr;
  if (depth > kMaxDepth) {
    return too_deep(schema, describes);
  }
  Tree out = Tree::object();
  copy_plain(schema, out, describes);
  lower_type(schema, out, depth, type);
  lower_choice(schema, out, depth);
  lower_enum(schema, out);
  lower_array(schema, out, depth);
  lower_object(schema, out, depth);
  if (json::has(out, "anyOf")) {
    leave_choices_alone(out);
  } else if (!json::has(out, "type")) {
    json::set_text(out, "type", "string");
  }
  return out;
}

Tree SchemaLowering::lower_reference(const Tree& schema, const Tree& reference, int depth) {
  const Tree* target = find_target(schema);
  const std::string name(json::text_of(&reference));
  const bool full = open_.size() >= kMaxOpenReferences || expanded_.nodes >= kMaxExpandedNodes ||
                    expanded_.bytes >= kMaxExpandedBytes;
  if (target == nullptr || full || std::find(open_.begin(), open_.end(), name) != open_.end()) {
    return too_deep(schema);
  }
  open_.push_back(name);
  Tree out = lower(*target, depth);
  open_.pop_back();
  return out;
}

void SchemaLowering::copy_plain(const Tree& schema, Tree& out, bool describes) {
  for (const auto& [key, value] : json::members(schema)) {
    if (std::find(kPlain.begin(), kPlain.end(), key) != kPlain.end()) {
      if ((describes || key != "description") && spend(json::size_of(value))) {
        json::append(out, key, value);
      }
    } else if (std::find(kHandled.begin(), kHandled.end(), key) == kHandled.end()) {
      lossy_ = true;
    }
  }
  // Each such bound multiplies the states of what may be generated, and Gemini refuses a schema
  // with many. https://github.com/vercel/ai/issues/21192
  const Tree* most = json::find(schema, "maxItems");
  if (most != nullptr && spend(json::size_of(*most))) {
    lossy_ = true;
    describe(out, concat({"At most ", json::write_tree(*most), " items."}));
  }
  // "only 'enum' and 'date-time' are supported for STRING type"
  constexpr std::array kFormats =
      std::to_array<std::string_view>({"enum", "date-time", "int32", "int64", "float", "double"});
  const std::string_view format = json::text_of(json::find(schema, "format"));
  if (std::find(kFormats.begin(), kFormats.end(), format) != kFormats.end()) {
    json::set_text(out, "format", format);
  } else if (!format.empty()) {
    describe(out, concat({"Format: ", format, "."}));
  }
}

void SchemaLowering::lower_type(const Tree& schema, Tree& out, int depth, const Tree* type) {
  const Tree* found = type != nullptr ? type : json::find(schema, "type");
  if (found == nullptr) {
    if (json::has(schema, "properties")) {
      json::set_text(out, "type", "object");
    } else if (json::has(schema, "items")) {
      json::set_text(out, "type", "array");
    }
    return;
  }
  std::vector<const Tree*> types;
  const auto add = [&](const Tree& one) {
    if (json::is_text(&one, "null")) {
      json::set(out, "nullable", true);
    } else if (types.size() < kMaxTypes) {
      types.push_back(&one);
    }
  };
  if (found->is_array()) {
    std::for_each(found->begin(), found->end(), add);
  } else {
    add(*found);
  }
  if (types.empty()) {
    json::set_text(out, "type", "string");
  } else if (types.size() > 1) {
    out = lower_types(schema, out, depth, types);
  } else if (spend(json::size_of(*types.front()))) {
    json::set(out, "type", *types.front());
  }
}

// "only allowed for STRING type", and no member may be empty.
void SchemaLowering::lower_enum(const Tree& schema, Tree& out) {
  const Tree* found = find_array(schema, "enum");
  // One of nothing restricts nothing that could be said.
  if (found == nullptr || found->empty()) {
    return;
  }
  if (json::has(out, "anyOf")) {
    lossy_ = true;
    return;
  }
  if (!spend(json::size_of(*found))) {
    return;
  }
  const bool texts = std::all_of(found->begin(), found->end(),
                                 [](const Tree& value) { return !json::text_of(&value).empty(); });
  if (texts) {
    json::set_text(out, "type", "string");
    json::set(out, "enum", *found);
    return;
  }
  lossy_ = true;
  if (!json::has(out, "type")) {
    const bool numbers = std::all_of(found->begin(), found->end(), json::is_number);
    json::set_text(out, "type", numbers ? "number" : "string");
  }
  describe(out, list_values(*found));
}

void SchemaLowering::lower_array(const Tree& schema, Tree& out, int depth) {
  if (!is_of_type(out, "array")) {
    return;
  }
  const Tree* items = json::find(schema, "items");
  if (items != nullptr && items->is_object() && !items->empty()) {
    json::set(out, "items", lower(*items, depth + 1));
    return;
  }
  const Tree* first = find_array(schema, "prefixItems");
  if (first == nullptr || first->empty()) {
    json::set(out, "items", of_type("string"));  // "items: missing field"
    return;
  }
  lossy_ = true;
  Tree choices = Tree::array();
  std::set<std::string> seen;
  for (const Tree& item : *first) {
    Tree lowered = lower(item, depth + 1);
    if (seen.insert(json::write_tree(lowered)).second) {
      choices.push_back(std::move(lowered));
    }
  }
  Tree any = Tree::object();
  if (choices.size() == 1) {
    any = std::move(choices.front());
  } else {
    json::set(any, "anyOf", std::move(choices));
  }
  json::set(out, "items", std::move(any));
}

void SchemaLowering::lower_object(const Tree& schema, Tree& out, int depth) {
  const Tree* found = json::find(schema, "properties");
  if (!is_of_type(out, "object") || found == nullptr || !found->is_object() || found->empty()) {
    return;  // "should be non-empty for OBJECT type"
  }
  Tree properties = Tree::object();
  for (const auto& [name, property] : json::members(*found)) {
    if (!spend({0, name.size()})) {
      break;
    }
    json::append(properties, name, lower(property, depth + 1));
  }
  Tree of_choices = json::take(out, "properties");
  if (of_choices.is_object()) {
    json::Index index(properties);
    for (auto& [name, property] : json::members(of_choices)) {
      if (!index.has(name)) {
        index.set(name, std::move(property));
      }
    }
  }
  Tree required = Tree::array();
  const Tree* names = find_array(schema, "required");
  if (names != nullptr && spend(json::size_of(*names))) {
    json::Index index(properties);
    for (const Tree& name : *names) {
      if (name.is_string() && index.has(json::text_of(&name))) {
        required.push_back(name);
      }
    }
  }
  json::set(out, "properties", std::move(properties));
  if (!required.empty()) {
    json::set(out, "required", std::move(required));
  }
}

}  // namespace llmproxy::gemini
