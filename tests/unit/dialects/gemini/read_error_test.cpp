#include "dialects/gemini/read_error.h"

#include "base/limits.h"
#include "native/catch.h"

#include <string>

using namespace llmproxy;

namespace {

std::string body(const std::string& status, const std::string& message,
                 const std::string& details = "") {
  return R"({"error":{"code":1,"message":")" + message + R"(","status":")" + status + "\"" +
         (details.empty() ? "" : R"(,"details":[)" + details + "]") + "}}";
}

std::string code(const Error& error) {
  return std::to_string(error.http_status()) + " " + std::string(error_kind(error.code).code);
}

const std::string kQuota =
    R"({"@type":"type.googleapis.com/google.rpc.QuotaFailure","violations":[{"quotaId":"GenerateRequestsPer)";

}  // namespace

TEST_CASE("statuses and reasons become OpenAI's") {
  using gemini::read_error;
  CHECK(code(read_error(400, body("INVALID_ARGUMENT", "API key not valid.",
                                  R"({"reason":"API_KEY_INVALID"})"))) == "401 invalid_api_key");
  CHECK(code(read_error(401, body("UNAUTHENTICATED", "x"))) == "401 invalid_api_key");
  CHECK(code(read_error(
            400, body("FAILED_PRECONDITION", "User location is not supported for the API use."))) ==
        "403 unsupported_country_region_territory");
  CHECK(code(read_error(400, body("FAILED_PRECONDITION", "$grpcMessage",
                                  R"({"detail":"generic: User location is not supported"})"))) ==
        "403 unsupported_country_region_territory");
  CHECK(code(read_error(
            400, body("INVALID_ARGUMENT", "The input token count (9) exceeds the maximum"))) ==
        "400 context_length_exceeded");
  CHECK(code(read_error(
            400, body("INVALID_ARGUMENT", "Function call is missing a thought_signature in"))) ==
        "400 invalid_thought_signature");
  CHECK(code(read_error(400, body("INVALID_ARGUMENT", "x"))) == "400 ");
  CHECK(code(read_error(402, body("RESOURCE_EXHAUSTED", "x"))) == "429 credit_balance_exhausted");
  CHECK(code(read_error(403, body("PERMISSION_DENIED", "x"))) == "403 permission_denied");
  CHECK(code(read_error(404, body("NOT_FOUND", "x"))) == "404 model_not_found");
  CHECK(code(read_error(429, body("RESOURCE_EXHAUSTED", "x"))) == "429 rate_limit_exceeded");
  CHECK(code(read_error(429, body("RESOURCE_EXHAUSTED", "x", kQuota + "DayPerProject\"}]}"))) ==
        "429 insufficient_quota");
  CHECK(code(read_error(429, body("RESOURCE_EXHAUSTED", "x", kQuota + "MinutePerProject\"}]}"))) ==
        "429 rate_limit_exceeded");
  CHECK(code(read_error(499, body("CANCELLED", "x"))) == "400 ");
  CHECK(code(read_error(500, body("INTERNAL", "x"))) == "500 upstream_error");
  CHECK(code(read_error(501, body("UNIMPLEMENTED", "x"))) == "400 unsupported");
  CHECK(code(read_error(503, body("UNAVAILABLE", "x"))) == "503 server_is_overloaded");
  CHECK(code(read_error(504, body("DEADLINE_EXCEEDED", "x"))) == "504 timeout");
  CHECK(code(read_error(418, body("TEAPOT", "x"))) == "418 ");
}

TEST_CASE("in mid-stream the body has to tell the status") {
  CHECK(code(gemini::read_error(0, R"({"error":{"code":503,"message":"x"}})")) ==
        "503 server_is_overloaded");
  CHECK(code(gemini::read_error(0, R"({"error":{"message":"x","status":"RESOURCE_EXHAUSTED"}})")) ==
        "429 rate_limit_exceeded");
  CHECK(code(gemini::read_error(0, R"({"error":{"message":"x"}})")) == "500 upstream_error");
}

TEST_CASE("an error of any size takes work and memory of a small one") {
  const std::string large(5'000'000, '1');
  const std::size_t most = kMaxErrorBody;
  CHECK(gemini::read_error_member(R"({"code":503,"message":"a )" + large + "\"}").message.size() <=
        most);
  CHECK(gemini::read_error_member("{\"message\":\"" + std::string(5'000'000, 'x') + "\"}")
            .message.size() <= most);
  const std::string escaped = [] {
    std::string out;
    for (int i = 0; i < 1'000'000; ++i) {
      out += R"(\n\u00e9)";
    }
    return out;
  }();
  CHECK(gemini::read_error_member("{\"message\":\"" + escaped + "\"}").message.size() <= most);
  CHECK(code(gemini::read_error_member(R"({"code":503,"status":")" + large + "\"}")) ==
        "503 server_is_overloaded");
  CHECK(gemini::read_error_member("\"" + large + "\"").message.size() <= most);
  CHECK(gemini::read_error_member("[]").http_status() == 500);
}

TEST_CASE("how long to wait") {
  const auto wait = [](const std::string& delay) {
    return gemini::read_error(429,
                              body("RESOURCE_EXHAUSTED", "x", R"({"retryDelay":")" + delay + "\"}"))
        .retry_after_ms;
  };
  CHECK(wait("38s") == 38000);
  CHECK(wait("34.07s") == 34070);
  // Nobody waits for longer than a day, and what is no duration says nothing.
  CHECK(wait("86401s") == 86'400'000);
  CHECK(wait("99999999999999999999999s") == 86'400'000);
  CHECK(wait("0s") == 0);
  for (const std::string none : {"", "s", "ms", "-5s", "1e30s", "soon", "5", "5m", "1h", ".5s",
                                 "5.s", "1.2.3s", "infs", "NaNs", " 5s", "0x5s"}) {
    INFO(none);
    CHECK(wait(none) == -1);
  }
  CHECK(wait("900ms") == 900);
  CHECK(wait("soon") == -1);
}

TEST_CASE("the field at fault in OpenAI's name") {
  const auto param = [](const std::string& field) {
    return gemini::read_error(400, body("INVALID_ARGUMENT", "x",
                                        R"({"fieldViolations":[{"field":")" + field + "\"}]}"))
        .param;
  };
  CHECK(param("generation_config.max_output_tokens") == "max_tokens");
  CHECK(param("contents[0].parts") == "messages");
  CHECK(param("tools[0].function_declarations") == "tools");
  CHECK(param("something") == "");
  CHECK(gemini::read_error(404, body("NOT_FOUND", "x")).param == "model");
}

TEST_CASE("any body will do") {
  CHECK(gemini::read_error(400, "[" + body("INVALID_ARGUMENT", "in a list") + "]").message ==
        "in a list");
  CHECK(gemini::read_error(404, "<html>").message ==
        "Gemini answered with status 404 and a body that is not an API error.");
  CHECK(gemini::read_error(500, "").http_status() == 500);
  CHECK(gemini::read_error(500, R"({"error":"text"})").message == "text");
  CHECK(gemini::read_error(500, R"({"error":{"details":{}}})").message ==
        "Gemini answered with status 500 and no message.");
}
