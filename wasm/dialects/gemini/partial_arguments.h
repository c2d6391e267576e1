// The arguments of a call that arrive one value at a time, each with the JSON path it belongs to,
// in any order.
#pragma once

#include "base/buffer.h"
#include "json/cursor.h"
#include "json/writer.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace llmproxy::gemini {

class PartialArguments {
 public:
  // Before anything else: there are none.
  void begin();

  // `pieces`: an array of {"jsonPath": …, "stringValue" | "numberValue" | "boolValue" |
  // "nullValue": …}. A string may come in several pieces for one path. False: a path that leads
  // nowhere, or more than arguments may have (limits.h); what is held is of no use then.
  [[nodiscard]] bool add(std::string_view pieces);
  // About as many bytes of memory are held.
  std::size_t size() const;
  // All of them, as a JSON object.
  void write(Buffer& out) const;

 private:
  struct Value {
    json::Kind kind = json::Kind::null;
    std::string text;              // of a string, number or boolean, as JSON has it
    std::vector<Value*> children;  // of an array or object, in their order
    // Of an object. `children` have the order in which they came, and what is called how is found
    // here: there may be thousands.
    std::map<std::string, Value*, std::less<>> members;
    const std::string* name = nullptr;  // of a member
  };
  struct Piece;

  static bool read(json::Cursor& cursor, Piece& out);
  bool put(const Piece& piece);
  Value* place(std::string_view path);
  Value* place_element(Value& array, std::int64_t index);
  Value* place_member(Value& object, std::string_view name);
  Value* make();
  static void write(const Value& value, json::Writer& out);

  std::list<Value> values_;  // the first one is the object they all are in
  std::size_t bytes_ = 0;    // of texts and names
};

}  // namespace llmproxy::gemini
