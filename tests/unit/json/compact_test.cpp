#include "json/compact.h"

#include "native/catch.h"

#include <nlohmann/json.hpp>

#include <string>

using namespace llmproxy;

namespace {

std::string compact(std::string_view json) {
  Buffer out;
  json::compact(json, out);
  return std::string(out.view());
}

}  // namespace

TEST_CASE("white space goes outside of strings, and nothing else does") {
  CHECK(compact("{\n  \"a b\" : [ 1 ,\t2.50, -0e1 ],\r\n \"c\":\" x \\\" y \\\\\" }") ==
        R"({"a b":[1,2.50,-0e1],"c":" x \" y \\"})");
  CHECK(compact(R"({"a":"你 好","b":{}})") == R"({"a":"你 好","b":{}})");
  CHECK(compact("  null  ") == "null");
  CHECK(compact("").empty());
}

TEST_CASE("what is written in any way becomes what is written compactly") {
  const nlohmann::json tree =
      nlohmann::json::parse(R"({"a":[[],{},[1,[2,{"b":null}]]],"\"\\\n":"\\\\\"","":"\u0020 "})");
  for (const int indent : {0, 1, 4}) {
    CHECK(compact(tree.dump(indent, '\t')) == tree.dump());
  }
}
