// A row per keyword that users saw refused.
#include "dialects/gemini/schema.h"

#include "native/catch.h"

#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

using namespace llmproxy;

namespace {

std::optional<gemini::Schema> adapt(std::string_view schema) {
  gemini::SchemaBudget budget;
  return gemini::adapt_schema(schema, budget);
}
gemini::Schema lower(std::string_view schema) {
  gemini::SchemaBudget budget;
  return gemini::lower_schema(schema, budget);
}

std::string adapted(const std::string& schema) {
  const auto result = adapt(schema);
  return result ? result->json + (result->lossy ? " lossy" : "") : "as it is";
}

std::string lowered(const std::string& schema) {
  const gemini::Schema result = lower(schema);
  return result.json + (result.lossy ? " lossy" : "");
}

std::string property(const std::string& schema) {
  return R"({"type":"object","properties":{"p":)" + schema + "}}";
}
std::string adapted_property(const std::string& schema) {
  const auto result = adapt(property(schema));
  if (!result) {
    return "as it is";
  }
  return nlohmann::ordered_json::parse(result->json)["properties"]["p"].dump() +
         (result->lossy ? " lossy" : "");
}
std::string lowered_property(const std::string& schema) {
  const gemini::Schema result = lower(property(schema));
  return nlohmann::ordered_json::parse(result.json)["properties"]["p"].dump() +
         (result.lossy ? " lossy" : "");
}

}  // namespace

TEST_CASE("JSON Schema: most schemas go byte by byte") {
  for (
      const char* schema :
      {R"({"type":"object","properties":{"a":{"type":["string","null"]}},"required":["a"],"additionalProperties":false})",
       R"({"$schema":"http://json-schema.org/draft-07/schema#","type":"object","properties":{}})",
       R"({"type":"object","properties":{"n":{"enum":[1,2]},"s":{"anyOf":[{"type":"string"},{"type":"null"}]}}})",
       R"({"type":"object","properties":{"d":{"type":"string","default":null,"format":"uuid","pattern":"^a"}}})",
       R"({"type":"array","items":{"oneOf":[{"type":"string"}]}})"}) {
    INFO(schema);
    CHECK(adapted(schema) == "as it is");
  }
}

TEST_CASE("JSON Schema: what Gemini needs in other words") {
  CHECK(adapted_property(R"({"const":"a"})") == R"({"enum":["a"],"type":"string"})");
  CHECK(adapted_property(R"({"const":1})") == R"({"enum":[1],"type":"integer"})");
  CHECK(adapted_property(R"({"const":{"a":1}})") == R"({"type":"object"} lossy)");
  CHECK(adapted_property(R"({"const":[1]})") == R"({"type":"array"} lossy)");
  CHECK(adapted_property(R"({"enum":[true,false]})") == R"({"type":"boolean"} lossy)");
  CHECK(adapted_property(R"({"const":true})") == R"({"type":"boolean"} lossy)");
  CHECK(adapted_property(R"({"const":null})") == R"({"type":"null"})");
  CHECK(adapted_property(R"({"type":"string","enum":["a",null]})") ==
        R"({"type":["string","null"],"enum":["a"]})");
  CHECK(adapted_property(R"({"type":"integer","exclusiveMinimum":0})") ==
        R"({"type":"integer","minimum":1})");
  CHECK(adapted_property(R"({"type":"integer","exclusiveMaximum":10})") ==
        R"({"type":"integer","maximum":9})");
  CHECK(adapted_property(R"({"type":"number","exclusiveMinimum":0})") ==
        R"({"type":"number","minimum":0} lossy)");
  CHECK(adapted_property(R"({"type":"integer","minimum":3,"exclusiveMinimum":true})") ==
        R"({"type":"integer","minimum":4})");
  CHECK(adapted_property(R"({"type":"string","nullable":true})") ==
        R"({"type":["string","null"]})");
  CHECK(adapted_property("true") == "{}");
  CHECK(
      adapted(
          R"({"type":"object","properties":{"a":false,"b":{"type":"string"}},"required":["a","b"]})") ==
      R"({"type":"object","properties":{"b":{"type":"string"}},"required":["b"]})");
  CHECK(adapted(R"({"properties":{"a":{"type":"string"}}})") ==
        R"({"properties":{"a":{"type":"string"}},"type":"object"})");
}

