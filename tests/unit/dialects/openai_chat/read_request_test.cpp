#include "dialects/openai_chat/read_request.h"

#include "dialects/openai_chat/data_url.h"
#include "native/catch.h"
#include "unit/dialects/read_chat.h"

#include <string>

using namespace llmproxy;

namespace {

const std::string kUser = R"("messages":[{"role":"user","content":"x"}])";

// The error for a body with these members, as "param: message"; "ok" for none.
std::string error_of(const std::string& members) {
  const std::string body = R"({"model":"m",)" + members + "}";
  auto request = read_chat(body);
  return request ? "ok" : request.error().param + ": " + request.error().message;
}

bool refuses(const std::string& members, const std::string& param) {
  const std::string error = error_of(members);
  INFO(error);
  CHECK(error.starts_with(param + ": "));
  return error.starts_with(param + ": ");
}

std::span<const chat::Part> parts_of(const chat::Request& request, std::size_t message) {
  return request.in(request.messages[message].parts);
}

std::string text_of(const chat::Part& part) {
  return std::get<chat::TextPart>(part).text.decode();
}

}  // namespace

TEST_CASE("texts are slices of the body, and absent is not zero") {
  const std::string body =
      R"({"model":"m","messages":[{"role":"system","content":"s\n"},{"content":[{"type":"text","text":"u"}],"role":"user"}],)"
      R"("temperature":0,"stream":true,"stream_options":{"include_usage":true},"max_tokens":5,"stop":"end","top_logprobs":32})";
  auto request = read_chat(body);
  REQUIRE(request);
  REQUIRE(request->messages.size() == 2);
  CHECK(request->messages[0].role == chat::Role::system);
  CHECK(text_of(parts_of(*request, 0)[0]) == "s\n");
  CHECK(text_of(parts_of(*request, 1)[0]) == "u");
  const auto& raw = std::get<chat::TextPart>(parts_of(*request, 0)[0]).text.raw;
  CHECK((raw.data() > body.data() && raw.data() < body.data() + body.size()));
  CHECK(request->sampling.temperature == "0");
  CHECK_FALSE(request->sampling.top_p);
  CHECK(request->sampling.max_output_tokens == 5);
  CHECK(request->sampling.stop.size() == 1);
  CHECK(request->sampling.top_logprobs == 32);
  CHECK(request->stream);
  CHECK(request->include_usage);
}

TEST_CASE("null is absent, for every field") {
  CHECK(
      error_of(
          kUser +
          R"(,"temperature":null,"top_p":null,"max_tokens":null,"max_completion_tokens":null,"stop":null,
    "stream":null,"stream_options":null,"n":null,"seed":null,"tools":null,"tool_choice":null,"response_format":null,
    "reasoning_effort":null,"logprobs":null,"top_logprobs":null,"presence_penalty":null,"frequency_penalty":null,
    "parallel_tool_calls":null,"modalities":null,"functions":null,"function_call":null,"audio":null,"web_search_options":null)") ==
      "ok");
}

TEST_CASE("limits: the newer name wins, zero is none, below is an error") {
  const auto limit = [](const std::string& members) {
    const std::string body = R"({"model":"m",)" + kUser + members + "}";
    return read_chat(body)->sampling.max_output_tokens;
  };
  CHECK(limit(R"(,"max_tokens":5,"max_completion_tokens":7)") == 7);
  CHECK(limit(R"(,"max_tokens":5,"max_completion_tokens":null)") == 5);
  CHECK_FALSE(limit(R"(,"max_tokens":0)"));
  CHECK(refuses(kUser + R"(,"max_tokens":-1)", "max_tokens"));
  CHECK(refuses(kUser + R"(,"max_completion_tokens":1.5)", "max_completion_tokens"));
}

