// A JSON document as a tree, for what puts, moves and merges parts of documents. nlohmann/json
// keeps it; it is read by the cursor and written by the writer, so it costs the module no second
// lexer and serializer, and no conversion of numbers.
#pragma once

#include "json/cursor.h"
#include "json/writer.h"

#include <nlohmann/json.hpp>

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

// The next value. When that is not JSON the cursor has failed, and the tree is what was read of it.
Tree read_tree(Cursor& cursor);
void write_tree(const Tree& tree, Writer& out);

// The same for text as a whole; null when it is not JSON.
Tree read_tree(std::string_view text);
std::string write_tree(const Tree& tree);

}  // namespace llmproxy::json
