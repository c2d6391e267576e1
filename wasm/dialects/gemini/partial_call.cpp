#include "dialects/gemini/partial_call.h"

#include "base/limits.h"
#include "base/text.h"
#include "json/tree.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

namespace llmproxy::gemini {
namespace {

// A tree is the right tool here: values are put at paths, in any order.
using json::Tree;

// One step of a JSON path, removed from its front: ".city", "[0]", "['a b']" or "city".
std::string_view take_step(std::string_view& path) {
  std::string_view close;
  std::size_t begin = path.front() == '.' ? 1 : 0;
  if (path.front() == '[') {
    const char next = path.size() > 1 ? path[1] : ' ';
    close = next == '\'' ? "']" : next == '"' ? "\"]" : "]";
    begin = close.size();
  }
  const std::size_t stop = std::min(
      close.empty() ? path.find_first_of(".[", begin) : path.find(close, begin), path.size());
  const std::string_view name = path.substr(begin, stop - begin);
  path.remove_prefix(std::min(stop + close.size(), path.size()));
  return name;
}

// "$.stops[0].city" as its steps.
std::vector<std::string> steps_of(std::string_view path) {
  std::vector<std::string> steps;
  path.remove_prefix(path.starts_with("$") ? 1 : 0);
  while (!path.empty() && steps.size() <= kMaxJsonDepth) {
    steps.emplace_back(take_step(path));
  }
  return steps;
}

// The element of an array, or of a null that becomes one, made where it is missing; nullptr when
// there can be none. `left`: how many values may still be made.
Tree* place_element(Tree& array, std::int64_t index, std::size_t& left) {
  const auto at = static_cast<std::size_t>(index);
  if (index < 0 || (at >= array.size() && at - array.size() >= left)) {
    return nullptr;
  }
  for (; array.size() <= at; --left) {
    array.push_back(nullptr);
  }
  return &array[at];
}

// The same for the member of an object.
Tree* place_member(Tree& object, const std::string& name, std::size_t& left) {
  if (object.is_null()) {
    object = Tree::object();
  }
  if (!object.is_object() || (left == 0 && !json::has(object, name))) {
    return nullptr;
  }
  const std::size_t before = object.size();
  Tree& member = json::find_or_add(object, name, nullptr);
  left -= object.size() - before;
  return &member;
}

// The place of a path in `root`.
Tree* place(Tree& root, const std::vector<std::string>& steps, std::size_t& left) {
  if (steps.size() > kMaxJsonDepth) {
    return nullptr;
  }
  Tree* node = &root;
  for (const std::string& step : steps) {
    const auto index = parse_integer(step);
    const bool element = index && (node->is_array() || node->is_null());
    node = element ? place_element(*node, *index, left) : place_member(*node, step, left);
    if (node == nullptr) {
      return nullptr;
    }
  }
  return node;
}

// {"jsonPath": …, "stringValue" | "numberValue" | "boolValue" | "nullValue": …}. A string may come
// in several pieces for one path.
void apply(const Tree& piece, Tree& root, std::size_t& left) {
  const Tree* path = json::find(piece, "jsonPath");
  if (path == nullptr || !path->is_string()) {
    return;
  }
  Tree* node = place(root, steps_of(json::text_of(path)), left);
  if (node == nullptr) {
    return;
  }
  for (const auto& [name, value] : json::members(piece)) {
    if (name == "stringValue" && value.is_string()) {
      if (!node->is_string()) {
        *node = "";
      }
      node->get_ptr<std::string*>()->append(json::text_of(&value));
    } else if (name == "nullValue") {
      *node = nullptr;
    } else if (name == "numberValue" || name == "boolValue") {
      *node = value;
    }
  }
}

}  // namespace

void read_call(json::Cursor& cursor, CallFragment& out) {
  using json::Kind;
  if (cursor.kind() != Kind::object) {
    cursor.skip_value();
    return;
  }
  json::String key;
  cursor.enter_object();
  while (cursor.next_member(key)) {
    const Kind kind = cursor.kind();
    if (key.equals("name") && kind == Kind::string) {
      cursor.read_string(out.name);
    } else if (key.equals("id") && kind == Kind::string) {
      cursor.read_string(out.id);
    } else if (key.equals("args") && kind == Kind::object) {
      cursor.skip_value(out.arguments);
    } else if (key.equals("partialArgs") && kind == Kind::array) {
      cursor.skip_value(out.partial);
    } else if (key.equals("willContinue") && kind == Kind::boolean) {
      cursor.read_bool(out.will_continue);
    } else {
      cursor.skip_value();
    }
  }
}

void PartialCall::begin(const CallFragment& fragment, const chat::Text& signature) {
  open_ = true;
  id_ = fragment.id.raw;
  name_ = fragment.name.raw;
  signature_ = signature.raw;
  pieces_.clear();
  bytes_ = 0;
  add(fragment);
}

void PartialCall::add(const CallFragment& fragment) {
  bytes_ += fragment.partial.size();
  if (!fragment.partial.empty() && bytes_ <= kMaxPartialBytes) {
    pieces_.emplace_back(fragment.partial);
  }
}

chat::ToolCall PartialCall::finish(std::uint32_t choice) {
  Tree root = Tree::object();
  std::size_t left = kMaxPartialValues;
  for (const std::string& piece : pieces_) {
    const Tree list = json::read_tree(piece);
    for (const Tree& entry : list) {
      if (entry.is_object()) {
        apply(entry, root, left);
      }
    }
  }
  open_ = false;
  arguments_ = json::write_tree(root);
  return {choice, {id_, false}, {name_, false}, arguments_, {signature_, false}};
}

}  // namespace llmproxy::gemini
