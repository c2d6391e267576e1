// Every list and every text that is copied: as much as may be, and one more.
#include "base/limits.h"

#include "chat/request.h"
#include "dialects/openai_chat/embeddings.h"
#include "dialects/openai_chat/images.h"
#include "dialects/openai_chat/read_request.h"
#include "dialects/openai_chat/speech.h"
#include "native/catch.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

using namespace llmproxy;

namespace {

const std::string kHello = R"({"role":"user","content":"Hi"})";

std::string repeat(std::string_view text, std::size_t count, std::string_view between = ",") {
  std::string out;
  out.reserve(count * (text.size() + between.size()));
  for (std::size_t i = 0; i < count; ++i) {
    out.append(i == 0 ? "" : between).append(text);
  }
  return out;
}

std::string list(std::string_view element, std::size_t count) {
  return "[" + repeat(element, count) + "]";
}

std::string text(std::size_t size) {
  return "\"" + std::string(size, 'x') + "\"";
}

std::string with(const std::string& members) {
  return R"({"model":"gemini-2.5-flash","messages":[)" + kHello + "]," + members + "}";
}

std::string with_message(const std::string& message) {
  return R"({"model":"gemini-2.5-flash","messages":[)" + message + "]}";
}

std::string with_content(const std::string& content) {
  return with_message(R"({"role":"user","content":)" + content + "}");
}

// "code param", or nothing.
std::string show(Status status) {
  return status ? ""
                : std::string(error_kind(status.error().code).code) + " " + status.error().param;
}

std::string read(const std::string& body) {
  chat::Request request;
  return show(openai_chat::read_request(body, request));
}

std::string message_of(const std::string& body) {
  chat::Request request;
  Status status = openai_chat::read_request(body, request);
  return status ? "" : status.error().message;
}

}  // namespace

TEST_CASE("a list of a request has a limit, which its error names") {
  const auto messages = [](std::size_t count) { return with_message(repeat(kHello, count)); };
  CHECK(read(messages(kMaxMessages)).empty());
  CHECK(read(messages(kMaxMessages + 1)) == "array_above_max_length messages");
  CHECK(message_of(messages(kMaxMessages + 3)) ==
        "Invalid 'messages': array too long. Expected an array with maximum length 20000, but got "
        "an array with length 20003 instead.");

  const auto stops = [](std::size_t count) { return with(R"("stop":)" + list("\"a\"", count)); };
  CHECK(read(stops(kMaxStops)).empty());
  CHECK(read(stops(kMaxStops + 1)) == "array_above_max_length stop");

  const std::string tool = R"({"type":"function","function":{"name":"f"}})";
  CHECK(read(with(R"("tools":)" + list(tool, kMaxTools))).empty());
  CHECK(read(with(R"("tools":)" + list(tool, kMaxTools + 1))) == "array_above_max_length tools");
  CHECK(read(with(R"("functions":)" + list(R"({"name":"f"})", kMaxTools + 1))) ==
        "array_above_max_length functions");
  CHECK(read(with(R"("tools":)" + list(tool, kMaxTools) + R"(,"functions":[{"name":"f"}])")) ==
        "array_above_max_length functions[0]");

  const auto allowed = [&](std::size_t count) {
    return with(R"("tool_choice":{"type":"allowed_tools","allowed_tools":{"mode":"auto","tools":)" +
                list(tool, count) + "}}");
  };
  CHECK(read(allowed(kMaxTools)).empty());
  CHECK(read(allowed(kMaxTools + 1)) == "array_above_max_length tool_choice.allowed_tools.tools");
  CHECK(read(with(R"("modalities":)" + list("\"text\"", kMaxModalities + 1))) ==
        "array_above_max_length modalities");
}

TEST_CASE("the parts and calls of all messages have a limit together") {
  const std::string part = R"({"type":"text","text":"a"})";
  CHECK(read(with_content(list(part, kMaxParts))).empty());
  CHECK(read(with_content(list(part, kMaxParts + 1))) ==
        "array_above_max_length messages[0].content");
  CHECK(read(with_content(list("\"a\"", kMaxParts + 1))) ==
        "array_above_max_length messages[0].content");
  const std::string half = R"({"role":"user","content":)" + list(part, kMaxParts / 2) + "}";
  CHECK(read(with_message(half + "," + half)).empty());
  CHECK(read(with_message(half + "," + half + R"(,{"role":"user","content":[)" + part + "]}")) ==
        "array_above_max_length messages[2].content[0]");

  const std::string call = R"({"id":"a","type":"function","function":{"name":"f"}})";
  const auto calls = [&](std::size_t count) {
    return R"({"role":"assistant","tool_calls":)" + list(call, count) + "}";
  };
  CHECK(read(with_message(calls(kMaxCallsOfMessage))).empty());
  CHECK(read(with_message(calls(kMaxCallsOfMessage + 1))) ==
        "array_above_max_length messages[0].tool_calls");
  std::string rest;
  for (std::size_t left = kMaxParts / 2; left > 0;) {
    const std::size_t count = std::min(left, kMaxCallsOfMessage);
    rest += "," + calls(count);
    left -= count;
  }
  CHECK(read(with_message(half + rest)).empty());
  CHECK(read(with_message(half + rest + "," + calls(1))) ==
        "array_above_max_length messages[26].tool_calls[0]");
}

