#include "dialects/openai_chat/read_request.h"

#include "base/limits.h"
#include "base/text.h"
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
  CHECK(arguments("[1]") == R"({"input":[1]})");
  CHECK(arguments("[ ]") == "{}");
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

namespace {

// The images of an answer with this list, as "type:data" or the link, and what was left out.
std::string images_of(const std::string& list) {
  const std::string body =
      R"({"model":"m","messages":[{"role":"user","content":"x"},{"role":"assistant","content":"","images":)" +
      list + "}]}";
  auto request = read_chat(body);
  if (!request) {
    return "error: " + request.error().message;
  }
  std::string out;
  for (const chat::Part& part : parts_of(*request, 1)) {
    if (const auto* media = std::get_if<chat::MediaPart>(&part)) {
      CHECK(media->of_answer);
      out += media->url.empty() ? std::string(media->mime_type) + ":" + media->base64.decode() + " "
                                : media->url.decode() + " ";
    }
  }
  for (const std::string& dropped : request->dropped) {
    out += "-" + dropped + " ";
  }
  return out;
}

}  // namespace

TEST_CASE("images of an answer are taken in every form that products have") {
  const std::string png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ";
  const std::string taken = "image/png:" + png + " ";
  const std::string url = "\"data:image/png;base64," + png + "\"";
  CHECK(images_of(R"([{"type":"image_url","image_url":{"url":)" + url +
                  R"(,"detail":"auto"},"index":0}])") == taken);
  CHECK(images_of(R"([{"type":"output_image","image_url":)" + url + "}]") == taken);
  CHECK(images_of(R"([{"type":"image","image":)" + url + "}]") == taken);
  CHECK(images_of(R"([{"url":)" + url + R"(,"b64_json":null}])") == taken);
  CHECK(images_of(R"([{"b64_json":")" + png + R"(","url":null}])") == taken);
  CHECK(
      images_of(R"([{"type":"image","source":{"type":"base64","media_type":"image/png","data":")" +
                png + R"("}}])") == taken);
  CHECK(images_of("[" + url + ",\"" + png + "\"]") == taken + taken);
  CHECK(images_of(R"([{"data":"AAAA","mime_type":"image/heic"}])") == "image/heic:AAAA ");
  CHECK(images_of(R"([{"url":"https://a.example/b"},"http:\/\/a.example\/c"])") ==
        "https://a.example/b http://a.example/c ");
}

