#include "json/tree.h"

#include "base/assert.h"
#include "base/text.h"
#include "json/lenient.h"

#include <algorithm>
#include <utility>

namespace llmproxy::json {
namespace {

Tree read_string_value(Cursor& cursor) {
  String text;
  cursor.read_string(text);
  return text.decode();
}

Tree read_number_value(Cursor& cursor) {
  std::string_view text;
  cursor.read_number(text);
  if (const auto integer = parse_integer(text)) {
    return *integer;
  }
  return Tree::binary({text.begin(), text.end()});
}

// Of two members with one name the second one counts.
Tree read_object(Cursor& cursor) {
  Tree object = Tree::object();
  Index index(object);
  each_member(cursor, [&](const String& key) { index.set(key.decode(), read_tree(cursor)); });
  return object;
}

Tree read_array(Cursor& cursor) {
  Tree array = Tree::array();
  each_element(cursor, [&] { array.push_back(read_tree(cursor)); });
  return array;
}

std::size_t count(Cursor& cursor) {
  std::size_t values = 1;
  if (cursor.kind() == Kind::object) {
    each_member(cursor, [&](const String&) { values += count(cursor); });
  } else {
    each_element(cursor, [&] { values += count(cursor); });
  }
  return values;
}

std::string_view number_text(const Tree::binary_t& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

const Tree* find(const Tree& object, std::string_view name) {
  if (object.is_object()) {
    for (const auto& [key, value] : members(object)) {
      if (key == name) {
        return &value;
      }
    }
  }
  return nullptr;
}

Tree* find(Tree& object, std::string_view name) {
  return const_cast<Tree*>(find(std::as_const(object), name));
}

void set(Tree& object, std::string_view name, Tree value) {
  LLMPROXY_ASSERT(object.is_object());
  if (Tree* member = find(object, name)) {
    *member = std::move(value);
  } else {
    append(object, name, std::move(value));
  }
}

// Not emplace(), which walks over all members.
void append(Tree& object, std::string_view name, Tree value) {
  members(object).emplace_back(std::string(name), std::move(value));
}

Tree& find_or_add(Tree& object, std::string_view name, const Tree& otherwise) {
  if (!has(object, name)) {
    set(object, name, otherwise);
  }
  return *find(object, name);
}

void set_text(Tree& object, std::string_view name, std::string_view text) {
  set(object, name, std::string(text));
}

void erase(Tree& object, std::string_view name) {
  object.erase(std::string(name));
}

Tree take(Tree& object, std::string_view name) {
  Tree* member = find(object, name);
  Tree taken = member != nullptr ? std::move(*member) : Tree();
  erase(object, name);
  return taken;
}

std::string_view text_of(const Tree* tree) {
  const auto* text = tree != nullptr ? tree->get_ptr<const std::string*>() : nullptr;
  return text != nullptr ? std::string_view(*text) : std::string_view();
}

bool is_text(const Tree* tree, std::string_view text) {
  return tree != nullptr && tree->is_string() && text_of(tree) == text;
}

bool holds(const Tree& array, const Tree& value) {
  return std::find(array.begin(), array.end(), value) != array.end();
}

Tree* Index::find(std::string_view name) {
  constexpr std::size_t kFew = 16;
  if (members_.size() <= kFew) {
    for (auto& [key, value] : members_) {
      if (key == name) {
        return &value;
      }
    }
    return nullptr;
  }
  while (places_.size() < members_.size()) {
    places_.emplace(members_.data()[places_.size()].first, places_.size());
  }
  const auto place = places_.find(name);
  return place == places_.end() ? nullptr : &members_.data()[place->second].second;
}

void Index::set(std::string_view name, Tree value) {
  if (Tree* member = find(name)) {
    *member = std::move(value);
  } else {
    members_.emplace_back(std::string(name), std::move(value));
  }
}

Tree& Index::find_or_add(std::string_view name, const Tree& otherwise) {
  Tree* member = find(name);
  return member != nullptr ? *member : members_.emplace_back(std::string(name), otherwise).second;
}

Size size_of(const Tree& tree) {
  Size size{1, text_of(&tree).size()};
  if (const auto* bytes = tree.get_ptr<const Tree::binary_t*>()) {
    size.bytes += bytes->size();
  }
  if (tree.is_object()) {
    for (const auto& [name, value] : members(tree)) {
      const Size inner = size_of(value);
      size.nodes += inner.nodes;
      size.bytes += inner.bytes + name.size();
    }
  } else if (tree.is_array()) {
    for (const Tree& value : tree) {
      const Size inner = size_of(value);
      size.nodes += inner.nodes;
      size.bytes += inner.bytes;
    }
  }
  return size;
}

std::size_t count_values(std::string_view text) {
  Cursor cursor(text);
  return count(cursor);
}

Tree read_tree(Cursor& cursor) {
  bool value = false;
  switch (cursor.kind()) {
    case Kind::object:
      return read_object(cursor);
    case Kind::array:
      return read_array(cursor);
    case Kind::string:
      return read_string_value(cursor);
    case Kind::number:
      return read_number_value(cursor);
    case Kind::boolean:
      cursor.read_bool(value);
      return value;
    default:
      cursor.skip_value();  // null, or a failure
      return nullptr;
  }
}

void write_tree(const Tree& tree, Writer& out) {
  switch (tree.type()) {
    case Tree::value_t::object:
      out.begin_object();
      for (const auto& [name, value] : members(tree)) {
        out.text_key(name);
        write_tree(value, out);
      }
      out.end_object();
      break;
    case Tree::value_t::array:
      out.begin_array();
      for (const Tree& value : *tree.get_ptr<const Tree::array_t*>()) {
        write_tree(value, out);
      }
      out.end_array();
      break;
    case Tree::value_t::string:
      out.text(*tree.get_ptr<const std::string*>());
      break;
    case Tree::value_t::number_integer:
      out.integer(*tree.get_ptr<const std::int64_t*>());
      break;
    case Tree::value_t::binary:
      out.copy_raw(number_text(*tree.get_ptr<const Tree::binary_t*>()));
      break;
    case Tree::value_t::boolean:
      out.boolean(*tree.get_ptr<const bool*>());
      break;
    default:
      LLMPROXY_ASSERT(tree.is_null());  // nobody puts other numbers in here
      out.null();
  }
}

Tree read_tree(std::string_view text) {
  Cursor cursor(text);
  Tree tree = read_tree(cursor);
  if (cursor.failed() || !cursor.at_end()) {
    return nullptr;
  }
  return tree;
}

std::string write_tree(const Tree& tree) {
  Buffer out;
  Writer writer(out);
  write_tree(tree, writer);
  return std::string(out.view());
}

}  // namespace llmproxy::json
