#include "dialects/gemini/tool_names.h"

#include "native/catch.h"

#include <string>

using namespace llmproxy;

namespace {
chat::Request declare(std::initializer_list<const char*> names) {
  chat::Request request;
  for (const char* name : names) {
    request.tools.emplace_back().name = {name, false};
  }
  return request;
}
}  // namespace

TEST_CASE("names that Gemini takes stay") {
  const chat::Request request = declare({"get_weather", "a.b-c"});
  gemini::ToolNames names(request);
  CHECK(names.to_upstream({"get_weather", false}) == "get_weather");
  CHECK(names.to_upstream({"a.b-c", false}) == "a.b-c");
  CHECK(names.to_client("get_weather") == "get_weather");
}

TEST_CASE("other names go there and come back") {
  const std::string lengthy(100, 'x');
  const chat::Request request = declare({"1st", "_1st", "-dash", "sp ace", "名", lengthy.c_str()});
  gemini::ToolNames names(request);
  for (const chat::Tool& tool : request.tools) {
    const std::string upstream(names.to_upstream(tool.name));
    INFO(upstream);
    CHECK(upstream.size() <= 64);
    CHECK((upstream[0] == '_' || (upstream[0] >= 'a' && upstream[0] <= 'z')));
    CHECK(names.to_client(upstream) == tool.name.raw);
  }
}

TEST_CASE("a module in front of a declared name goes") {
  const chat::Request request = declare({"f"});
  const gemini::ToolNames names(request);
  CHECK(names.to_client("default_api:f") == "f");
  CHECK(names.to_client("default_api.f") == "f");
  CHECK(names.to_client("default_api:g") == "default_api:g");
}