TEST_CASE("an image of an answer that cannot be used is named, and never an error") {
  const std::string link(kMaxLink + 1, 'a');
  for (const std::string& image :
       {std::string(R"({"image_url":{"url":""}})"), std::string(R"({"image_url":{"url":null}})"),
        std::string(R"({"image_url":"blob:https://a.example/1-2"})"), std::string(R"({"url":5})"),
        std::string(R"("a.png")"), std::string("5"), std::string("[]"), std::string("{}"),
        std::string(R"({"url":"data:image/png,raw"})"), std::string(R"({"url":"data:"})"),
        std::string(R"({"url":"data:image/png;base64,"})"), std::string(R"({"b64_json":"AAAA"})"),
        std::string(R"({"url":"data:text/plain;base64,YQ=="})"), std::string(R"("")"),
        R"("https://a.example/)" + link + "\""}) {
    INFO(image);
    CHECK(images_of("[" + image + "]") == "-messages[1].images[0] ");
  }
  CHECK(images_of("[null]").empty());
  CHECK(images_of(R"([{"b64_json":"iVBORw0KGgo=","revised_prompt":"a"}])") ==
        "image/png:iVBORw0KGgo= -messages[1].images[0].revised_prompt ");
  CHECK(images_of(R"([{"url":"https://a.example/b","detail":"odd"}])") ==
        "https://a.example/b -messages[1].images[0].detail ");
  CHECK(images_of(R"({"url":"a"})") == "-messages[1].images ");
}

namespace {

// What was left out of a conversation whose second message has these members, and its texts.
std::string read_message(const std::string& members) {
  const std::string body =
      R"({"model":"m","messages":[{"role":"user","content":"x"},{)" + members + "}]}";
  auto request = read_chat(body);
  if (!request) {
    return "error: " + request.error().message;
  }
  std::string out;
  for (const chat::Part& part : parts_of(*request, 1)) {
    if (std::holds_alternative<chat::TextPart>(part)) {
      out += text_of(part) + " ";
    }
  }
  for (const std::string& dropped : request->dropped) {
    out += "-" + dropped + " ";
  }
  return out;
}

}  // namespace

TEST_CASE("a part of an answer that cannot be used is named, and one of the user's is an error") {
  for (const char* part :
       {R"({"type":"image_url","image_url":{"url":"blob:https://a.example/1"}})",
        R"({"type":"image_url","image_url":{"url":""}})", R"({"type":"image_url","image_url":5})",
        R"({"type":"image_url","image_url":{"url":"data:image/png;base64,"}})",
        R"({"type":"tool_use","id":"a"})", R"({"type":"text","text":{"value":"a"}})", "5",
        R"({"type":"input_audio","input_audio":{}})", R"({"type":"file","file":{}})"}) {
    INFO(part);
    const std::string content =
        R"("content":[{"type":"text","text":"a"},)" + std::string(part) + "]";
    const std::string answer = read_message(R"("role":"assistant",)" + content);
    CHECK(answer.starts_with("a "));
    CHECK(answer.ends_with("-messages[1].content[1] "));
    if (!contains(part, "blob:")) {
      CHECK(read_message(R"("role":"user",)" + content).starts_with("error: "));
    }
  }
  CHECK(read_message(R"("role":"assistant","content":[{"type":"output_text","text":"a"}])") ==
        "a ");
  CHECK(read_message(R"("role":"user","content":[{"type":"input_text","text":"a"}])") == "a ");
  CHECK(read_message(R"("role":"assistant","content":[{"text":"a"}])") == "a ");
  CHECK(read_message(R"("role":"user","content":[{"text":""}])").starts_with("error: "));
  CHECK(read_message(R"("role":"assistant","content":[{"type":"image_url",)")
            .starts_with("error: We could not parse"));
}

TEST_CASE("what says nothing is no call, and how an image of an answer is looked at no matter") {
  for (const char* none : {"{}", "null", R"({"name":null,"arguments":null})", R"({"name":""})"}) {
    INFO(none);
    CHECK(read_message(R"("role":"assistant","content":"a","function_call":)" +
                       std::string(none)) == "a ");
  }
  CHECK(
      read_message(R"("role":"assistant","content":"a","function_call":{"arguments":"{\"b\":1}"})")
          .starts_with("error: "));
  const std::string image =
      R"("content":["a",{"type":"image_url","image_url":{"url":"https://a.example","detail":"odd"}}])";
  for (const std::string& message :
       {R"("role":"assistant",)" + image, image + R"(,"role":"assistant")"}) {
    CHECK(read_message(message) == "a -messages[1].content[1].image_url.detail ");
  }
  CHECK(read_message(R"("role":"user",)" + image).starts_with("error: "));
}

TEST_CASE("files of an answer are not read, and named") {
  CHECK(
      read_message(
          R"("role":"assistant","content":"a","extra_content":{"google":{"files":[{"type":"file"}]}})") ==
      "a -messages[1].extra_content.google.files ");
}

TEST_CASE("a signature on what no model wrote is named") {
  const std::string part =
      R"("content":[{"type":"text","text":"a","extra_content":{"google":{"thought_signature":"s"}}}])";
  const std::string of_part = "-messages[1].content[0].extra_content ";
  CHECK(read_message(R"("role":"user",)" + part) == "a " + of_part);
  CHECK(read_message(part + R"(,"role":"system")") == "a " + of_part);
  CHECK(read_message(R"("role":"tool","tool_call_id":"c",)" + part) == of_part);
  CHECK(read_message(R"("role":"assistant",)" + part) == "a ");
  CHECK(read_message(
            R"("role":"user","content":[{"type":"text","text":"a","thought_signature":"s"}])") ==
        "a -messages[1].content[0].thought_signature ");
  CHECK(
      read_message(
          R"("role":"user","content":"a","extra_content":{"google":{"thought_signature":"s"}})") ==
      "a -messages[1].extra_content ");
  CHECK(read_message(R"("role":"user","content":"a","thinking_blocks":[{"signature":"s"}])") ==
        "a -messages[1].thinking_blocks ");
  CHECK(read_message(R"("role":"user","content":"a","extra_content":{"other":1})") == "a ");
}

TEST_CASE("what only answers have is named in other messages, and never lost in silence") {
  for (const char* begin : {R"("role":"user","content":"a")", R"("content":"a","role":"system")",
                            R"("role":"tool","tool_call_id":"c","content":"a")"}) {
    INFO(begin);
    const std::string out = read_message(
        begin +
        std::string(
            R"(,"audio":{"id":"x"},"refusal":"r","tool_calls":[{"id":"c","function":{"name":"f"}}])"));
    CHECK(out.ends_with("-messages[1].tool_calls -messages[1].refusal -messages[1].audio "));
    CHECK_FALSE(contains(
        read_message(begin + std::string(R"(,"audio":null,"refusal":null,"tool_calls":[])")), "-"));
  }
}

TEST_CASE("the sound of an answer never is an error where the answer says more") {
  const std::string answer = R"("role":"assistant","content":null,)";
  CHECK(read_message(answer + R"("audio":{"id":"a","data":"AAAA","transcript":"hi"})") ==
        "hi -messages[1].audio ");
  CHECK(read_message(answer + R"("audio":{"id":5,"transcript":["x"]},)"
                              R"("tool_calls":[{"id":"c","function":{"name":"f"}}])") ==
        "-messages[1].audio ");
  CHECK(read_message(answer + R"("audio":"x","refusal":"no")") == "no -messages[1].audio ");
  CHECK(read_message(answer + R"("audio":{"id":"a"})") == "-messages[1].audio ");
}

TEST_CASE("what is said twice is named where it is not used") {
  using Names = std::vector<std::string>;
  const auto dropped = [](const std::string& members) -> Names {
    auto request =
        read_chat(R"({"model":"m","messages":[{"role":"user","content":"x"}],)" + members + "}");
    REQUIRE(bool(request));
    return request->dropped;
  };
  CHECK(dropped(R"("reasoning":{"effort":"low"},"reasoning_effort":"high")") ==
        Names{"reasoning.effort"});
  CHECK(dropped(R"("reasoning_effort":"high","reasoning":{"effort":"low"})") ==
        Names{"reasoning.effort"});
  CHECK(dropped(R"("reasoning_effort":"low","reasoning":{"effort":"low"})").empty());
  CHECK(dropped(R"("response_format":{"type":"json_object","schema":{"type":"object"},)"
                R"("response_schema":{"type":"string"}})") == Names{"response_format.schema"});
}

TEST_CASE("a refusal beside words of the model is a note on them") {
  auto request =
      read_chat(R"({"model":"m","messages":[{"role":"user","content":"x"},)"
                R"({"role":"assistant","content":"part","refusal":"Blocked by Gemini: SAFETY"},)"
                R"({"role":"assistant","refusal":"no"}]})");
  REQUIRE(bool(request));
  CHECK(request->parts.size() == 3);
  CHECK(request->dropped == std::vector<std::string>{"messages[1].refusal"});
}
