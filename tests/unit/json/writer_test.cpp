#include "json/writer.h"

#include "base/buffer.h"
#include "base/spans.h"
#include "native/catch.h"

#include <string>
#include <string_view>

using namespace llmproxy;

TEST_CASE("a writer places commas and quotes") {
  Buffer out;
  json::Writer writer(out);
  writer.begin_object();
  writer.key("a");
  writer.begin_array();
  writer.integer(-1);
  writer.text("x\"y");
  writer.string({"raw\\n", true});
  writer.boolean(false);
  writer.null();
  writer.begin_object();
  writer.end_object();
  writer.end_array();
  writer.key("b");
  writer.raw("1.50");
  writer.end_object();
  REQUIRE(out.view() == R"({"a":[-1,"x\"y","raw\n",false,null,{}],"b":1.50})");
}

TEST_CASE("a string between other JSON is the same copied and referred to") {
  const auto written = [](std::string_view raw) {
    SpanList out;
    out.set_min_referenced(8);
    json::Writer writer(out);
    writer.begin_array();
    writer.string(R"({"text":)", {raw, false}, "}");
    writer.string(R"([{"text":)", {raw, false}, "}]");
    writer.end_array();
    std::string joined;
    for (const Span& span : out.spans()) {
      joined.append(span.data, span.size);
    }
    return joined;
  };
  CHECK(written("") == R"([{"text":""},[{"text":""}]])");
  CHECK(written("short") == R"([{"text":"short"},[{"text":"short"}]])");
  CHECK(written("of some length") == R"([{"text":"of some length"},[{"text":"of some length"}]])");
}