TEST_CASE("bad input is refused with the name of the field") {
  CHECK(refuses(kUser + R"(,"temperature":2.5)", "temperature"));
  CHECK(refuses(kUser + R"(,"temperature":"hot")", "temperature"));
  CHECK(refuses(kUser + R"(,"top_p":-0.1)", "top_p"));
  CHECK(refuses(kUser + R"(,"n":0)", "n"));
  CHECK(refuses(kUser + R"(,"n":129)", "n"));
  CHECK(refuses(kUser + R"(,"stream":1)", "stream"));
  CHECK(refuses(kUser + R"(,"stop":[1])", "stop[0]"));
  CHECK(refuses(kUser + R"(,"stop":{})", "stop"));
  CHECK(refuses(kUser + R"(,"response_format":{"type":"xml"})", "response_format.type"));
  CHECK(refuses(kUser + R"(,"response_format":{"type":"json_schema","json_schema":{"schema":1}})",
                "response_format.json_schema.schema"));
  CHECK(refuses(kUser + R"(,"reasoning_effort":"lots")", "reasoning_effort"));
  CHECK(refuses(kUser + R"(,"tools":[{"type":"function"}])", "tools[0].function.name"));
  CHECK(refuses(kUser + R"(,"tools":[{"type":"retrieval"}])", "tools[0].type"));
  CHECK(refuses(kUser + R"(,"tools":[{"type":"function","function":{"name":"f","parameters":[]}}])",
                "tools[0].function.parameters"));
  CHECK(refuses(kUser + R"(,"tool_choice":"maybe")", "tool_choice"));
  CHECK(refuses(kUser + R"(,"tool_choice":{"type":"function"})", "tool_choice.function.name"));
  CHECK(refuses(kUser + R"(,"functions":[{}])", "functions[0].name"));
  CHECK(refuses(kUser + R"(,"modalities":["smell"])", "modalities"));
  CHECK(refuses(R"("messages":[])", "messages"));
  CHECK(refuses(R"("messages":"x")", "messages"));
  CHECK(refuses(R"("messages":[{"content":"x"}])", "messages[0].role"));
  CHECK(refuses(R"("messages":[{"role":"user","content":"x"},{"role":"robot","content":"x"}])",
                "messages[1].role"));
  CHECK(refuses(R"("messages":[{"role":"user","content":5}])", "messages[0].content"));
  CHECK(refuses(R"("messages":[{"role":"user","content":[{"type":"smell"}]}])",
                "messages[0].content[0].type"));
  CHECK(refuses(
      R"("messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png,xx"}}]}])",
      "messages[0].content[0].image_url.url"));
  CHECK(refuses(R"("messages":[{"role":"tool","content":"x"}])", "messages[0].tool_call_id"));
  CHECK(refuses(R"("messages":[{"role":"assistant","tool_calls":[{"id":"a","function":{}}]}])",
                "messages[0].tool_calls[0].function.name"));
  CHECK(refuses(R"("messages":[{"role":"assistant","audio":{"id":"a"}}])", "messages[0].audio"));
}

TEST_CASE("a body that is no JSON object is told so, with the place") {
  const auto message = [](std::string_view body) {
    auto request = read_chat(body);
    return request ? "ok" : request.error().message;
  };
  CHECK(message("") == "The body of the request must be a JSON object.");
  CHECK(message("[]") == "The body of the request must be a JSON object.");
  CHECK(message(R"({"model":"m")").find("(at byte 12)") != std::string::npos);
  CHECK(message(R"({"model":})").find("could not parse") != std::string::npos);
  CHECK(message(R"({"model":"m",)" + kUser + "} x").find("more after its end") !=
        std::string::npos);
  CHECK(message("{}") == "You must provide a model parameter.");
}

TEST_CASE("arguments of earlier calls become objects, and nothing is lost") {
  const auto arguments = [](const std::string& json) {
    const std::string body =
        R"({"model":"m","messages":[{"role":"assistant","tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":)" +
        json + "}}]}]}";
    auto request = read_chat(body);
    return request ? std::string(std::get<chat::ToolCallPart>(parts_of(*request, 0)[0]).arguments)
                   : request.error().message;
  };
  CHECK(arguments(R"("{\"a\": \"\\u00e9\"}")") == R"({"a": "\u00e9"})");
  CHECK(arguments(R"("")") == "{}");
  CHECK(arguments("null") == "{}");
  CHECK(arguments(R"({"a":1})") == R"({"a":1})");
  CHECK(arguments(R"("[1]")") == R"({"input":[1]})");
  CHECK(arguments(R"("{\"a\":")") == R"({"input":"{\"a\":"})");
}

TEST_CASE("data URLs in the forms that clients send") {
  const auto parse = [](std::string_view url) {
    return openai_chat::parse_data_url({url, url.find('\\') != std::string_view::npos});
  };
  CHECK(parse("data:image/png;base64,AAAA")->mime_type == "image/png");
  CHECK(parse("data:image/jpg;base64,AAAA")->mime_type == "image/jpeg");
  CHECK(parse(R"(data:image\/png;base64,A\/A)")->mime_type == "image/png");
  CHECK(parse(R"(data:image\/png;base64,A\/A)")->base64.raw == R"(A\/A)");
  CHECK(parse("DATA:IMAGE/PNG;charset=x;BASE64,AAAA")->mime_type == "image/png");
  CHECK_FALSE(parse("data:image/png,AAAA"));
  CHECK_FALSE(parse("https://x/y.png"));
  CHECK(parse("data:application/octet-stream;base64,iVBORw0KGgo=")->mime_type == "image/png");
  CHECK(parse("data:;base64,JVBERi0xLjQ=")->mime_type == "application/pdf");
}

TEST_CASE("the model is found without reading the rest") {
  CHECK(openai_chat::find_model(R"({"stream":true,"model":"gemini\u002d2.5","messages":)") ==
        "gemini-2.5");
  CHECK(openai_chat::find_model(R"({"messages":[]})").empty());
  CHECK(openai_chat::find_model("nonsense").empty());
}
