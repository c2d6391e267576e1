// A chat request, read into the neutral model and written again, means the same.
#include "dialects/openai_chat/write_request.h"

#include "dialects/openai_chat/write_parts.h"
#include "native/catch.h"
#include "unit/dialects/openai_chat/recordings.h"
#include "unit/dialects/read_chat.h"

#include <nlohmann/json.hpp>

using namespace llmproxy;
using Tree = nlohmann::json;

namespace {

std::string joined(const SpanList& list) {
  std::string out;
  for (const Span& span : list.spans()) {
    out.append(span.data, span.size);
  }
  return out;
}

struct Written {
  Tree body;
  std::string changes;
};

Written write(const chat::Request& request, openai_chat::RefusedSettings refused = {}) {
  const chat::FetchedMedia media;
  SpanList out;
  chat::Changes changes;
  REQUIRE(openai_chat::write_request({request, media}, request.model, refused, out, changes));
  INFO(joined(out));
  const Tree body = Tree::parse(joined(out), nullptr, false);
  REQUIRE(!body.is_discarded());
  return {body, changes.text()};
}

Written rewrite(std::string_view body) {
  Result<chat::Request> request = read_chat(body);
  REQUIRE(request);
  return write(*request);
}

bool is_default(const std::string& name, const Tree& value) {
  return value.is_null() || (name == "n" && value == 1) || (name == "stream" && value == false) ||
         (name == "parallel_tool_calls" && value == true) || (name == "strict" && value == false) ||
         (name == "description" && value == "") || (name == "function_call" && value == "auto");
}

// Brings what means the same into one form.
void normalise(Tree& value) {
  if (value.is_array()) {
    for (Tree& item : value) {
      normalise(item);
    }
    return;
  }
  if (!value.is_object()) {
    return;
  }
  for (auto it = value.begin(); it != value.end();) {
    if (is_default(it.key(), it.value())) {
      it = value.erase(it);
      continue;
    }
    if (it.key() == "arguments" && it->is_string()) {
      *it = Tree::parse(it->get<std::string>());
    } else if (it.key() == "image_url" && it->is_string()) {
      *it = Tree{{"url", *it}};
    }
    normalise(*it);
    ++it;
  }
  if (value.contains("max_tokens")) {
    value["max_completion_tokens"] = value["max_tokens"];
    value.erase("max_tokens");
  }
  if (value.contains("stop") && value["stop"].is_string()) {
    value["stop"] = Tree::array({value["stop"]});
  }
  // One text alone is a string.
  if (value.contains("role") && value.contains("content") && value["content"].is_array() &&
      value["content"].size() == 1 && value["content"][0].value("type", "") == "text") {
    value["content"] = value["content"][0]["text"];
  }
}

Tree normal(Tree value) {
  normalise(value);
  return value;
}

void check_same(const std::string& text, const std::string& changes = "") {
  const Written written = rewrite(text);
  CHECK(normal(written.body) == normal(Tree::parse(text)));
  CHECK(written.changes == changes);
}

}  // namespace

TEST_CASE("recorded requests mean the same when they were read and written") {
  for (const Recording& recording : recordings("request.json")) {
    const Tree given = Tree::parse(recording.text);
    // Embeddings, and three requests that OpenAI refused and that are refused here.
    if (given.contains("input") || given["messages"].empty() ||
        recording.name == "crewai__custom_llm_within_crew.0" ||
        recording.name == "envoy-ai-gateway__chat-bad-request.0") {
      continue;
    }
    INFO(recording.name);
    check_same(recording.text);
  }
}