TEST_CASE("what a message brings back of signatures and of the supplier's tools has a limit") {
  const auto message = [](const std::string& members) {
    return with_message(R"({"role":"assistant","content":"a",)" + members + "}");
  };
  const std::string block = R"({"type":"thinking","signature":"c2ln"})";
  CHECK(read(message(R"("thinking_blocks":)" + list(block, kMaxProofs))).empty());
  CHECK(read(message(R"("thinking_blocks":)" + list(block, kMaxProofs + 1))) ==
        "array_above_max_length messages[0].thinking_blocks");
  const std::string detail = R"({"id":"a","data":"c2ln","format":"google-gemini-v1"})";
  CHECK(read(message(R"("reasoning_details":)" + list(detail, kMaxProofs))).empty());
  CHECK(read(message(R"("reasoning_details":)" + list(detail, kMaxProofs + 1))) ==
        "array_above_max_length messages[0].reasoning_details");
  const std::string invocation = R"({"part":{"toolCall":{}},"after_text":false,"after_calls":0})";
  const auto google = [&](std::size_t count) {
    return R"("extra_content":{"google":{"tool_invocations":)" + list(invocation, count) + "}}";
  };
  CHECK(read(message(google(kMaxProofs))).empty());
  CHECK(read(message(google(kMaxProofs + 1))) ==
        "array_above_max_length messages[0].extra_content.google.tool_invocations");
  const std::string part = R"({"type":"text","text":"a"})";
  CHECK(read(with_message(R"({"role":"assistant","content":)" + list(part, kMaxParts - 1) + "," +
                          google(2) + "}")) == "array_above_max_length messages[0]");
}

TEST_CASE("a list that comes twice counts once") {
  const std::string twice = R"({"model":"m","messages":)" + list(kHello, kMaxMessages) +
                            R"(,"messages":[)" + kHello + R"(],"stop":)" +
                            list("\"a\"", kMaxStops) + R"(,"stop":["b"]})";
  chat::Request request;
  REQUIRE(openai_chat::read_request(twice, request));
  CHECK(request.messages.size() == 1);
  CHECK(request.parts.size() == 1);
  CHECK(request.sampling.stop.size() == 1);
}

