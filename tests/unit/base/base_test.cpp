#include "base/buffer.h"
#include "base/bytes.h"
#include "base/error.h"
#include "base/limits.h"
#include "base/random.h"
#include "base/result.h"
#include "base/spans.h"
#include "base/text.h"
#include "native/catch.h"

#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace llmproxy;

TEST_CASE("text helpers") {
  REQUIRE(equals_ignoring_case("Bearer", "bEARER"));
  REQUIRE_FALSE(equals_ignoring_case("Bearer", "Bear"));
  REQUIRE(trim(" \r\n x y\t") == "x y");
  REQUIRE(lower("GeMini-2") == "gemini-2");
  REQUIRE(concat({"a", "", "bc"}) == "abc");
  REQUIRE(parse_integer("-12") == -12);
  REQUIRE_FALSE(parse_integer("12.0"));
  REQUIRE_FALSE(parse_integer(""));
  REQUIRE(parse_integer("007") == 7);
  REQUIRE(parse_integer("999999999999999999") == 999999999999999999);
  REQUIRE(parse_integer("9223372036854775807") == std::numeric_limits<std::int64_t>::max());
  REQUIRE(parse_integer("-9223372036854775808") == std::numeric_limits<std::int64_t>::min());
  REQUIRE_FALSE(parse_integer("9223372036854775808"));
  REQUIRE_FALSE(parse_integer("-9223372036854775809"));
  REQUIRE_FALSE(parse_integer("18446744073709551617"));
  REQUIRE(parse_integer("00000000000000000000012") == 12);
  REQUIRE(parse_integer("0") == 0);
  REQUIRE(parse_integer("-0") == 0);
  REQUIRE_FALSE(parse_integer("-"));
  REQUIRE_FALSE(parse_integer("--1"));
  REQUIRE_FALSE(parse_integer("1 "));
  REQUIRE_FALSE(parse_integer("+1"));
  REQUIRE(contains("abc", "bc"));
}

TEST_CASE("shorten cuts no UTF-8 sequence") {
  REQUIRE(shorten("你好", 6) == "你好");
  REQUIRE(shorten("你好", 5) == "你…");
  REQUIRE(shorten("你好", 2) == "…");
}

TEST_CASE("a buffer grows, consumes and moves") {
  Buffer buffer;
  buffer.append("hello ");
  buffer.append("world");
  buffer.consume(6);
  REQUIRE(buffer.view() == "world");
  Buffer other = std::move(buffer);
  REQUIRE(other.view() == "world");
  REQUIRE(buffer.size() == 0);
  char* room = other.reserve(3);
  REQUIRE(room != nullptr);
  room[0] = '!';
  other.commit(1);
  REQUIRE(other.view() == "world!");
  other.release();
  REQUIRE(other.size() == 0);
}

TEST_CASE("a buffer that cannot grow says so and stays as it was") {
  Buffer buffer;
  buffer.append("x");
  REQUIRE(buffer.reserve_exactly(std::size_t{1} << 62U) == nullptr);
  REQUIRE(buffer.failed());
  REQUIRE(buffer.view() == "x");
}

TEST_CASE("a span list refers to large slices and copies small ones") {
  const std::string large(kMinReferencedSlice, 'L');
  SpanList list;
  list.append("begin");
  list.append_slice(large);
  list.append_slice("small");
  list.append(".");
  const auto spans = list.spans();
  REQUIRE(spans.size() == 3);
  REQUIRE(spans[1].data == large.data());
  REQUIRE(std::string(spans[0].data, spans[0].size) == "begin");
  REQUIRE(std::string(spans[2].data, spans[2].size) == "small.");
  REQUIRE(list.size() == 5 + large.size() + 6);
}

TEST_CASE("a span list knows whether it is in one piece") {
  const std::string large(kMinReferencedSlice, 'L');
  SpanList copied;
  copied.append("begin");
  copied.append_slice("small");
  REQUIRE(copied.one_piece() == "beginsmall");
  SpanList referred;
  referred.append_slice(large);
  REQUIRE(referred.one_piece().data() == large.data());
  REQUIRE(referred.one_piece().size() == large.size());
  referred.append(".");
  REQUIRE(referred.one_piece().empty());
  copied.append_slice(large);
  REQUIRE(copied.one_piece().empty());
}

TEST_CASE("few bytes are copied and compared whatever their number") {
  const std::string from = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
  for (std::size_t size = 0; size <= from.size(); ++size) {
    INFO(size);
    const std::string exact(from, 0, size);
    std::string to(size, '.');
    copy_bytes(to.data(), exact.data(), size);
    REQUIRE(to == exact);
    REQUIRE(same_bytes(to.data(), exact.data(), size));
    for (char& byte : to) {
      const char kept = std::exchange(byte, '!');
      REQUIRE_FALSE(same_bytes(to.data(), exact.data(), size));
      byte = kept;
    }
  }
  copy_bytes(nullptr, nullptr, 0);
  REQUIRE(same_bytes(nullptr, nullptr, 0));
}

TEST_CASE("results hold a value or an error") {
  Result<int> good = 3;
  REQUIRE(good);
  REQUIRE(*good == 3);
  Result<int> bad = Error{ErrorCode::invalid_value, "no", "n"};
  REQUIRE_FALSE(bad);
  REQUIRE(bad.error().param == "n");
  REQUIRE(bad.error().http_status() == 400);
  Error with_status{ErrorCode::upstream_rejected, "", ""};
  with_status.status = 418;
  REQUIRE(with_status.http_status() == 418);
}

TEST_CASE("identifiers follow from the seed") {
  Random a(1);
  Random b(1);
  const std::string id = a.identifier("call_");
  REQUIRE(id.size() == 29);
  REQUIRE(id == b.identifier("call_"));
  REQUIRE(id != a.identifier("call_"));
}

TEST_CASE("lists as text") {
  using Parts = std::vector<std::string_view>;
  CHECK(join(Parts{}, ", ").empty());
  CHECK(join(Parts{"a"}, ", ") == "a");
  CHECK(join(Parts{"a", "b", "c"}, "|") == "a|b|c");
  CHECK(enumerate(Parts{}).empty());
  CHECK(enumerate(Parts{"a"}) == "a");
  CHECK(enumerate(Parts{"a", "b"}) == "a and b");
  CHECK(enumerate(Parts{"a", "b", "c"}) == "a, b and c");
}