TEST_CASE("what only this dialect can say comes through") {
  check_same(R"({"model":"m","messages":[
      {"role":"developer","content":"d","name":"dev"},
      {"role":"user","name":"ann","content":[
        {"type":"text","text":"a"},{"type":"text","text":"b"},
        {"type":"image_url","image_url":{"url":"https://a.b/c.png","detail":"low"}},
        {"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw0KGgo="}},
        {"type":"input_audio","input_audio":{"data":"SUQz","format":"mp3"}},
        {"type":"video_url","video_url":{"url":"https://a.b/c.mp4"}},
        {"type":"file","file":{"filename":"q.pdf","file_data":"data:application/pdf;base64,JVBERi0="}},
        {"type":"file","file":{"file_id":"file-1"}}]},
      {"role":"assistant","content":null,"refusal":"I will \"not\"."},
      {"role":"assistant","content":[{"type":"text","text":"x"},{"type":"text","text":"y"}],
        "images":[{"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw0KGgo="}}]},
      {"role":"assistant","content":"","tool_calls":[
        {"id":"c1","type":"function","function":{"name":"f","arguments":"{\"a\": 1}"}},
        {"id":"c2","type":"custom","custom":{"name":"g","input":"say \"hi\"\n"}}]},
      {"role":"tool","tool_call_id":"c1","content":"1"},
      {"role":"tool","tool_call_id":"c2","content":[{"type":"text","text":"2"},{"type":"text","text":"3"}]}],
    "tools":[{"type":"function","function":{"name":"f","description":"d","strict":true,
                "parameters":{"type":"object","properties":{}}}},
             {"type":"custom","custom":{"name":"g","description":"e",
                "format":{"type":"grammar","grammar":{"syntax":"regex","definition":"a+"}}}},
             {"type":"custom","custom":{"name":"h"}}],
    "tool_choice":{"type":"allowed_tools","allowed_tools":{"mode":"auto","tools":[
        {"type":"function","function":{"name":"f"}},{"type":"custom","custom":{"name":"g"}}]}},
    "parallel_tool_calls":false,
    "temperature":0.30,"top_p":1,"top_k":5,"presence_penalty":-1.5,"frequency_penalty":2,"seed":7,
    "n":2,"logprobs":true,"top_logprobs":3,"stop":["a","b"],"max_completion_tokens":9,
    "response_format":{"type":"json_schema","json_schema":{"name":"N","description":"D",
        "strict":true,"schema":{"type":"object"}}},
    "reasoning_effort":"xhigh","modalities":["text","audio"],
    "audio":{"format":"wav","voice":{"id":"voice_1"},"speed":2},
    "stream":true,"stream_options":{"include_usage":true,"more":1},
    "web_search_options":{"search_context_size":"low","user_location":{"type":"approximate"}},
    "logit_bias":{"1":-100},"metadata":{"a":"b"},"user":"u","verbosity":"low","store":true,
    "prediction":{"type":"content","content":"p"},"service_tier":"flex","x.y\n":[1]})");
}

TEST_CASE("one tool by name, and no tool at all") {
  for (const std::string choice :
       {R"("none")", R"("auto")", R"("required")", R"({"type":"function","function":{"name":"f"}})",
        R"({"type":"custom","custom":{"name":"g"}})"}) {
    check_same(R"({"model":"m","messages":[{"role":"user","content":""}],"tools":[
        {"type":"function","function":{"name":"f"}},{"type":"custom","custom":{"name":"g"}}],
        "tool_choice":)" +
               choice + "}");
  }
}

TEST_CASE("the older form of functions stays one") {
  check_same(R"({"model":"m","messages":[{"role":"user","content":"x"},
      {"role":"assistant","content":null,"function_call":{"name":"f","arguments":"{}"}},
      {"role":"function","name":"f","content":"1"}],
    "functions":[{"name":"f","parameters":{"type":"object"}}],"function_call":{"name":"f"}})");
}

TEST_CASE("reasoning in an object stays one") {
  check_same(R"({"model":"m","messages":[{"role":"user","content":"x"}],
      "reasoning":{"effort":"low","max_tokens":3000,"exclude":true,"x":1}})");
}

TEST_CASE("calls without ids get some, and their results the same") {
  chat::Request request;
  request.model = "m";
  const auto begin = [&] { return request.parts.size(); };
  std::size_t from = begin();
  for (int i = 0; i < 2; ++i) {
    request.parts.emplace_back(
        chat::ToolCallPart{.name = {"f", false}, .arguments = i == 0 ? "{}" : "{\"a\":1}"});
  }
  request.messages.push_back({chat::Role::assistant, 0, request.from(from)});
  from = begin();
  request.parts.emplace_back(chat::TextPart{{"1", false}});
  const chat::PartRange first = request.from(from);
  from = begin();
  request.parts.emplace_back(chat::ToolResultPart{{}, {"f", false}, first});
  request.parts.emplace_back(chat::ToolResultPart{{}, {"f", false}, {}});
  request.parts.emplace_back(chat::TextPart{{"go on", false}});
  request.messages.push_back({chat::Role::user, 1, request.from(from)});
  const Tree messages = write(request).body["messages"];
  CHECK(messages[0]["content"].is_null());
  CHECK(messages[0]["tool_calls"][0]["id"] == "call_1");
  CHECK(messages[0]["tool_calls"][1]["id"] == "call_2");
  CHECK(messages[1] == Tree::parse(R"({"role":"tool","tool_call_id":"call_1","content":"1"})"));
  CHECK(messages[2] == Tree::parse(R"({"role":"tool","tool_call_id":"call_2","content":""})"));
  CHECK(messages[3] == Tree::parse(R"({"role":"user","content":"go on"})"));
}

