// A JSON document as a tree, for what puts, moves and merges parts of documents. nlohmann/json
// keeps it; it is read by the cursor and written by the writer, so it costs the module no second
// lexer and serializer, and no conversion of numbers. The functions here are what is done with one
// everywhere: nlohmann's own are templates, which are compiled anew at each use.
#pragma once

#include "json/cursor.h"
#include "json/writer.h"

#include <nlohmann/json.hpp>

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace llmproxy::json {

// Members keep their order: models fill properties in the order in which they are declared.
//
// A number that is no std::int64_t is in here as its text, in nlohmann's type for bytes, which JSON
// has no other use for: "0.10" stays that, and so do 30 digits.
using Tree = nlohmann::ordered_json;

inline bool is_number(const Tree& tree) {
  return tree.is_number() || tree.is_binary();
}

// The member of this name; nullptr when there is none, or no object. Members that come or go move
// those behind them.
Tree* find(Tree& object, std::string_view name);
const Tree* find(const Tree& object, std::string_view name);
inline bool has(const Tree& object, std::string_view name) {
  return find(object, name) != nullptr;
}
// In place of what was there, or behind the last one.
void set(Tree& object, std::string_view name, Tree value);
// Puts a copy of `otherwise` behind the last one if there was none.
Tree& find_or_add(Tree& object, std::string_view name, const Tree& otherwise);
// Behind the last one; there must be none of this name.
void append(Tree& object, std::string_view name, Tree value);
void set_text(Tree& object, std::string_view name, std::string_view text);
void erase(Tree& object, std::string_view name);
// Erases it, and returns what it was; null when there was none.
Tree take(Tree& object, std::string_view name);

// Of a tree that may be missing: the text, empty when this is no string.
std::string_view text_of(const Tree* tree);
// Is there a string, and is it this one?
bool is_text(const Tree* tree, std::string_view text);
bool holds(const Tree& array, const Tree& value);
// Of what is known to be an object.
inline const Tree::object_t& members(const Tree& object) {
  return *object.get_ptr<const Tree::object_t*>();
}
inline Tree::object_t& members(Tree& object) {
  return *object.get_ptr<Tree::object_t*>();
}

// The members of one object by their names, for what looks up many of them: find() walks over all.
// Nobody else may add or remove members meanwhile.
class Index {
 public:
  explicit Index(Tree& object) : members_(members(object)) {}

  Tree* find(std::string_view name);
  bool has(std::string_view name) { return find(name) != nullptr; }
  // As the functions of these names.
  void set(std::string_view name, Tree value);
  Tree& find_or_add(std::string_view name, const Tree& otherwise);

 private:
  Tree::object_t& members_;
  // Of a large object; members behind these were not looked at yet.
  std::map<std::string, std::size_t, std::less<>> places_;
};

// What a tree takes: its values, and the bytes of its texts and names.
struct Size {
  std::size_t nodes = 0;
  std::size_t bytes = 0;
};
Size size_of(const Tree& tree);
// The values of JSON text, without making a tree of them.
std::size_t count_values(std::string_view text);

// The next value. When that is not JSON the cursor has failed, and the tree is what was read of it.
Tree read_tree(Cursor& cursor);
void write_tree(const Tree& tree, Writer& out);

// The same for text as a whole; null when it is not JSON.
Tree read_tree(std::string_view text);
std::string write_tree(const Tree& tree);

}  // namespace llmproxy::json
