# Writes a C++ source that holds a JSON document without its indentation, notes and sources, which only people read.
#   cmake -DINPUT=… -DOUTPUT=… -P cmake/embed_json.cmake
# An array, because some compilers bound the length of a string literal. A note that is the last member of its object, or
# that holds a quote, stays: what is left is the same document either way, and a test compares them.
file(READ "${INPUT}" text)
string(REGEX REPLACE "\"note\": \"[^\"\\]*\",[ \n]*" "" text "${text}")
string(REGEX REPLACE "\"sources\": \\[[^]\\]*\\],[ \n]*" "" text "${text}")
string(REGEX REPLACE "\n *" "" text "${text}")
# The end of a name: behind any other quote inside of a text stands a backslash.
string(REGEX REPLACE "([a-z_])\": " "\\1\":" text "${text}")
string(HEX "${text}" hex)
string(REGEX REPLACE "(..)" "0x\\1," bytes "${hex}")
file(WRITE "${OUTPUT}" "// Made of ${INPUT} by cmake/embed_json.cmake.
#include \"suppliers/document.h\"

namespace llmproxy::suppliers {
namespace {

constexpr unsigned char kDocument[] = {${bytes}};

}  // namespace

std::string_view document() {
  return {reinterpret_cast<const char*>(kDocument), sizeof kDocument};
}

}  // namespace llmproxy::suppliers
")