TEST_CASE("allOf becomes one schema") {
  CHECK(adapted_property(R"({"allOf":[{"type":"string"}]})") == R"({"type":"string"})");
  CHECK(
      adapted_property(
          R"({"allOf":[{"type":"object","properties":{"a":{"type":"string"}},"required":["a"]},{"type":"object","properties":{"b":{"type":"string"}},"required":["b"]}]})") ==
      R"({"type":"object","properties":{"a":{"type":"string"},"b":{"type":"string"}},"required":["a","b"]})");
  CHECK(adapted_property(R"({"allOf":[{"type":"string","minLength":1},{"minLength":2}]})") ==
        R"({"type":"string","minLength":1} lossy)");
  CHECK(
      adapted_property(R"({"properties":true,"allOf":[{"properties":{"a":{"type":"string"}}}]})") ==
      R"({"properties":{"a":{"type":"string"}}} lossy)");
}

TEST_CASE("what two schemas say differently is kept from the first, and the rest of both") {
  CHECK(
      adapted_property(
          R"({"allOf":[{"properties":{"a":{"type":"string"}}},{"properties":{"a":{"type":"number"},"b":{"type":"string"}}}]})") ==
      R"({"properties":{"a":{"type":"string"},"b":{"type":"string"}}} lossy)");
}

TEST_CASE("no value of any keyword is more than the adapter can take") {
  const std::vector<std::string> keywords = {"type",
                                             "enum",
                                             "const",
                                             "items",
                                             "prefixItems",
                                             "properties",
                                             "required",
                                             "allOf",
                                             "anyOf",
                                             "oneOf",
                                             "$ref",
                                             "$defs",
                                             "definitions",
                                             "nullable",
                                             "format",
                                             "title",
                                             "additionalProperties",
                                             "description",
                                             "minimum",
                                             "exclusiveMinimum",
                                             "maxItems"};
  const std::vector<std::string> values = {"null",
                                           "true",
                                           "false",
                                           "1",
                                           "0.5",
                                           R"("")",
                                           R"("#/$defs/a")",
                                           R"("array")",
                                           "[]",
                                           R"(["object","null"])",
                                           R"([null,{},true])",
                                           "{}",
                                           R"({"a":true})",
                                           R"({"a":{"$ref":"#/$defs/a","title":""}})",
                                           R"([{"properties":{"a":{}},"required":["a"]}])"};
  const auto is_json = [](const std::string& text) { return nlohmann::json::accept(text); };
  std::vector<std::string> members;
  for (const std::string& keyword : keywords) {
    for (const std::string& value : values) {
      members.push_back("\"" + keyword + "\":" + value);
    }
  }
  for (auto first = members.begin(); first != members.end(); ++first) {
    for (auto second = first; second != members.end(); ++second) {
      const std::string schema = "{" + *second + "," + *first + "}";
      const auto adapted = adapt(schema);
      if (!is_json(lower(schema).json) || (adapted && !is_json(adapted->json))) {
        FAIL(schema);
      }
    }
  }
}