TEST_CASE("what a tool shows is shown behind all results") {
  const Written written = rewrite(R"({"model":"m","messages":[{"role":"user","content":"x"},
      {"role":"assistant","tool_calls":[
        {"id":"a","type":"function","function":{"name":"f","arguments":""}},
        {"id":"b","type":"function","function":{"name":"f","arguments":"{}"}}]},
      {"role":"tool","tool_call_id":"a","content":[{"type":"text","text":"t"},
        {"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw0KGgo="}}]},
      {"role":"tool","tool_call_id":"b","content":"u"}]})");
  const Tree& messages = written.body["messages"];
  REQUIRE(messages.size() == 5);
  CHECK(messages[2]["content"] == "t");
  CHECK(messages[3]["content"] == "u");
  CHECK(messages[4]["role"] == "user");
  CHECK(messages[4]["content"][1]["image_url"]["url"] == "data:image/png;base64,iVBORw0KGgo=");
  CHECK(written.changes == "messages[2].content=rewritten");
}

TEST_CASE("what this dialect cannot say is named") {
  const Written written = rewrite(R"({"model":"m","messages":[{"role":"user","content":"x"}],
      "tools":[{"type":"google_search"},{"type":"url_context"}],"tool_choice":"auto",
      "cached_content":"c","extra_body":{"other":1}})");
  CHECK(written.body["web_search_options"] == Tree::object());
  CHECK(!written.body.contains("tools"));
  CHECK(!written.body.contains("tool_choice"));
  CHECK(written.changes ==
        "tools[0]=rewritten, tools[1]=dropped, cached_content=dropped, extra_body.other=dropped");
}

TEST_CASE("an amount of thinking becomes an effort") {
  for (const auto& [tokens, effort] :
       {std::pair{0, "none"}, {1024, "low"}, {8192, "medium"}, {8193, "high"}}) {
    chat::Request request;
    request.model = "m";
    request.reasoning_tokens = tokens;
    CHECK(write(request).body["reasoning_effort"] == effort);
    CHECK(write(request).changes == "reasoning_effort=rewritten");
  }
}

TEST_CASE("media that was fetched goes as bytes") {
  Result<chat::Request> request = read_chat(R"({"model":"m","messages":[{"role":"user","content":[
      {"type":"image_url","image_url":{"url":"https://a.b/c.png"}},
      {"type":"file","file":{"filename":"d.pdf","file_url":"https://a.b/d.pdf"}}]}]})");
  REQUIRE(request);
  chat::FetchedMedia media;
  const std::vector<chat::MediaLink> links = openai_chat::find_links({*request, media});
  REQUIRE(links.size() == 1);
  CHECK(links[0].url == "https://a.b/d.pdf");
  CHECK(links[0].param == "messages[0].content[1].file.file_url");
  chat::FetchedMedia::Item& item = media.add(*links[0].part);
  item.mime_type = "application/pdf";
  item.base64.append("JVBERi0=");
  CHECK(openai_chat::find_links({*request, media}).empty());
  SpanList out;
  chat::Changes changes;
  REQUIRE(openai_chat::write_request({*request, media}, "m", {}, out, changes));
  CHECK(Tree::parse(joined(out))["messages"][0]["content"][1] ==
        Tree::parse(R"({"type":"file","file":{"filename":"d.pdf",
                        "file_data":"data:application/pdf;base64,JVBERi0="}})"));
}

TEST_CASE("a setting that a model refused is left out the next time") {
  Result<chat::Request> request = read_chat(
      R"({"model":"m","messages":[{"role":"user","content":"x"}],"temperature":1,"max_tokens":5})");
  REQUIRE(request);
  openai_chat::RefusedSettings refused;
  const auto refuse = [&](const std::string& error) {
    const auto found = openai_chat::find_refused_setting(400, R"({"error":)" + error + "}");
    REQUIRE(found);
    refused.add(found->number);
    return found->of_model;
  };
  CHECK(
      refuse(R"({"message":"Unsupported parameter: 'max_tokens' is not supported with this model.",
      "type":"invalid_request_error","param":"max_tokens","code":"unsupported_parameter"})"));
  Written written = write(*request, refused);
  CHECK(written.body["max_completion_tokens"] == 5);
  CHECK(!written.body.contains("max_tokens"));
  CHECK(written.changes.empty());
  CHECK(
      refuse(R"({"message":"Unsupported value: 'temperature' does not support 0.8 with this model.",
      "type":"invalid_request_error","param":null,"code":"unsupported_value"})"));
  written = write(*request, refused);
  CHECK(!written.body.contains("temperature"));
  CHECK(written.changes == "temperature=dropped");
}

TEST_CASE("other errors are not about a setting") {
  for (const std::string error :
       {R"({"error":{"message":"Invalid 'temperature': x","param":"temperature","code":"x"}})",
        R"({"error":{"message":"Unsupported value: 'model'","param":"model"}})", "x", ""}) {
    CHECK(!openai_chat::find_refused_setting(400, error));
  }
  CHECK(!openai_chat::find_refused_setting(
      500, R"({"error":{"message":"Unsupported parameter: 'seed'","param":"seed"}})"));
}
