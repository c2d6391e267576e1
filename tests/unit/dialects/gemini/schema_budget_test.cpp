// Schemas that stand for more than they are: what comes out is bounded, and so is the work. Where
// the work once grew with the square of the schema, its size here would take many seconds.
#include "base/limits.h"
#include "dialects/gemini/schema.h"
#include "json/tree.h"
#include "native/catch.h"

#include <functional>
#include <string>
#include <string_view>

using namespace llmproxy;

namespace {

struct Outcome {
  std::string json;
  bool lossy = false;
  bool over = false;
};

Outcome lower(std::string_view schema) {
  gemini::SchemaBudget budget;
  budget.begin("here");
  gemini::Schema out = gemini::lower_schema(schema, budget);
  return {out.json, out.lossy, budget.is_over()};
}

Outcome adapt(std::string_view schema) {
  gemini::SchemaBudget budget;
  budget.begin("here");
  const auto out = gemini::adapt_schema(schema, budget);
  return {out ? out->json : std::string(schema), out && out->lossy, budget.is_over()};
}

std::string list(std::size_t count, const std::function<std::string(std::size_t)>& element) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) {
    out += (i == 0 ? "" : ",") + element(i);
  }
  return out;
}

std::string numbered(std::string_view name, std::size_t i) {
  return "\"" + std::string(name) + std::to_string(i) + "\"";
}

std::string properties(std::size_t count, const std::string& schema) {
  return "{" + list(count, [&](std::size_t i) { return numbered("p", i) + ":" + schema; }) + "}";
}

// Each definition uses the next one `width` times.
std::string fan(std::size_t levels, std::size_t width, const std::string& beside) {
  return R"({"type":"object","properties":{"root":{"$ref":"#/$defs/d0")" + beside +
         R"(}},"$defs":{)" +
         list(levels,
              [&](std::size_t i) {
                const std::string next =
                    R"({"$ref":"#/$defs/d)" + std::to_string(i + 1) + "\"" + beside + "}";
                return numbered("d", i) + R"(:{"type":"object","properties":)" +
                       properties(width, next) + "}";
              }) +
         R"(,"d)" + std::to_string(levels) + R"(":{"type":"string"}}})";
}

}  // namespace

TEST_CASE("definitions that use one another several times are written out up to a limit") {
  for (const char* beside : {"", R"(,"description":"x")"}) {
    const std::string schema = fan(8, 10, beside);
    CHECK(schema.size() < 6000);
    const Outcome lowered = lower(schema);
    CHECK_FALSE(lowered.over);
    CHECK(lowered.lossy);
    CHECK(lowered.json.size() < 4U << 20U);
    CHECK(lowered.json.find("As JSON.") != std::string::npos);
    const Outcome adapted = adapt(schema);
    CHECK_FALSE(adapted.over);
    CHECK(adapted.json.size() < 2U << 20U);
  }
  // As those from API descriptions do: below the limit all of it is there.
  const Outcome small = lower(fan(3, 5, ""));
  CHECK(small.json.find("As JSON.") == std::string::npos);
  CHECK_FALSE(small.lossy);
}