TEST_CASE("definitions and references") {
  CHECK(
      adapted(
          R"({"type":"object","properties":{"a":{"$ref":"#/definitions/A"}},"definitions":{"A":{"type":"string"}}})") ==
      R"({"type":"object","properties":{"a":{"$ref":"#/$defs/A"}},"$defs":{"A":{"type":"string"}}})");
  // What stands beside a reference is merged with a copy of the target.
  CHECK(
      adapted(
          R"({"type":"object","properties":{"a":{"$ref":"#/$defs/A","description":"mine"}},"$defs":{"A":{"type":"string","description":"theirs"}}})") ==
      R"({"type":"object","properties":{"a":{"type":"string","description":"mine"}},"$defs":{"A":{"type":"string","description":"theirs"}}})");
  // One that holds itself has no copy that ends.
  CHECK(
      adapted(
          R"({"type":"object","properties":{"a":{"$ref":"#/$defs/A","description":"mine"}},"$defs":{"A":{"type":"object","properties":{"next":{"$ref":"#/$defs/A"}}}}})") ==
      R"({"type":"object","properties":{"a":{"$ref":"#/$defs/A"}},"$defs":{"A":{"type":"object","properties":{"next":{"$ref":"#/$defs/A"}}}}} lossy)");
  CHECK(adapted(R"({"type":"object","properties":{"a":{"$ref":"#/$defs/B","description":"x"}}})") ==
        R"({"type":"object","properties":{"a":{"$ref":"#/$defs/B"}}} lossy)");
}

TEST_CASE("references by anchors, ids and in other notations") {
  const auto refer = [](const std::string& reference, const std::string& definition,
                        const std::string& more = "", const std::string& under = "$defs") {
    const std::string schema = R"({)" + more + R"("type":"object","properties":{"a":{"$ref":")" +
                               reference + R"("}},")" + under + R"(":{"A":)" + definition + "}}";
    const auto result = adapt(schema);
    const auto tree = nlohmann::ordered_json::parse(result ? result->json : schema);
    return tree["properties"]["a"]["$ref"].get<std::string>() +
           (result && result->lossy ? " lossy" : "");
  };
  const std::string plain = R"({"type":"string"})";
  const std::string id = R"("$id":"https://x.example/dir/root.json",)";
  CHECK(refer("#/$defs/A", plain) == "#/$defs/A");
  CHECK(refer("#/%24defs/A", plain) == "#/$defs/A");
  CHECK(refer("#/%24de%66s/A", plain) == "#/$defs/A");
  CHECK(refer("#/def%69nitions/A", plain, "", "definitions") == "#/$defs/A");
  CHECK(refer("#thing", R"({"$anchor":"thing","type":"string"})") == "#/$defs/A");
  CHECK(refer("#thing", R"({"$anchor":"thing","type":"string"})", "", "definitions") ==
        "#/$defs/A");
  CHECK(refer("#thing", R"({"$id":"#thing","type":"string"})") == "#/$defs/A");
  CHECK(refer("#gone", plain) == "#gone lossy");
  CHECK(refer("root.json#/$defs/A", plain, id) == "#/$defs/A");
  CHECK(refer("./root.json#/$defs/A", plain, id) == "#/$defs/A");
  CHECK(refer("../dir/root.json#/$defs/A", plain, id) == "#/$defs/A");
  CHECK(refer("/dir/root.json#/$defs/A", plain, id) == "#/$defs/A");
  CHECK(refer("root.json", plain, id) == "#");
  CHECK(refer("root.json#/$defs/A", plain, R"("$id":"root.json",)") == "#/$defs/A");
  CHECK(refer("a.json", R"({"$id":"a.json","type":"string"})", id) == "#/$defs/A");
  CHECK(refer("a.json", R"({"$id":"a.json","type":"string"})") == "#/$defs/A");
  CHECK(refer("https://x.example/dir/a.json#t",
              R"({"$id":"a.json","properties":{"~/":{"$anchor":"t"}}})",
              id) == "#/$defs/A/properties/~0~1");
  CHECK(refer("other.json#/$defs/A", plain, id) == "other.json#/$defs/A lossy");
  // Inside of a schema with an id of its own, the root is that schema.
  CHECK(
      adapted(
          R"({"$ref":"b.json","$defs":{"B":{"$id":"b.json","type":"object","properties":{"n":{"$ref":"#"},"m":{"$ref":"#/$defs/M"}},"$defs":{"M":{"type":"string"}}}}})") ==
      R"({"$ref":"#/$defs/B","$defs":{"B":{"$id":"b.json","type":"object","properties":{"n":{"$ref":"#/$defs/B"},"m":{"$ref":"#/$defs/B/$defs/M"}},"$defs":{"M":{"type":"string"}}}}})");
  CHECK(
      lowered(
          R"({"type":"object","properties":{"a":{"$ref":"#t"}},"$defs":{"A":{"$anchor":"t","type":"integer"}}})") ==
      R"({"type":"object","properties":{"a":{"type":"integer"}}})");
}

TEST_CASE("data in a schema stays what it is") {
  const std::string data = R"({"$ref":"#/definitions/A","$id":"x.json","$anchor":"t"})";
  for (const std::string key : {"default", "example"}) {
    const std::string property = R"({"type":"object",")" + key + "\":" + data + "}";
    const std::string schema =
        R"({"type":"object","properties":{"a":)" + property +
        R"(,"b":{"$ref":"#/definitions/A"}},"definitions":{"A":{"type":"string"}}})";
    CHECK(adapted(schema) == R"({"type":"object","properties":{"a":)" + property +
                                 R"(,"b":{"$ref":"#/$defs/A"}},"$defs":{"A":{"type":"string"}}})");
  }
  const std::string list =
      R"({"type":"string","examples":[)" + data + R"(],"enum":["#/definitions/A"]})";
  CHECK(
      adapted(R"({"type":"object","properties":{"enum":)" + list +
              R"(,"default":{"$ref":"#/definitions/A"}},"definitions":{"A":{"type":"string"}}})") ==
      R"({"type":"object","properties":{"enum":)" + list +
          R"(,"default":{"$ref":"#/$defs/A"}},"$defs":{"A":{"type":"string"}}})");
}

TEST_CASE("types in capitals, as Google writes them") {
  CHECK(adapted(
            R"({"type":"OBJECT","properties":{"a":{"type":"ARRAY","items":{"type":"STRING"}}}})") ==
        R"({"type":"object","properties":{"a":{"type":"array","items":{"type":"string"}}}})");
  CHECK(lowered_property(R"({"type":"ARRAY","items":{"type":"INTEGER"}})") ==
        R"({"type":"array","items":{"type":"integer"}})");
  CHECK(adapted_property(R"({"type":"Any"})") == "as it is");
}

TEST_CASE("OpenAPI: keywords that are rejected by name") {
  CHECK(
      lowered(
          R"({"type":"object","properties":{"a":{"type":"string"}},"additionalProperties":false})") ==
      R"({"type":"object","properties":{"a":{"type":"string"}}} lossy)");
  CHECK(lowered(
            R"({"$schema":"x","$id":"y","type":"object","properties":{"a":{"type":"string"}}})") ==
        R"({"type":"object","properties":{"a":{"type":"string"}}})");
  CHECK(lowered_property(R"({"const":"a"})") == R"({"type":"string","enum":["a"]})");
  CHECK(lowered_property(R"({"const":{"a":1}})") == R"({"type":"object"} lossy)");
  CHECK(
      lowered_property(
          R"({"type":"object","properties":{"a":{"type":"string"}},"propertyNames":{"pattern":"x"}})") ==
      R"({"type":"object","properties":{"a":{"type":"string"}}} lossy)");
  CHECK(lowered_property(R"({"type":"string","examples":["a"],"default":"b","title":"T"})") ==
        R"({"title":"T","type":"string"})");
  CHECK(lowered_property(R"({"type":"string","not":{"const":"a"}})") ==
        R"({"type":"string"} lossy)");
  CHECK(lowered_property(R"({"type":"object","patternProperties":{"^a":{"type":"string"}}})") ==
        R"({"type":"object"} lossy)");
}

TEST_CASE("OpenAPI: one type, and null beside it") {
  CHECK(lowered_property(R"({"type":["string","null"]})") ==
        R"({"nullable":true,"type":"string"})");
  CHECK(lowered_property(R"({"anyOf":[{"type":"string"},{"type":"null"}]})") ==
        R"({"nullable":true,"type":"string"})");
  CHECK(lowered_property(R"({"type":["string","integer"]})") ==
        R"({"anyOf":[{"type":"string"},{"type":"integer"}]})");
  CHECK(lowered_property(R"({"oneOf":[{"type":"string"},{"type":"integer"}]})") ==
        R"({"anyOf":[{"type":"string"},{"type":"integer"}]})");
}

// "When using any_of, it must be the only field set."
TEST_CASE("OpenAPI: choices stand alone") {
  CHECK(
      lowered_property(
          R"({"description":"Which.","title":"T","anyOf":[{"type":"string","description":"A name."},{"type":"integer"},{"type":"null"}]})") ==
      R"({"anyOf":[{"description":"Which. A name.","type":"string","title":"T","nullable":true},{"type":"integer"}]})");
  CHECK(
      lowered_property(R"({"description":"Which.","type":["string","integer","null"]})") ==
      R"({"anyOf":[{"type":"string","description":"Which.","nullable":true},{"type":"integer"}]})");
  CHECK(
      lowered_property(
          R"({"type":"string","minLength":2,"anyOf":[{"type":"string"},{"type":"integer"}],"enum":["a"]})") ==
      R"({"anyOf":[{"type":"string"},{"type":"integer"}]} lossy)");
  CHECK(
      lowered_property(
          R"({"type":"array","items":{"description":"D","anyOf":[{"type":"string"},{"type":"integer"}]}})") ==
      R"({"type":"array","items":{"anyOf":[{"type":"string","description":"D"},{"type":"integer"}]}})");
}

TEST_CASE("OpenAPI: an object stays one, whatever it lets choose") {
  CHECK(
      lowered(
          R"({"type":"object","properties":{"a":{"type":"string"},"b":{"type":"integer"}},"anyOf":[{"required":["a"]},{"required":["b"]}]})") ==
      R"({"type":"object","properties":{"a":{"type":"string"},"b":{"type":"integer"}}} lossy)");
  CHECK(
      lowered_property(
          R"({"type":"object","properties":{"a":{"type":"string"}},"required":["a"],"oneOf":[{"properties":{"a":{"type":"integer"},"b":{"type":"integer"}}},{"type":"object","properties":{"c":{"type":"string"}}}]})") ==
      R"({"type":"object","properties":{"a":{"type":"string"},"b":{"type":"integer"},"c":{"type":"string"}},"required":["a"]} lossy)");
  CHECK(
      lowered(
          R"({"type":"object","anyOf":[{"type":"object","properties":{"a":{"type":"string"}}},{"type":"object","properties":{"b":{"type":"string"}}}]})") ==
      R"({"type":"object","properties":{"a":{"type":"string"},"b":{"type":"string"}}} lossy)");
}

TEST_CASE("OpenAPI: enums are texts") {
  CHECK(lowered_property(R"({"enum":["a","b"]})") == R"({"type":"string","enum":["a","b"]})");
  CHECK(lowered_property(R"({"type":"integer","enum":[60,120]})") ==
        R"({"type":"integer","description":"One of: 60, 120."} lossy)");
  CHECK(lowered_property(R"({"type":"string","enum":["a",""]})") ==
        R"({"type":"string","description":"One of: \"a\", \"\"."} lossy)");
}

TEST_CASE("OpenAPI: arrays have items, objects have properties") {
  CHECK(lowered_property(R"({"type":"array"})") == R"({"type":"array","items":{"type":"string"}})");
  CHECK(lowered_property(R"({"type":"object","properties":{}})") == R"({"type":"object"})");
  CHECK(lowered_property(
            R"({"type":"array","prefixItems":[{"type":"string"},{"type":"integer"}]})") ==
        R"({"type":"array","items":{"anyOf":[{"type":"string"},{"type":"integer"}]}} lossy)");
  CHECK(lowered(
            R"({"type":"object","properties":{"a":{"type":"string"}},"required":["a","gone"]})") ==
        R"({"type":"object","properties":{"a":{"type":"string"}},"required":["a"]})");
}

TEST_CASE("OpenAPI: references are written out, and end") {
  CHECK(
      lowered(
          R"({"type":"object","properties":{"a":{"$ref":"#/$defs/A"}},"$defs":{"A":{"type":"string"}}})") ==
      R"({"type":"object","properties":{"a":{"type":"string"}}})");
  const std::string recursive = lowered(
      R"({"type":"object","properties":{"a":{"$ref":"#/$defs/A"}},"$defs":{"A":{"type":"object","properties":{"next":{"$ref":"#/$defs/A"}}}}})");
  CHECK(
      recursive ==
      R"({"type":"object","properties":{"a":{"type":"object","properties":{"next":{"type":"string","description":"As JSON."}}}}} lossy)");
  std::string deep = R"({"type":"string"})";
  for (int i = 0; i < 40; ++i) {
    deep = R"({"type":"object","properties":{"a":)" + deep + "}}";
  }
  CHECK(lowered(deep).ends_with(" lossy"));
}

TEST_CASE("OpenAPI: bounds on arrays are told in words") {
  CHECK(
      lowered_property(R"({"type":"array","items":{"type":"string"},"minItems":1,"maxItems":3})") ==
      R"({"minItems":1,"description":"At most 3 items.","type":"array","items":{"type":"string"}} lossy)");
}

TEST_CASE("OpenAPI: conditions, discriminators and booleans go") {
  CHECK(
      lowered_property(
          R"({"type":"object","properties":{"a":{"type":"string"}},"if":{"required":["a"]},"then":{},"else":{}})") ==
      R"({"type":"object","properties":{"a":{"type":"string"}}} lossy)");
  CHECK(
      lowered_property(
          R"({"anyOf":[{"type":"string"},{"type":"integer"}],"discriminator":{"propertyName":"t"}})") ==
      R"({"anyOf":[{"type":"string"},{"type":"integer"}]} lossy)");
  CHECK(lowered_property(R"({"type":"boolean","enum":[true]})") == R"({"type":"boolean"} lossy)");
}

TEST_CASE("schemas that say nothing are left out") {
  CHECK(gemini::takes_no_arguments(R"({"type":"object","properties":{}})"));
  CHECK(gemini::takes_no_arguments("{}"));
  CHECK_FALSE(gemini::takes_no_arguments(R"({"type":"object","properties":{"a":{}}})"));
  CHECK_FALSE(gemini::takes_no_arguments(R"({"anyOf":[]})"));
}