TEST_CASE("unknown fields are kept up to a limit") {
  const auto fields = [](std::size_t count) {
    std::string out;
    for (std::size_t i = 0; i < count; ++i) {
      out += (i == 0 ? "\"x" : ",\"x") + std::to_string(i) + "\":1";
    }
    return out;
  };
  CHECK(read(with(fields(kMaxUnknownFields))).empty());
  CHECK(read(with(fields(kMaxUnknownFields + 1))) == "array_above_max_length x256");

  chat::Request request;
  const std::string body = with(R"("extra_body":{)" + fields(100'000) +
                                R"(},"web_search_options":{)" + fields(100'000) + "}");
  REQUIRE(openai_chat::read_request(body, request));
  CHECK(request.dropped.size() == kMaxNamedChanges);

  const auto named = with_message(repeat(R"({"role":"user","name":"n","content":"a"})", 1000));
  chat::Request second;
  REQUIRE(openai_chat::read_request(named, second));
  CHECK(second.dropped == std::vector<std::string>{"messages[].name"});
}

TEST_CASE("a field of every message leaves room for the names of others") {
  const std::string body = with_message(repeat(R"({"role":"user","id":"i","content":"a"})", 1000) +
                                        R"(,{"role":"user","content":"a","mood":"b"})");
  chat::Request request;
  REQUIRE(openai_chat::read_request(body, request));
  CHECK(request.dropped == std::vector<std::string>{"messages[].id", "messages[1000].mood"});
}

TEST_CASE("a text that will be copied has a limit, which its error names") {
  struct Row {
    std::string before;
    std::size_t limit;
    std::string behind;
    std::string param;
  };
  const std::string call_begin = R"({"model":"m","messages":[{"role":"assistant","tool_calls":[)";
  const std::string tool_begin = R"({"model":"m","messages":[)" + kHello + R"(],"tools":[)";
  const std::vector<Row> rows = {
      {R"({"messages":[)" + kHello + R"(],"model":)", kMaxName, "}", "model"},
      {call_begin + R"({"id":"a","type":"function","function":{"name":)", kMaxName, "}}]}]}",
       "messages[0].tool_calls[0].function.name"},
      {call_begin + R"({"type":"function","function":{"name":"f"},"id":)", kMaxId, "}]}]}",
       "messages[0].tool_calls[0].id"},
      {call_begin + R"({"type":"custom","custom":{"name":"f","input":)", kMaxArguments, "}}]}]}",
       "messages[0].tool_calls[0].custom.input"},
      {call_begin + R"({"type":"function","function":{"name":"f","arguments":)", kMaxArguments,
       "}}]}]}", "messages[0].tool_calls[0].function.arguments"},
      {R"({"model":"m","messages":[{"role":"tool","content":"a","tool_call_id":)", kMaxId, "}]}",
       "messages[0].tool_call_id"},
      {R"({"model":"m","messages":[{"role":"user","content":"a","name":)", kMaxName, "}]}",
       "messages[0].name"},
      {tool_begin + R"({"type":"function","function":{"name":)", kMaxName, "}}]}",
       "tools[0].function.name"},
      {tool_begin + R"({"type":"function","function":{"name":"f","description":)", kMaxJoinedText,
       "}}]}", "tools[0].function.description"},
      {tool_begin + R"({"type":"custom","custom":{"name":"f","format":{"definition":)",
       kMaxJoinedText, "}}}]}", "tools[0].custom.format.definition"},
      {R"({"model":"m","messages":[)" + kHello + R"(],"audio":{"voice":)", kMaxName, "}}",
       "audio.voice"},
      {R"({"model":"m","messages":[)" + kHello + R"(],"google":{"cached_content":)",
       kMaxSetting - 2, "}}", "google.cached_content"},
      {R"({"model":"m","messages":[)" + kHello + R"(],"safety_settings":)", kMaxSetting - 2, "}",
       "safety_settings"},
  };
  for (const Row& row : rows) {
    INFO(row.param);
    CHECK(read(row.before + text(row.limit) + row.behind).empty());
    CHECK(read(row.before + text(row.limit + 1) + row.behind) ==
          "string_above_max_length " + row.param);
  }
  CHECK(message_of(R"({"model":)" + text(1000) + "}") ==
        "Invalid 'model': string too long. Expected a string with maximum length 256, but got a "
        "string with length 1000 instead.");
}

TEST_CASE("the arguments of all calls have a limit together") {
  const std::string call = R"({"id":"a","type":"function","function":{"name":"f","arguments":)" +
                           text(kMaxArguments / 2) + "}}";
  const auto calls = [&](const std::string& more) {
    return with_message(R"({"role":"assistant","tool_calls":[)" + call + "," + call + more + "]}");
  };
  CHECK(read(calls("")).empty());
  CHECK(read(calls(R"(,{"id":"a","type":"function","function":{"name":"f","arguments":"1"}})")) ==
        "string_above_max_length messages[0].tool_calls[2].function.arguments");
}

TEST_CASE("a link has a limit, and bytes in place of one have none") {
  const auto image = [](const std::string& url) {
    return with_content(R"([{"type":"image_url","image_url":{"url":")" + url + "\"}}]");
  };
  const auto file = [](const std::string& members) {
    return with_content(R"([{"type":"file","file":{)" + members + "}}]");
  };
  const std::string link = "https://x.example/";
  const std::string most = link + std::string(kMaxLink - link.size(), 'x');
  CHECK(read(image(most)).empty());
  CHECK(read(image(most + "x")) == "string_above_max_length messages[0].content[0].image_url.url");
  CHECK(read(image("data:image/png;base64," + std::string(100'000, 'A'))).empty());
  CHECK(read(file(R"("file_data":")" + most + "x\"")) ==
        "string_above_max_length messages[0].content[0].file.file_data");
  CHECK(read(file(R"("file_url":")" + most + "x\"")) ==
        "string_above_max_length messages[0].content[0].file.file_url");
  CHECK(read(file(R"("file_id":)" + text(kMaxLink + 1))) ==
        "string_above_max_length messages[0].content[0].file.file_id");
  CHECK(read(file(R"("file_data":"AAAA","filename":)" + text(kMaxLink + 1))) ==
        "string_above_max_length messages[0].content[0].file.filename");
  CHECK(read(with_content(R"([{"type":"input_audio","input_audio":{"data":"AAAA","format":)" +
                          text(kMaxName + 1) + "}}]")) ==
        "string_above_max_length messages[0].content[0].input_audio.format");
}

TEST_CASE("the name of a field has a limit wherever it is kept") {
  const std::string most(kMaxName, 'x');
  const std::string shown = std::string(80, 'x') + "…";
  for (const char* before : {"{", R"({"extra_body":{)", R"({"google":{)", R"({"messages":[{)",
                             R"({"web_search_options":{)", R"({"messages":[{"content":[{)"}) {
    INFO(before);
    CHECK(read(before + ("\"" + most) + "x\":1").find("string_above_max_length " + shown) == 0);
  }
  CHECK(read(with("\"" + most + "\":1")).empty());
}

TEST_CASE("an error shows little of what a client wrote") {
  const std::string huge = text(1U << 20U);
  const std::string digits(1U << 20U, '9');
  for (const std::string& body :
       {with_message(R"({"content":"a","role":)" + huge + "}"),
        with_content(R"([{"type":)" + huge + "}]"),
        with_content(R"([{"type":"image_url","image_url":{"url":"http://a","detail":)" + huge +
                     "}}]"),
        with(R"("tools":[{"type":)" + huge + "}]"), with(R"("temperature":)" + digits),
        with(R"("seed":)" + digits)}) {
    const std::string message = message_of(body);
    CHECK_FALSE(message.empty());
    CHECK(message.size() < 300);
  }
}

TEST_CASE("the other endpoints have limits, too") {
  const auto embeddings = [](const std::string& members) {
    chat::EmbeddingsRequest request;
    return show(openai_chat::read_embeddings_request(R"({"model":"m",)" + members + "}", request));
  };
  CHECK(embeddings(R"("input":)" + list("\"a\"", kMaxInputs)).empty());
  CHECK(embeddings(R"("input":)" + list("\"a\"", kMaxInputs + 1)) ==
        "array_above_max_length input");
  CHECK(embeddings(R"("input":"a","model":)" + text(257)) == "string_above_max_length model");

  const auto image = [](const std::string& members) {
    chat::Request request;
    return show(openai_chat::read_image_request("{" + members + R"(,"model":"m"})", request));
  };
  CHECK(image(R"("prompt":)" + text(kMaxJoinedText)).empty());
  CHECK(image(R"("prompt":)" + text(kMaxJoinedText + 1)) == "string_above_max_length prompt");
  CHECK(image(R"("prompt":"a","size":)" + text(257)) == "string_above_max_length size");

  const auto speech = [](const std::string& members) {
    chat::Request request;
    return show(
        openai_chat::read_speech_request(R"({"model":"m","input":"a",)" + members + "}", request));
  };
  CHECK(speech(R"("voice":)" + text(257)) == "string_above_max_length voice");
  CHECK(speech(R"("voice":{"id":)" + text(257) + "}") == "string_above_max_length voice.id");
  CHECK(speech(R"("instructions":)" + text(kMaxJoinedText + 1)) ==
        "string_above_max_length instructions");

  chat::Request request;
  CHECK(show(openai_chat::read_completion_request(
            R"({"model":"m","prompt":["a")" + std::string(",1,1") + "]}", request)) ==
        "unsupported_value prompt[1]");
}

TEST_CASE("the model is found by the beginning of its name") {
  CHECK(openai_chat::find_model(R"({"model":)" + text(1U << 20U) + "}").size() == kMaxName);
}

TEST_CASE("signatures find their calls among many with ids that begin alike") {
  const std::string common(15'000, 'x');
  std::string calls;
  std::string proofs;
  for (int i = 0; i < 1'000; ++i) {
    const std::string id = common + std::to_string(1'000 + i);
    const std::string between = i == 0 ? "" : ",";
    calls += between + R"({"id":")" + id +
             R"(","type":"function","function":{"name":"f","arguments":"{}"}})";
    proofs += between + R"({"data":"s)" + std::to_string(i) + R"(","id":")" + common +
              std::to_string(5'000 + i) + "\"}";
  }
  proofs += R"(,{"data":"mine","id":")" + common + R"(1\u0035"},{"data":"c2ln","id":")" + common +
            R"(15\u00300"})";
  const std::string body = with_message(R"({"role":"assistant","tool_calls":[)" + calls +
                                        R"(],"reasoning_details":[)" + proofs + "]}");
  chat::Request request;
  REQUIRE(openai_chat::read_request(body, request));
  REQUIRE(request.parts.size() == 1'000);
  CHECK(std::get<chat::ToolCallPart>(request.parts[500]).signature.raw == "c2ln");
  CHECK(std::get<chat::ToolCallPart>(request.parts[499]).signature.empty());
}
