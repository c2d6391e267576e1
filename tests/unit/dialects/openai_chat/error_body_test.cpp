#include "dialects/openai_chat/error_body.h"

#include "native/catch.h"

#include <nlohmann/json.hpp>

#include <string>

using namespace llmproxy;
using Tree = nlohmann::json;

namespace {

Tree upstream(int status, const std::string& body) {
  Buffer out;
  openai_chat::write_upstream_error(status, "Groq", body, out);
  return Tree::parse(std::string(out.view())).at("error");
}

}  // namespace

TEST_CASE("an error has all four members") {
  Buffer out;
  openai_chat::write_error({ErrorCode::missing_key, "say \"please\"", ""}, out);
  REQUIRE(
      out.view() ==
      R"({"error":{"message":"say \"please\"","type":"invalid_request_error","param":null,"code":null}})");
  out.clear();
  openai_chat::write_error_event({ErrorCode::invalid_value, "m", "n"}, out);
  REQUIRE(out.view() ==
          "data: "
          "{\"error\":{\"message\":\"m\",\"type\":\"invalid_request_error\",\"param\":\"n\","
          "\"code\":\"invalid_value\"}}\n\n");
}

TEST_CASE("a supplier's error keeps what it says and gets what it lacks") {
  const Tree error = upstream(
      400,
      R"({"error":{"message":"bad","type":"t","code":"tool_use_failed","failed_generation":"x","n":{"a":[1]}}})");
  CHECK(
      error ==
      Tree::parse(
          R"({"message":"bad","type":"t","param":null,"code":"tool_use_failed","failed_generation":"x","n":{"a":[1]}})"));
  CHECK(upstream(429, R"({"error":{"message":"slow"}})") ==
        Tree::parse(R"({"message":"slow","type":"rate_limit_error","param":null,"code":null})"));
  CHECK(upstream(500, R"({"error":"text"})").at("message") == "text");
  CHECK(upstream(500, R"({"error":{"type":null,"message":null}})").at("type") == "server_error");
}

TEST_CASE("param and code are strings or null") {
  CHECK(upstream(400, R"({"error":{"message":"m","code":400,"param":-1.5}})").at("code") == "400");
  CHECK(upstream(400, R"({"error":{"message":"m","code":400,"param":-1.5}})").at("param") ==
        "-1.5");
  for (const char* odd : {"null", "true", "{}", "[1]"}) {
    const Tree error =
        upstream(400, std::string(R"({"error":{"message":"m","code":)") + odd + "}}");
    CHECK(error.at("code").is_null());
    CHECK(error.at("param").is_null());
  }
}

TEST_CASE("an error is found in every envelope that suppliers and relays use") {
  const Tree full =
      Tree::parse(R"({"message":"bad key","type":"auth","param":null,"code":"40101"})");
  for (const char* body : {
           R"([{"error":{"code":40101,"message":"bad key","type":"auth"}}])",
           R"({"message":"bad key","code":40101,"type":"auth"})",
           R"([{"code":40101,"message":"bad key","type":"auth","param":{}}])",
           R"({"error":[{"message":"bad key","code":40101,"type":"auth"},{"message":"more"}]})",
           R"({"success":false,"errors":[{"message":"bad key","code":40101,"type":"auth"}]})",
           R"([1,[],{"x":1},{"error":{"message":"bad key","code":40101,"type":"auth"}},{}])",
           R"({"message":"outer","error":{"message":"bad key","code":40101,"type":"auth"}})",
           R"({"message":"bad key","error":null,"code":40101,"type":"auth"})",
           R"({"error":{"x":1},"message":"bad key","code":40101,"type":"auth"})",
           R"({"errors":[{"message":"bad key","code":40101,"type":"auth"}],"error":null})",
       }) {
    INFO(body);
    CHECK(upstream(401, body) == full);
  }
  CHECK(
      upstream(401, R"({"error":"Unauthorized","message":"no such key"})") ==
      Tree::parse(
          R"({"message":"no such key","type":"invalid_request_error","param":null,"code":"Unauthorized"})"));
  CHECK(upstream(500, R"({"code":123,"message":"m","type":5})") ==
        Tree::parse(R"({"message":"m","type":"server_error","param":null,"code":"123"})"));
}

TEST_CASE("what FastAPI says in detail is the message") {
  CHECK(upstream(404, R"({"detail":"Not Found"})") ==
        Tree::parse(
            R"({"message":"Not Found","type":"invalid_request_error","param":null,"code":null})"));
  const Tree error = upstream(
      422, R"({"detail":[{"loc":["body","model"],"msg":"field required","type":"missing"}]})");
  CHECK(error.at("message") == "field required");
  CHECK(error.at("detail").at(0).at("loc").at(1) == "model");
  CHECK(upstream(400, R"({"detail":{"message":"m","x":1}})").at("message") == "m");
  CHECK(upstream(400, R"({"detail":"d","message":"m"})").at("message") == "m");
  CHECK(upstream(400, R"({"detail":"d","error":{"message":"m"}})").at("message") == "m");
  CHECK(upstream(400, R"({"error":"Bad","detail":"d"})").at("message") == "d");
  CHECK(upstream(400, R"({"code":1,"msg":"m"})").at("message") == "m");
}

TEST_CASE("what is no error object is wrapped and not quoted") {
  for (const char* body : {"<html>Attention Required! | Cloudflare</html>", "", "[]", "{\"error\":",
                           R"({"detail":5})", R"({"detail":[]})", "null", R"({"message":5})",
                           R"({"message":"m"} x)", R"([{"error":{"message":"m"}})", R"(["m"])",
                           R"({"error":null})", R"([[{"message":"m"}]])"}) {
    INFO(body);
    const Tree error = upstream(403, body);
    CHECK(error.at("message") ==
          "Groq answered with status 403 and a body that is not an API error.");
    CHECK(error.at("code") == "upstream_error");
  }
}
