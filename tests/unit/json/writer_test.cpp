#include "json/writer.h"

#include "base/buffer.h"
#include "native/catch.h"

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
