#include "dialects/gemini/tool_names.h"

#include "base/hash.h"
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

TEST_CASE("names that become one and the same are told apart") {
  const chat::Request request = declare({"a b", "a?b", "a_b"});
  gemini::ToolNames names(request);
  CHECK(names.to_upstream({"a_b", false}) == "a_b");
  std::string last = "a_b";
  for (const char* name : {"a b", "a?b"}) {
    const std::string upstream(names.to_upstream({name, false}));
    CHECK(upstream.starts_with("a_b_"));
    CHECK(upstream != last);
    CHECK(names.to_client(upstream) == name);
    last = upstream;
  }
  // One that is not declared is not taken for one that is.
  CHECK(names.to_upstream({"a/b", false}) != "a_b");
  CHECK(names.to_client("a/b") == "a/b");
}

TEST_CASE("a name with a hash that is taken as well is not given a second time") {
  std::string taken = "a_b_" + hash_digits("a b");
  std::string also = "a_b_" + hash_digits("a b_");
  const chat::Request request = declare({"a b", "a_b", taken.c_str(), also.c_str()});
  gemini::ToolNames names(request);
  const std::string upstream(names.to_upstream({"a b", false}));
  CHECK(upstream != "a_b");
  CHECK(upstream != taken);
  CHECK(upstream != also);
  CHECK(names.to_client(upstream) == "a b");
  CHECK(names.to_client(taken) == taken);
}

TEST_CASE("as many names as may be are found without looking at all of them") {
  chat::Request request;
  for (int i = 0; i < 4096; ++i) {
    request.tools.emplace_back().name = {request.storage.emplace_back("f " + std::to_string(i)),
                                         false};
  }
  gemini::ToolNames names(request);
  for (int round = 0; round < 10; ++round) {
    for (const chat::Tool& tool : request.tools) {
      const std::string upstream(names.to_upstream(tool.name));
      REQUIRE(names.to_client(upstream) == tool.name.raw);
    }
  }
  for (int i = 0; i < 50'000; ++i) {
    const std::string name = "old " + std::to_string(i);
    REQUIRE(names.to_upstream({name, false}) == "old_" + std::to_string(i));
  }
}

TEST_CASE("a module in front of a declared name goes") {
  const chat::Request request = declare({"f"});
  const gemini::ToolNames names(request);
  CHECK(names.to_client("default_api:f") == "f");
  CHECK(names.to_client("default_api.f") == "f");
  CHECK(names.to_client("default_api:g") == "default_api:g");
}
