#include "json/plain_runs.h"

#include "json/cursor.h"
#include "native/catch.h"

#include <random>
#include <string>
#include <vector>

using namespace llmproxy;
using json::PlainRuns;

namespace {

// What a cursor makes of a document: its strings, and the fault.
std::string read_all(const std::string& text, const PlainRuns* plain) {
  json::Cursor cursor(text, plain);
  std::string out;
  if (cursor.enter_array()) {
    while (cursor.next_element()) {
      json::String string;
      if (cursor.try_read_string(string)) {
        out.append(string.raw).append(string.has_escapes ? "\nescapes\n" : "\n");
      } else if (!cursor.skip_value()) {
        break;
      }
    }
  }
  return out.append(cursor.at_end() ? "over" : "more").append(cursor.fault());
}

// In pieces of this size, each where the ones before have moved to.
void extend_by(PlainRuns& plain, const std::string& text, std::size_t piece) {
  for (std::size_t size = 0; size < text.size();) {
    size = std::min(size + piece, text.size());
    const std::string so_far = text.substr(0, size);
    plain.extend(so_far);
  }
}

}  // namespace

TEST_CASE("a long run of plain bytes is passed over, and nothing else") {
  const std::string run(100'000, 'A');
  const std::string text = "[\"x\", \"data:image/png;base64," + run + "\", \"tail\"]";
  PlainRuns plain;
  REQUIRE(plain.empty());
  extend_by(plain, text, 30'000);
  REQUIRE_FALSE(plain.empty());
  const std::size_t begin = text.find("data:");
  const std::size_t end = text.find("\", \"tail");
  REQUIRE(plain.skip(text, begin) > begin + 90'000);
  REQUIRE(plain.skip(text, begin) <= end);
  REQUIRE(plain.skip(text, begin + 50'000) <= end);
  REQUIRE(plain.skip(text, 2) == 2);  // a string that ends before the run
  REQUIRE(plain.skip(text, end + 4) == end + 4);
  REQUIRE(read_all(text, &plain) == read_all(text, nullptr));
}

TEST_CASE("short runs are not noted") {
  PlainRuns plain;
  extend_by(plain, "[\"" + std::string(10'000, 'A') + "\",\"" + std::string(15'000, 'B') + "\"]",
            4096);
  REQUIRE(plain.empty());
}

TEST_CASE("a cursor that knows the plain runs reads what one reads that does not") {
  std::mt19937 random(7);
  const auto below = [&](std::size_t limit) { return std::size_t{random()} % limit; };
  // Whole and broken ones: a control character, a quote too few, half an escape, bytes that are no
  // UTF-8.
  const std::vector<std::string> odd = {
      "\\n",     "\\\"", "é",        "日本", "\\u00e9", "\\ud83d\\ude00",
      "\n",      "\\q",  "\\ud83d ", "\xC3", "\xFF",    "\", \"",
      "\",\"\\", "\"",   "\\",       ""};
  for (int i = 0; i < 3000; ++i) {
    std::string text = "[";
    for (std::size_t string = 0, count = 1 + below(6); string < count; ++string) {
      text.append(string > 0 ? ",\"" : "\"");
      for (std::size_t part = 0, parts = below(4); part < parts; ++part) {
        text.append(below(600), static_cast<char>('A' + below(26)));
        text.append(odd[below(i % 2 == 0 ? 6 : odd.size())]);
      }
      text.append("\"");
    }
    text.append("]");
    PlainRuns plain(1 + below(200), 1 + below(100));
    extend_by(plain, text, 1 + below(500));
    INFO(text);
    REQUIRE(read_all(text, &plain) == read_all(text, nullptr));
  }
}