TEST_CASE("long texts of definitions are copied up to a limit") {
  const std::string text = std::string(100'000, 'x');
  const std::string schema = R"({"type":"object","properties":)" +
                             properties(500, R"({"$ref":"#/$defs/d"})") +
                             R"(,"$defs":{"d":{"type":"string","description":")" + text + "\"}}}";
  const Outcome lowered = lower(schema);
  CHECK_FALSE(lowered.over);
  CHECK(lowered.json.size() < 2U << 20U);
}

TEST_CASE("a chain of definitions is followed so far") {
  std::string schema =
      R"({"$ref":"#/$defs/d0","$defs":{)" +
      list(20'000,
           [](std::size_t i) {
             return numbered("d", i) + R"(:{"$ref":"#/$defs/d)" + std::to_string(i + 1) + "\"}";
           }) +
      R"(,"d20000":{"type":"string"}}})";
  CHECK(lower(schema).json == R"({"type":"string","description":"As JSON."})");
  schema = R"({"type":"object","properties":{"a":{"$ref":"#/$defs/d0","title":"t"}},"$defs":{)" +
           list(20'000,
                [](std::size_t i) {
                  return numbered("d", i) + R"(:{"title":"u","$ref":"#/$defs/d)" +
                         std::to_string(i + 1) + "\"}";
                }) +
           R"(,"d20000":{"type":"string"}}})";
  CHECK_FALSE(lower(schema).over);
  CHECK_FALSE(adapt(schema).over);
}

TEST_CASE("lists of types do not multiply without end") {
  std::string schema = R"({"type":"string"})";
  const std::string types = list(16, [](std::size_t) { return std::string("\"object\""); });
  for (int i = 0; i < 6; ++i) {
    schema = R"({"type":[)" + types + R"(],"properties":{"a":)" + schema + "}}";
  }
  CHECK(lower(schema).over);
  const std::string many = R"({"type":[)" +
                           list(10'000, [](std::size_t i) { return numbered("t", i); }) +
                           R"(],"pattern":")" + std::string(1000, 'x') + "\"}";
  CHECK(lower(many).json.size() < 30'000);
}

TEST_CASE("allOf that holds itself comes to an end") {
  const std::string twice = R"({"allOf":[{"$ref":"#/$defs/a"},{"$ref":"#/$defs/a"}],"$defs":{)"
                            R"("a":{"allOf":[{"$ref":"#/$defs/b"},{"$ref":"#/$defs/b"}]},)"
                            R"("b":{"allOf":[{"$ref":"#/$defs/a"},{"$ref":"#/$defs/a"}]}}})";
  CHECK(adapt(twice).json.size() < 10'000);
  CHECK(lower(twice).json.size() < 10'000);
  const std::string once =
      R"({"allOf":[{"$ref":"#/$defs/a"}],"$defs":{"a":{"allOf":[{"$ref":"#/$defs/a"}],"title":"t"}}})";
  CHECK(adapt(once).json.size() < 1000);
  std::string nested = R"({"title":"t"})";
  for (int i = 0; i < 120; ++i) {
    nested = R"({"allOf":[)" + nested + R"(,{"minimum":1}]})";
  }
  CHECK_FALSE(adapt(nested).over);
}

TEST_CASE("a large schema takes work in proportion") {
  const std::size_t count = 20'000;
  const std::string names = list(count, [](std::size_t i) { return numbered("p", i); });
  const std::string object = R"({"type":"object","properties":)" +
                             properties(count, R"({"type":"string"})") + R"(,"required":[)" +
                             names + "]";
  const Outcome lowered = lower(object + "}");
  CHECK_FALSE(lowered.over);
  CHECK((lowered.json == object + "}"));

  const std::string parts = R"({"allOf":[)" +
                            list(count,
                                 [](std::size_t i) {
                                   return R"({"properties":{)" + numbered("p", i) +
                                          R"(:{}},"required":[)" + numbered("p", i) + "]}";
                                 }) +
                            "]}";
  const Outcome merged = adapt(parts);
  CHECK_FALSE(merged.over);
  CHECK(merged.json.find(R"("p19999":{})") != std::string::npos);

  const std::string impossible = R"({"type":"object","properties":)" + properties(count, "false") +
                                 R"(,"required":[)" + names + "]}";
  CHECK(adapt(impossible).json == R"({"type":"object","properties":{},"required":[]})");

  const std::string beside = R"({"type":"object","properties":{"a":{"$ref":"#/$defs/d",)" +
                             list(count, [](std::size_t i) { return numbered("x", i) + ":1"; }) +
                             R"(}},"$defs":{"d":{"type":"string"}}})";
  CHECK_FALSE(adapt(beside).over);

  const std::string references =
      R"({"type":"object","properties":{)" +
      list(count,
           [](std::size_t i) {
             return numbered("p", i) + R"(:{"$ref":"#/$defs/d)" + std::to_string(i) + "\"}";
           }) +
      R"(},"$defs":{)" +
      list(count, [](std::size_t i) { return numbered("d", i) + R"(:{"type":"string"})"; }) + "}}";
  const Outcome written = lower(references);
  CHECK_FALSE(written.over);
  CHECK(written.json.find(R"("p0":{"type":"string"})") != std::string::npos);

  const std::string tuple =
      R"({"type":"array","prefixItems":[)" +
      list(count,
           [](std::size_t i) { return R"({"type":"string","title":)" + numbered("t", i) + "}"; }) +
      "]}";
  CHECK_FALSE(lower(tuple).over);
  CHECK(lower(R"({"type":"object","properties":)" + properties(80'000, "{}") + "}").over);
  CHECK(
      adapt(R"({"type":"object","properties":)" + properties(80'000, R"({"const":1})") + "}").over);
}

TEST_CASE("definitions that hold themselves are searched so often") {
  const std::string self = R"({"type":"object","properties":{"a":)" +
                           std::string(R"({"$ref":"#/$defs/d","title":"t"})") +
                           R"(},"$defs":{"d":)" + R"({"type":"object","properties":{)" +
                           list(9'000,
                                [](std::size_t i) {
                                  return numbered("p", i) + R"(:{"$ref":"#/$defs/d","title":"t"})";
                                }) +
                           "}}}}";
  CHECK_FALSE(adapt(self).over);
}

TEST_CASE("the budget is that of the request, and its error names the schema") {
  const std::string schema =
      R"({"type":"object","properties":)" + properties(10'000, R"({"const":"a"})") + "}";
  gemini::SchemaBudget budget;
  int schemas = 0;
  while (schemas < 100 && !budget.is_over()) {
    budget.begin("tools[" + std::to_string(schemas++) + "].function.parameters");
    gemini::lower_schema(schema, budget);
  }
  CHECK(schemas > 3);
  CHECK(schemas < 20);
  budget.begin("tools[99].function.parameters");
  const std::string last = "tools[" + std::to_string(schemas - 1) + "].function.parameters";
  Status status = budget.status();
  REQUIRE_FALSE(status);
  CHECK(status.error().param == last);
  CHECK(status.error().http_status() == 400);
  CHECK(status.error().message ==
        "Invalid '" + last +
            "': schema too large. In the words of Gemini, a schema may have 150000 values, and all "
            "of a request 600000 values and 4194304 bytes of text.");
}

TEST_CASE("a member is found by its name among any number") {
  json::Tree object = json::Tree::object();
  json::Index index(object);
  for (int i = 0; i < 40; ++i) {
    index.set("n" + std::to_string(i % 30), i);
  }
  CHECK(json::members(object).size() == 30);
  CHECK(*index.find("n3") == 33);
  CHECK(*index.find("n29") == 29);
  CHECK(index.find("x") == nullptr);
  CHECK(index.find_or_add("x", 7) == 7);
  CHECK(index.find_or_add("x", 8) == 7);
  CHECK(json::members(object).size() == 31);
}
