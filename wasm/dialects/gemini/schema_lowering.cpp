#include "base/text.h"
#include "dialects/gemini/schema_tree.h"

#include <algorithm>
#include <array>
#include <utility>

namespace llmproxy::gemini {
namespace {

// "exceeds the maximum allowed nesting depth": users saw that from four to some ten levels, each of
// which is an object or array in another.
constexpr int kMaxDepth = 12;

constexpr std::array kPlain = std::to_array<const char*>(
    {"title", "description", "minItems", "minProperties", "maxProperties", "minimum", "maximum",
     "minLength", "maxLength", "pattern"});

// Whatever else the door knows is dealt with by name, and the rest it refuses.
constexpr std::array kHandled = std::to_array<std::string_view>(
    {"type",     "format",   "enum",       "items",    "prefixItems", "properties",
     "required", "anyOf",    "oneOf",      "$ref",     "$defs",       "$schema",
     "$id",      "default",  "examples",   "example",  "nullable",    "propertyOrdering",
     "maxItems", "$comment", "deprecated", "readOnly", "writeOnly",   "strict"});

void describe(Tree& out, const std::string& text) {
  const auto found = out.find("description");
  const bool has =
      found != out.end() && found->is_string() && !found->get_ref<std::string&>().empty();
  out["description"] = has ? found->get<std::string>() + " " + text : text;
}

std::string list_values(const Tree& values) {
  std::string out = "One of:";
  for (const Tree& value : values) {
    out.append(out.back() == ':' ? " " : ", ");
    out.append(json::write_tree(value));
  }
  return out + ".";
}

}  // namespace

const Tree* SchemaLowering::find_target(const Tree& schema) {
  const auto reference = schema.find("$ref");
  if (reference == schema.end() || !reference->is_string()) {
    return nullptr;
  }
  std::string_view path = reference->get_ref<const std::string&>();
  if (path == "#") {
    return &root_;
  }
  if (!path.starts_with("#/")) {
    return nullptr;
  }
  path.remove_prefix(2);
  const Tree* at = &root_;
  while (!path.empty()) {
    const std::size_t slash = path.find('/');
    const std::string step(path.substr(0, slash));
    if (!at->is_object() || !at->contains(step)) {
      return nullptr;
    }
    at = &(*at)[step];
    path.remove_prefix(slash == std::string_view::npos ? path.size() : slash + 1);
  }
  return at;
}

Tree SchemaLowering::too_deep(const Tree& schema) {
  lossy_ = true;
  Tree out = Tree::object();
  out["type"] = "string";
  const auto text = schema.is_object() ? schema.find("description") : schema.end();
  if (schema.is_object() && text != schema.end() && text->is_string()) {
    out["description"] = *text;
  }
  describe(out, "As JSON.");
  return out;
}

Tree SchemaLowering::lower(const Tree& schema, int depth) {
  if (!schema.is_object()) {
    return Tree({{"type", "string"}});
  }
  if (schema.contains("$ref")) {
    const Tree* target = find_target(schema);
    const std::string name = schema["$ref"].is_string() ? schema["$ref"].get<std::string>() : "";
    if (target == nullptr || std::find(open_.begin(), open_.end(), name) != open_.end()) {
      return too_deep(schema);
    }
    open_.push_back(name);
    Tree out = lower(*target, depth);
    open_.pop_back();
    return out;
  }
  if (depth > kMaxDepth) {
    return too_deep(schema);
  }
  Tree out = Tree::object();
  copy_plain(schema, out);
  lower_type(schema, out, depth);
  lower_choice(schema, out, depth);
  lower_enum(schema, out);
  lower_array(schema, out, depth);
  lower_object(schema, out, depth);
  if (!out.contains("type") && !out.contains("anyOf")) {
    out["type"] = "string";
  }
  return out;
}

void SchemaLowering::copy_plain(const Tree& schema, Tree& out) {
  for (const auto& [key, value] : schema.items()) {
    if (std::find(kPlain.begin(), kPlain.end(), key) != kPlain.end()) {
      out[key] = value;
    } else if (std::find(kHandled.begin(), kHandled.end(), key) == kHandled.end()) {
      lossy_ = true;
    }
  }
  // Each such bound multiplies the states of what may be generated, and Gemini refuses a schema
  // with many. https://github.com/vercel/ai/issues/21192
  if (schema.contains("maxItems")) {
    lossy_ = true;
    describe(out, "At most " + json::write_tree(schema["maxItems"]) + " items.");
  }
  // "only 'enum' and 'date-time' are supported for STRING type"
  constexpr std::array kFormats =
      std::to_array<std::string_view>({"enum", "date-time", "int32", "int64", "float", "double"});
  const auto format = schema.find("format");
  if (format != schema.end() && format->is_string()) {
    const std::string& name = format->get_ref<const std::string&>();
    if (std::find(kFormats.begin(), kFormats.end(), name) != kFormats.end()) {
      out["format"] = name;
    } else {
      describe(out, "Format: " + name + ".");
    }
  }
}

void SchemaLowering::lower_type(const Tree& schema, Tree& out, int depth) {
  const auto found = schema.find("type");
  if (found == schema.end()) {
    if (schema.contains("properties")) {
      out["type"] = "object";
    } else if (schema.contains("items")) {
      out["type"] = "array";
    }
    return;
  }
  if (!found->is_array()) {
    out["type"] = *found == "null" ? Tree("string") : *found;
    if (*found == "null") {
      out["nullable"] = true;
    }
    return;
  }
  std::vector<Tree> types;
  for (const Tree& type : *found) {
    if (type == "null") {
      out["nullable"] = true;
    } else {
      types.push_back(type);
    }
  }
  if (types.size() <= 1) {
    out["type"] = types.empty() ? Tree("string") : types.front();
    return;
  }
  Tree choices = Tree::array();
  for (const Tree& type : types) {
    Tree one = schema;
    one.erase("description");
    one["type"] = type;
    choices.push_back(lower(one, depth + 1));
  }
  Tree bare = Tree::object();
  for (const char* key : {"title", "description", "nullable"}) {
    if (out.contains(key)) {
      bare[key] = out[key];
    }
  }
  out = std::move(bare);
  out["anyOf"] = std::move(choices);
}

// One choice is no choice.
void SchemaLowering::take_choices(Tree choices, Tree& out) {
  if (choices.size() > 1) {
    out.erase("type");
    out["anyOf"] = std::move(choices);
  } else if (choices.size() == 1) {
    for (const auto& [name, value] : choices[0].items()) {
      if (!out.contains(name) || name == "type") {
        out[name] = value;
      }
    }
  }
}

void SchemaLowering::lower_choice(const Tree& schema, Tree& out, int depth) {
  for (const char* key : {"anyOf", "oneOf"}) {
    const auto found = schema.find(key);
    if (found == schema.end() || !found->is_array() || out.contains("anyOf")) {
      continue;
    }
    Tree choices = Tree::array();
    for (const Tree& choice : *found) {
      if (choice.is_object() && choice.value("type", Tree()) == "null") {
        out["nullable"] = true;
      } else {
        choices.push_back(lower(choice, depth + 1));
      }
    }
    take_choices(std::move(choices), out);
  }
}

// "only allowed for STRING type", and no member may be empty.
void SchemaLowering::lower_enum(const Tree& schema, Tree& out) {
  const auto found = schema.find("enum");
  if (found == schema.end() || !found->is_array() || out.contains("anyOf")) {
    return;
  }
  const bool texts = std::all_of(found->begin(), found->end(), [](const Tree& value) {
    return value.is_string() && !value.get_ref<const std::string&>().empty();
  });
  if (texts && !found->empty()) {
    out["type"] = "string";
    out["enum"] = *found;
    return;
  }
  lossy_ = true;
  if (!out.contains("type")) {
    const bool numbers = std::all_of(found->begin(), found->end(), json::is_number);
    out["type"] = numbers ? "number" : "string";
  }
  describe(out, list_values(*found));
}

void SchemaLowering::lower_array(const Tree& schema, Tree& out, int depth) {
  if (out.value("type", Tree()) != "array") {
    return;
  }
  if (schema.contains("items") && schema["items"].is_object() && !schema["items"].empty()) {
    out["items"] = lower(schema["items"], depth + 1);
    return;
  }
  if (schema.contains("prefixItems") && schema["prefixItems"].is_array() &&
      !schema["prefixItems"].empty()) {
    lossy_ = true;
    Tree choices = Tree::array();
    for (const Tree& item : schema["prefixItems"]) {
      Tree lowered = lower(item, depth + 1);
      if (std::find(choices.begin(), choices.end(), lowered) == choices.end()) {
        choices.push_back(std::move(lowered));
      }
    }
    out["items"] = choices.size() == 1 ? choices[0] : Tree({{"anyOf", choices}});
    return;
  }
  out["items"] = {{"type", "string"}};  // "items: missing field"
}

void SchemaLowering::lower_object(const Tree& schema, Tree& out, int depth) {
  if (out.value("type", Tree()) != "object") {
    return;
  }
  const auto found = schema.find("properties");
  if (found == schema.end() || !found->is_object() || found->empty()) {
    return;  // "should be non-empty for OBJECT type"
  }
  Tree properties = Tree::object();
  for (const auto& [name, property] : found->items()) {
    properties[name] = lower(property, depth + 1);
  }
  Tree required = Tree::array();
  if (schema.contains("required") && schema["required"].is_array()) {
    for (const Tree& name : schema["required"]) {
      if (name.is_string() && properties.contains(name.get_ref<const std::string&>())) {
        required.push_back(name);
      }
    }
  }
  out["properties"] = std::move(properties);
  if (!required.empty()) {
    out["required"] = std::move(required);
  }
}

}  // namespace llmproxy::gemini
