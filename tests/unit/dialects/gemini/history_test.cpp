#include "dialects/gemini/history.h"

#include "native/catch.h"
#include "unit/dialects/read_chat.h"

#include <string>

using namespace llmproxy;

namespace {

// The turns as short text: "U", "M", and results as "R(id,id!)", with "!" where there was none.
std::string arrange(const std::string& messages, std::string* changes = nullptr) {
  const std::string body = R"({"model":"m","messages":[)" + messages + "]}";
  auto request = read_chat(body);
  if (!request) {
    return request.error().param;
  }
  chat::Changes found;
  gemini::History history;
  if (Status status = gemini::arrange(*request, found, history); !status) {
    return "E " + status.error().param;
  }
  std::string out;
  for (gemini::Content rest = history.parts; !rest.empty();) {
    const gemini::Content content = gemini::first_content(rest);
    rest = rest.subspan(content.size());
    const gemini::Turn turn = content.front().turn;
    out += turn == gemini::Turn::user ? "U" : turn == gemini::Turn::model ? "M" : "R(";
    if (turn != gemini::Turn::results) {
      continue;
    }
    for (const gemini::PartRef& part : content) {
      out += std::string(part.call->id.raw) + (part.part == nullptr ? "!" : "") + ",";
    }
    out += ")";
  }
  if (changes != nullptr) {
    *changes = found.text();
  }
  return out;
}

const std::string kUser = R"({"role":"user","content":"x"})";
std::string calls(const std::string& a, const std::string& b = "") {
  const auto call = [](const std::string& id) {
    return R"({"id":")" + id + R"(","type":"function","function":{"name":"f","arguments":"{}"}})";
  };
  return R"({"role":"assistant","tool_calls":[)" + call(a) + (b.empty() ? "" : "," + call(b)) +
         "]}";
}
std::string result(const std::string& id) {
  return R"({"role":"tool","tool_call_id":")" + id + R"(","content":"r"})";
}

}  // namespace

TEST_CASE("results stand together, in the order of their calls") {
  CHECK(arrange(kUser + "," + calls("a", "b") + "," + result("b") + "," + result("a")) ==
        "UMR(a,b,)");
  CHECK(arrange(kUser + "," + calls("a", "b") + "," + result("a") + "," + kUser + "," +
                result("b")) == "UMR(a,b,)U");
}

TEST_CASE("a call without a result gets a stand-in, and that is told") {
  std::string changes;
  CHECK(arrange(kUser + "," + calls("a", "b") + "," + result("a") + "," + kUser, &changes) ==
        "UMR(a,b!,)U");
  CHECK(changes == "messages[1].tool_calls=rewritten");
}

TEST_CASE("a result without a call is refused by its place") {
  CHECK(arrange(kUser + "," + result("a")) == "E messages[1].tool_call_id");
  CHECK(arrange(result("a") + "," + calls("a")) == "E messages[0].tool_call_id");
  CHECK(arrange(R"({"role":"function","name":"f","content":"r"})") == "E messages[0].name");
}

TEST_CASE("ids may come again in later turns") {
  CHECK(arrange(kUser + "," + calls("a") + "," + result("a") + "," + calls("a") + "," +
                result("a")) == "UMR(a,)MR(a,)");
}

TEST_CASE("the older role of functions finds its call by name") {
  CHECK(arrange(kUser + R"(,{"role":"assistant","function_call":{"name":"f","arguments":"{}"}},)"
                        R"({"role":"function","name":"f","content":"r"})") == "UMR(,)");
}

TEST_CASE("a result finds its call among those that are open, whatever else was answered") {
  const auto function = [](const std::string& name) {
    return R"({"role":"assistant","function_call":{"name":")" + name + R"(","arguments":"{}"}})";
  };
  const auto answer = [](const std::string& name) {
    return R"({"role":"function","name":")" + name + R"(","content":"r"})";
  };
  // By name, after others were found by their ids, and the other way around.
  CHECK(arrange(kUser + "," + calls("a", "b") + "," + result("a") + "," + answer("f") + "," +
                function("g") + "," + answer("g") + "," + calls("c") + "," + result("c")) ==
        "UMR(a,b,)MR(,)MR(c,)");
  // An id with an escape is the id that it stands for.
  CHECK(arrange(kUser + "," + calls("a\u0062", "b") + "," + result("ab") + "," +
                result("\u0062")) == "UMR(a\u0062,b,)");
  // The later turn is answered first, then the earlier one, which was still open.
  CHECK(arrange(kUser + "," + calls("a") + "," + calls("a") + "," + result("a") + "," +
                result("a")) == "UMR(a,)MR(a,)");
  // Answered in the order back, front, middle.
  CHECK(arrange(kUser + "," + calls("a", "b") + "," + calls("c") + "," + result("c") + "," +
                result("a") + "," + result("b")) == "UMR(a,b,)MR(c,)");
  // A third result to two calls of one id replaces the last.
  std::string changes;
  CHECK(arrange(kUser + "," + calls("a", "a") + "," + result("a") + "," + result("a") + "," +
                    result("a"),
                &changes) == "UMR(a,a,)");
  CHECK(changes == "messages[3]=dropped");
}

TEST_CASE("a user who says nothing still parts two turns") {
  CHECK(arrange(kUser + R"(,{"role":"assistant","content":"a"},{"role":"user","content":""},)"
                        R"({"role":"assistant","content":"b"})") == "UMUM");
}
