#include "sse/parser.h"

#include "base/memory_budget.h"
#include "native/catch.h"
#include "sse/writer.h"

#include <string>
#include <vector>

using namespace llmproxy;

namespace {

using Events = std::vector<std::string>;

void drain(sse::Parser& parser, Events& out) {
  while (const auto event = parser.next()) {
    out.emplace_back(event->data);
  }
}

Events events(std::string_view text, std::size_t piece, bool finish = true) {
  sse::Parser parser(1 << 20);
  Events out;
  for (std::size_t at = 0; at < text.size(); at += piece) {
    parser.feed(text.substr(at, piece));
    drain(parser, out);
  }
  if (finish) {
    parser.finish();
    drain(parser, out);
  }
  return out;
}

// Whole, byte by byte, and cut in two at every offset: always the same.
Events events_any_way(std::string_view text) {
  const Events whole = events(text, text.size() + 1);
  CHECK(events(text, 1) == whole);
  for (std::size_t at = 1; at < text.size(); ++at) {
    sse::Parser parser(1 << 20);
    Events out;
    parser.feed(text.substr(0, at));
    drain(parser, out);
    parser.feed(text.substr(at));
    drain(parser, out);
    parser.finish();
    drain(parser, out);
    CHECK(out == whole);
  }
  return whole;
}

}  // namespace

TEST_CASE("lines end with LF, CRLF or CR") {
  CHECK(events_any_way("data: a\n\ndata: b\n\n") == Events{"a", "b"});
  CHECK(events_any_way("data: a\r\n\r\ndata: b\r\n\r\n") == Events{"a", "b"});
  CHECK(events_any_way("data: a\r\rdata: b\r\r") == Events{"a", "b"});
  CHECK(events_any_way("data: a\r\n\ndata: b\n\r\n") == Events{"a", "b"});
}

TEST_CASE("fields: comments, other names, no space, several lines of data") {
  CHECK(events_any_way(": ping\n\ndata:x\nevent: y\nid: 1\nretry: 2\nunknown\n\n") == Events{"x"});
  CHECK(events_any_way("data: a\ndata:  b\ndata\n\n") == Events{"a\n b\n"});
  CHECK(events_any_way("data:\n\n") == Events{""});
  CHECK(events_any_way("datax: a\n\n").empty());
  CHECK(events_any_way("event: done\n\n").empty());
}

TEST_CASE("a byte order mark may stand at the beginning, and only there") {
  CHECK(events_any_way("\xEF\xBB\xBF"
                       "data: a\n\n") == Events{"a"});
  CHECK(events_any_way("data: a\n\n\xEF\xBB\xBF"
                       "data: b\n\n") == Events{"a"});
}

TEST_CASE("the last event may lack its blank line, and even its line end") {
  CHECK(events_any_way("data: a\n\ndata: b") == Events{"a", "b"});
  CHECK(events_any_way("data: a\n") == Events{"a"});
  CHECK(events("data: a\n", 100, false).empty());
}

TEST_CASE("a bare JSON object between events comes out as one") {
  CHECK(events_any_way("data: {\"a\":1}\n\n{\n  \"error\": {\n    \"code\": 499\n  }\n}\n") ==
        Events{"{\"a\":1}", "{\n  \"error\": {\n    \"code\": 499\n  }\n}"});
}

TEST_CASE("a stream that is one JSON array comes out element by element") {
  const Events two = {R"({"a":[1,{"b":2}]})", R"({"c":"],}\\\"[{"})"};
  const std::string first = two[0];
  const std::string second = two[1];
  for (const std::string& text :
       {"[" + first + "," + second + "]", "[" + first + "\n,\r\n" + second + "\n]\n",
        " \r\n\n [\n\n" + first + "\n\n,\n\n" + second + "\n\n]",
        "\xEF\xBB\xBF[" + first + ",\n" + second + "]", "[" + first + "]\n[" + second + "]"}) {
    CHECK(events_any_way(text) == two);
  }
  CHECK(events_any_way("[]") == Events{});
  CHECK(events_any_way(" [ \n ] ") == Events{});
  CHECK(events_any_way(R"([1, "a,]" ,null])") == Events{"1", R"("a,]")", "null"});
}

TEST_CASE("an element of an array is there as soon as it is complete") {
  CHECK(events("[{\"a\":1}", 100, false) == Events{"{\"a\":1}"});
  CHECK(events("[{\"a\":{}", 100, false) == Events{});
}

TEST_CASE("what is cut off in the middle of an array, or is none, comes out as it is") {
  CHECK(events_any_way("[{\"a\":1},{\"b\"") == Events{"{\"a\":1}", "{\"b\""});
  CHECK(events_any_way("[{\"a\":1} x {\"b\":1}]") == Events{"{\"a\":1}", "x {\"b\":1}"});
}

TEST_CASE("an array has no limit, and its elements have") {
  std::string text = "[";
  for (int i = 0; i < 100; ++i) {
    text += (i == 0 ? "{\"a\":\"" : ",{\"a\":\"") + std::string(60, 'x') + "\"}";
  }
  for (const std::size_t limit : {std::size_t{50}, std::size_t{200}}) {
    sse::Parser parser(limit);
    Events out;
    for (std::size_t at = 0; at < text.size(); at += 7) {
      parser.feed(text.substr(at, 7));
      drain(parser, out);
    }
    CHECK(parser.overflowed() == (limit == 50));
    CHECK(out.size() == (limit == 50 ? 0 : 100));
  }
}

TEST_CASE("an event that is too large is an overflow, and nothing comes after it") {
  sse::Parser parser(100);
  parser.feed("data: " + std::string(90, 'x'));
  REQUIRE_FALSE(parser.next());
  REQUIRE_FALSE(parser.overflowed());
  parser.feed(std::string(90, 'x'));
  REQUIRE_FALSE(parser.next());
  parser.feed("\n\ndata: a\n\n");
  REQUIRE_FALSE(parser.next());
  REQUIRE(parser.overflowed());
}

TEST_CASE("lines of an event that there is no memory for are an overflow, too") {
  const std::size_t before = set_memory_budget(counted_memory() + 200'000);
  sse::Parser parser(std::size_t{16} << 20U);
  bool came = false;
  for (int i = 0; i < 100; ++i) {
    parser.feed("data: " + std::string(10'000, 'x') + "\n");
    came = came || parser.next().has_value();
  }
  parser.feed("\ndata: a\n\n");
  came = came || parser.next().has_value();
  set_memory_budget(before);
  CHECK_FALSE(came);
  CHECK(parser.overflowed());
}

TEST_CASE("the writer writes what the parser reads") {
  Buffer out;
  sse::write_event("{}", out);
  sse::write_event("[DONE]", out);
  REQUIRE(events_any_way(out.view()) == Events{"{}", "[DONE]"});
}

TEST_CASE("a large piece of short lines takes work in proportion, whatever ends them") {
  for (const std::string end : {"\r", "\n", "\r\n"}) {
    sse::Parser parser(std::size_t{16} << 20U);
    std::string piece;
    for (int i = 0; i < 1'000'000; ++i) {
      piece += "data:" + end + end;
    }
    parser.feed(piece + "data: last" + end);
    parser.finish();
    std::size_t count = 0;
    std::string last;
    while (const auto event = parser.next()) {
      ++count;
      last = event->data;
    }
    CHECK(count == 1'000'001);
    CHECK(last == "last");
  }
}
