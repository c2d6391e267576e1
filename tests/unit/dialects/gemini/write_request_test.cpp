#include "dialects/gemini/write_request.h"

#include "base/text.h"
#include "native/catch.h"
#include "unit/dialects/read_chat.h"

#include <nlohmann/json.hpp>

#include <string>

using namespace llmproxy;
using Tree = nlohmann::json;

namespace {

// Gemini's request for an OpenAI one; {"error": param} when it is refused. `changes`: what is told
// of it.
Tree translate(const std::string& members, const std::string& model, chat::Changes& changes) {
  const std::string body = R"({"model":")" + model + "\"," + members + "}";
  auto request = read_chat(body);
  if (!request) {
    return {{"error", request.error().param}};
  }
  SpanList out;
  gemini::ReplyContext context;
  const chat::FetchedMedia media;
  Status status =
      gemini::write_request({*request, media}, gemini::parse_model(model), out, changes, context);
  if (!status) {
    return {{"error", status.error().param}};
  }
  std::string text;
  for (const Span& span : out.spans()) {
    text.append(span.data, span.size);
  }
  return Tree::parse(text);
}

Tree translate(const std::string& members, const std::string& model = "gemini-2.5-flash") {
  chat::Changes changes;
  return translate(members, model, changes);
}

// The changes that are told of a request with a message and these members.
std::string changes_of(const std::string& members, const std::string& model = "gemini-2.5-flash") {
  chat::Changes changes;
  translate(R"("messages":[{"role":"user","content":"x"}],)" + members, model, changes);
  return changes.text();
}

Tree config(const std::string& members, const std::string& model = "gemini-2.5-flash") {
  return translate(R"("messages":[{"role":"user","content":"x"}],)" + members, model)
      .at("generationConfig");
}

Tree contents(const std::string& messages, const std::string& model = "gemini-2.5-flash") {
  return translate("\"messages\":[" + messages + "]", model).at("contents");
}

Tree turn(const char* role, const char* text) {
  return {{"role", role}, {"parts", {{{"text", text}}}}};
}

const std::string kCall =
    R"({"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}},)"
    R"({"id":"c2","type":"function","function":{"name":"g","arguments":""}}]})";

}  // namespace

TEST_CASE("system and developer messages, wherever they stand") {
  const Tree request = translate(
      R"("messages":[{"role":"system","content":"a"},{"role":"user","content":"x"},{"role":"developer","content":[{"type":"text","text":"b"}]}])");
  CHECK(request.at("systemInstruction") == Tree::parse(R"({"parts":[{"text":"a"},{"text":"b"}]})"));
  CHECK(request.at("contents") == Tree::array({turn("user", "x")}));
}

TEST_CASE("a system text alone becomes the user's turn") {
  const Tree request =
      translate(R"("messages":[{"role":"system","content":"a"},{"role":"user","content":""}])");
  CHECK_FALSE(request.contains("systemInstruction"));
  CHECK(request.at("contents") == Tree::array({turn("user", "a")}));
  CHECK(contents(R"({"role":"user","content":""})") == Tree::array({turn("user", " ")}));
}

TEST_CASE("gemma has no system instruction") {
  CHECK(translate(R"("messages":[{"role":"system","content":"a"},{"role":"user","content":"x"}])",
                  "gemma-3-27b-it")
            .at("contents") == Tree::array({turn("user", "a"), turn("user", "x")}));
}

TEST_CASE("consecutive messages of one side are one content") {
  CHECK(
      contents(
          R"({"role":"user","content":"a"},{"role":"user","content":"b"},{"role":"assistant","content":"c"},{"role":"user","content":"d"})") ==
      Tree::parse(
          R"([{"role":"user","parts":[{"text":"a"},{"text":"b"}]},{"role":"model","parts":[{"text":"c"}]},{"role":"user","parts":[{"text":"d"}]}])"));
}

TEST_CASE("a conversation begins with the user, and ends with it where it must") {
  CHECK(contents(R"({"role":"assistant","content":"a"},{"role":"user","content":"b"})")[0] ==
        turn("user", " "));
  const std::string prefill = R"({"role":"user","content":"a"},{"role":"assistant","content":"b"})";
  CHECK(contents(prefill).size() == 2);
  CHECK(contents(prefill, "gemini-3.8-flash").back() == turn("user", "Continue."));
}

TEST_CASE("calls and their results") {
  const Tree all = contents(
      R"({"role":"user","content":"x"},)" + kCall +
      R"(,{"role":"tool","tool_call_id":"c1","content":"r\n1"},{"role":"tool","tool_call_id":"c2","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]},{"role":"user","content":"y"})");
  REQUIRE(all.size() == 4);
  CHECK(
      all[1] ==
      Tree::parse(
          R"({"role":"model","parts":[{"functionCall":{"id":"c1","name":"f","args":{"a":1}}},{"functionCall":{"id":"c2","name":"g","args":{}}}]})"));
  CHECK(
      all[2] ==
      Tree::parse(
          R"({"role":"user","parts":[{"functionResponse":{"id":"c1","name":"f","response":{"output":"r\n1"}}},{"functionResponse":{"id":"c2","name":"g","response":{"output":"ab"}}}]})"));
  CHECK(all[3] == turn("user", "y"));
  CHECK(
      translate(
          R"("messages":[{"role":"user","content":"x"},{"role":"tool","tool_call_id":"zz","content":"r"}])") ==
      Tree{{"error", "messages[1].tool_call_id"}});
}

TEST_CASE(
    "signatures: the client's own, else the stand-in on the first call of a turn, where one is "
    "needed") {
  const std::string history = R"({"role":"user","content":"x"},)" + kCall;
  CHECK(contents(history, "gemini-3-pro-preview")[1].at("parts")[0].at("thoughtSignature") ==
        "skip_thought_signature_validator");
  CHECK_FALSE(
      contents(history, "gemini-3-pro-preview")[1].at("parts")[1].contains("thoughtSignature"));
  const std::string own =
      R"({"role":"user","content":"x"},{"role":"assistant","tool_calls":[{"id":"c","function":{"name":"f","arguments":"{}"},"extra_content":{"google":{"thought_signature":"sig"}}}]})";
  CHECK(contents(own)[1].at("parts")[0].at("thoughtSignature") == "sig");
}

TEST_CASE("sampling is passed by presence, as it is written") {
  CHECK(config(R"("temperature":0,"top_p":0.10,"top_k":3)") ==
        Tree::parse(R"({"temperature":0,"topP":0.10,"topK":3})"));
  CHECK(config(R"("temperature":null)") == Tree::object());
  CHECK(config(R"("max_tokens":10,"max_completion_tokens":20,"seed":7,"stop":["a","","b"])") ==
        Tree::parse(R"({"maxOutputTokens":20,"seed":7,"stopSequences":["a","b"]})"));
  CHECK(config(R"("seed":4294967297)") == Tree{{"seed", 1}});
  CHECK(config(R"("n":2)") == Tree{{"candidateCount", 2}});
  CHECK(config(R"("n":1)") == Tree::object());
}

TEST_CASE("top_logprobs is topK unless logprobs is true") {
  CHECK(config(R"("top_logprobs":32)") == Tree{{"topK", 32}});
  CHECK(config(R"("top_logprobs":32,"logprobs":false)") == Tree{{"topK", 32}});
  CHECK(config(R"("top_logprobs":32,"top_k":5)") == Tree{{"topK", 5}});
  CHECK(config(R"("top_logprobs":5,"logprobs":true)") ==
        Tree::parse(R"({"responseLogprobs":true,"logprobs":5})"));
}

TEST_CASE("what a generation does not take is not sent") {
  CHECK(config(R"("temperature":0.5,"top_p":1,"top_k":2)", "gemini-3.8-flash") == Tree::object());
  CHECK(config(R"("presence_penalty":1,"frequency_penalty":1)") == Tree::object());
  CHECK(config(R"("presence_penalty":1,"frequency_penalty":0)", "gemini-2.0-flash") ==
        Tree{{"presencePenalty", 1}});
  CHECK(translate(R"("messages":[{"role":"user","content":"x"}],"n":9)", "gemini-3-pro-preview") ==
        Tree{{"error", "n"}});
  CHECK(
      translate(R"("messages":[{"role":"user","content":"x"}],"stop":["1","2","3","4","5","6"])") ==
      Tree{{"error", "stop"}});
}

TEST_CASE("formats and effort") {
  CHECK(config(R"("response_format":{"type":"json_object"})") ==
        Tree{{"responseMimeType", "application/json"}});
  CHECK(
      config(
          R"("response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"type":"object"}}})") ==
      Tree::parse(
          R"({"responseMimeType":"application/json","responseJsonSchema":{"type":"object"}})"));
  CHECK(config(R"("response_format":{"type":"text"})") == Tree::object());
  CHECK(config(R"("reasoning_effort":"low")") ==
        Tree::parse(R"({"thinkingConfig":{"thinkingBudget":1024,"includeThoughts":true}})"));
  CHECK(config(R"("reasoning_effort":"low")", "gemini-3.5-flash") ==
        Tree::parse(R"({"thinkingConfig":{"thinkingLevel":"LOW","includeThoughts":true}})"));
}

TEST_CASE("tools keep their schema, and lose one that says nothing") {
  const std::string tools =
      R"("messages":[{"role":"user","content":"x"}],"tools":[{"type":"function","function":{"name":"f","description":"d","parameters":{"type":"object","properties":{"a":{"const":1}}}}},)"
      R"({"type":"function","function":{"name":"g","parameters":{"type":"object","properties":{}}}},{"type":"function","function":{"name":"h"}}])";
  const Tree request = translate(tools);
  CHECK(
      request.at("tools") ==
      Tree::parse(
          R"([{"functionDeclarations":[{"name":"f","description":"d","parametersJsonSchema":{"type":"object","properties":{"a":{"enum":[1],"type":"integer"}}}},{"name":"g"},{"name":"h"}]}])"));
  CHECK_FALSE(request.contains("toolConfig"));
  const auto choice = [&](const std::string& value) {
    return translate(tools + ",\"tool_choice\":" + value);
  };
  CHECK_FALSE(choice("\"auto\"").contains("toolConfig"));
  CHECK(choice("\"none\"").at("toolConfig").at("functionCallingConfig") == Tree{{"mode", "NONE"}});
  CHECK(choice("\"required\"").at("toolConfig").at("functionCallingConfig") ==
        Tree{{"mode", "ANY"}});
  CHECK(choice(R"({"type":"function","function":{"name":"g"}})")
            .at("toolConfig")
            .at("functionCallingConfig") ==
        Tree::parse(R"({"mode":"ANY","allowedFunctionNames":["g"]})"));
  CHECK(choice(R"({"type":"function","function":{"name":"zz"}})") ==
        Tree{{"error", "tool_choice"}});
  CHECK(translate(R"("messages":[{"role":"user","content":"x"}],"tool_choice":"required")") ==
        Tree{{"error", "tool_choice"}});
  CHECK_FALSE(translate(R"("messages":[{"role":"user","content":"x"}],"tool_choice":"auto")")
                  .contains("toolConfig"));
}

TEST_CASE("media by their bytes, and a clear no to the rest") {
  const auto part = [](const std::string& json_part) {
    return translate(R"("messages":[{"role":"user","content":[)" + json_part + "]}]");
  };
  CHECK(part(R"({"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}})")
            .at("contents")[0]
            .at("parts")[0] ==
        Tree::parse(R"({"inlineData":{"mimeType":"image/png","data":"AAAA"}})"));
  CHECK(part(R"({"type":"image_url","image_url":"data:image/jpg;base64,AAAA"})")
            .at("contents")[0]
            .at("parts")[0]
            .at("inlineData")
            .at("mimeType") == "image/jpeg");
  CHECK(part(R"({"type":"input_audio","input_audio":{"data":"AAAA","format":"mp3"}})")
            .at("contents")[0]
            .at("parts")[0]
            .at("inlineData")
            .at("mimeType") == "audio/mp3");
  CHECK(part(R"({"type":"file","file":{"file_data":"data:application/pdf;base64,AAAA"}})")
            .at("contents")[0]
            .at("parts")[0]
            .at("inlineData")
            .at("mimeType") == "application/pdf");
  CHECK(part(R"({"type":"image_url","image_url":{"url":"data:image/gif;base64,AA"}})") ==
        Tree{{"error", "messages[0].content[0].image_url.url"}});
  CHECK(part(R"({"type":"file","file":{"file_id":"file-1"}})") ==
        Tree{{"error", "messages[0].content[0].file.file_id"}});
  CHECK(
      part(R"({"type":"file","file":{"file_id":"files/abc"}})").at("contents")[0].at("parts")[0] ==
      Tree::parse(
          R"({"fileData":{"fileUri":"https://generativelanguage.googleapis.com/v1beta/files/abc"}})"));
}

TEST_CASE("a data URL without data is an error") {
  const auto param = [](const std::string& json_part) {
    const Tree all = translate(R"("messages":[{"role":"user","content":[)" + json_part + "]}]");
    return all.contains("error") ? all.at("error") : Tree("ok");
  };
  const std::string at = "messages[0].content[0].";
  for (const char* blank : {"", " ", "\\n"}) {
    const std::string png = R"("data:image/png;base64,)" + std::string(blank) + "\"";
    CHECK(param(R"({"type":"image_url","image_url":{"url":)" + png + "}}") == at + "image_url.url");
    CHECK(param(R"({"type":"image_url","image_url":)" + png + "}") == at + "image_url");
    CHECK(param(R"({"type":"file","file":{"file_data":)" + png + "}}") == at + "file.file_data");
    CHECK(param(R"({"type":"input_audio","input_audio":{"data":)" + png + "}}") ==
          at + "input_audio.data");
  }
}

namespace {

// What Gemini is told of the result of a call with this content.
Tree result_of(const std::string& content, std::string* changes = nullptr) {
  chat::Changes changed;
  const Tree all = translate(
      R"("messages":[{"role":"user","content":"x"},{"role":"assistant","tool_calls":[)"
      R"({"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}]},{"content":)" +
          content + R"(,"role":"tool","tool_call_id":"c"}])",
      "gemini-3-pro-preview", changed);
  if (changes != nullptr) {
    *changes = changed.text();
  }
  if (all.contains("error")) {
    return all;
  }
  Tree result = all.at("contents").at(2).at("parts").at(0).at("functionResponse");
  Tree out{{"output", result.at("response").at("output")}};
  if (result.contains("parts")) {
    out["parts"] = result.at("parts");
  }
  return out;
}

}  // namespace

TEST_CASE("a result may be data of any kind") {
  const auto output = [](const std::string& content) {
    std::string changes;
    const Tree result = result_of(content, &changes);
    CHECK(changes.empty());
    return result.contains("output") && result.size() == 1 ? result.at("output") : result;
  };
  CHECK(output(R"({"a":[1,"\u00e9\n"]})") == Tree::parse(R"({"a":[1,"\u00e9\n"]})"));
  CHECK(output("5") == "5");
  CHECK(output("true") == "true");
  CHECK(output("null") == "");
  CHECK(output("[]") == "");
  CHECK(output(R"([{"id":1},{"id":2}])") == Tree::parse(R"([{"id":1},{"id":2}])"));
  CHECK(output("[1,2]") == Tree::parse("[1,2]"));
  CHECK(output(R"(["a","b"])") == "ab");
  CHECK(output(R"([{"type":"json","json":{"a":1}}])") == Tree::parse(R"({"a":1})"));
  CHECK(output(R"([{"type":"json","value":{"a":1}}])") == Tree::parse(R"({"a":1})"));
  CHECK(output(R"([{"type":"json","a":1}])") == Tree::parse(R"({"type":"json","a":1})"));
  CHECK(output(R"([{"type":"issue","id":3}])") == Tree::parse(R"({"type":"issue","id":3})"));
  CHECK(output(R"([{"type":"text","text":"a"},5,null])") == "a5");
  CHECK(output(R"([{"type":"resource_link","uri":"file:///a","name":"a"}])") ==
        Tree::parse(R"({"type":"resource_link","uri":"file:///a","name":"a"})"));
  // Of a user it is still an error, and so is what is no JSON.
  CHECK(translate(R"("messages":[{"role":"user","content":{"a":1}}])") ==
        Tree{{"error", "messages[0].content"}});
  CHECK(result_of("{\"a\":").contains("error"));
  CHECK(result_of(R"([{"type":"json","json":])").contains("error"));
}

TEST_CASE("results of MCP's tools") {
  const Tree png =
      Tree::parse(R"([{"inlineData":{"mimeType":"image/png","data":"iVBORw0KGgo="}}])");
  const std::string bytes = R"("iVBORw0KGgo=")";
  CHECK(result_of(R"([{"type":"image","data":)" + bytes + R"(,"mimeType":"image/png"}])") ==
        Tree{{"output", ""}, {"parts", png}});
  CHECK(result_of(R"([{"type":"image","data":)" + bytes + "}]") ==
        Tree{{"output", ""}, {"parts", png}});
  std::string changes;
  CHECK(result_of(R"([{"type":"resource","resource":{"uri":"file:///a.txt","text":"hi"}}])",
                  &changes) == Tree{{"output", "hi"}});
  CHECK(changes == "messages[2].content[0].resource.uri=dropped");
  CHECK(result_of(R"([{"type":"resource","resource":{"uri":"x","mimeType":"image/png","blob":)" +
                  bytes + "}}]") == Tree{{"output", ""}, {"parts", png}});
  CHECK(result_of(R"([{"type":"resource","resource":{"uri":"a.bin","blob":"AAAA"}}])", &changes) ==
        Tree{{"output", ""}});
  CHECK(contains(changes, "messages[2].content[0].resource.blob=dropped"));
  CHECK(result_of(R"([{"type":"resource","resource":{"uri":"a","size":1}}])", &changes) ==
        Tree{{"output", Tree::parse(R"({"type":"resource","resource":{"uri":"a","size":1}})")}});
  CHECK(changes.empty());
  CHECK(result_of(R"([{"type":"image","data":"","mimeType":"image/png"}])") ==
        Tree{{"error", "messages[2].content[0].data"}});
  CHECK(result_of(R"([{"type":"image","data":"R0lGODlh","mimeType":"image/gif"}])") ==
        Tree{{"error", "messages[2].content[0].data"}});
}

TEST_CASE("media are named by the member that the client put them in") {
  const auto param = [](const std::string& json_part) {
    return translate(R"("messages":[{"role":"user","content":[)" + json_part + "]}]").at("error");
  };
  const std::string gif = "\"data:image/gif;base64,R0lGODlh\"";
  const std::string at = "messages[0].content[0].";
  CHECK(param(R"({"type":"image_url","image_url":{"url":)" + gif + "}}") == at + "image_url.url");
  CHECK(param(R"({"type":"image_url","image_url":)" + gif + "}") == at + "image_url");
  CHECK(param(R"({"type":"image","image":)" + gif + "}") == at + "image");
  CHECK(param(R"({"type":"video_url","video_url":{"url":)" + gif + "}}") == at + "video_url.url");
  CHECK(param(R"({"type":"file","file":{"file_data":)" + gif + "}}") == at + "file.file_data");
  CHECK(param(R"({"type":"file","file":{"file_url":)" + gif + "}}") == at + "file.file_url");
  CHECK(param(R"({"type":"input_audio","input_audio":{"data":)" + gif + "}}") ==
        at + "input_audio.data");
}

TEST_CASE("an image of an answer in a format that Gemini does not take is left out and named") {
  const auto history = [](const std::string& answer, std::string& changes) {
    chat::Changes changed;
    const Tree all = translate(R"("messages":[{"role":"user","content":"a"},{"role":"assistant",)" +
                                   answer + R"(},{"role":"user","content":"b"}])",
                               "gemini-2.5-flash", changed);
    changes = changed.text();
    return all.contains("error") ? all : all.at("contents").at(1);
  };
  for (const char* type : {"image/gif", "image/svg+xml", "image/avif"}) {
    INFO(type);
    const std::string url = R"("data:)" + std::string(type) + R"(;base64,R0lGODlh")";
    const std::string image = R"({"type":"image_url","image_url":{"url":)" + url + "}}";
    std::string changes;
    CHECK(history(R"("content":"c","images":[)" + image + "]", changes) == turn("model", "c"));
    CHECK(changes == "messages[1].images[0]=dropped");
    // The turn stays one.
    CHECK(history(R"("content":null,"images":[)" + image + "]", changes) == turn("model", " "));
    CHECK(changes == "messages[1].images[0]=dropped");
    CHECK(history(R"("content":[)" + image + "]", changes) == turn("model", " "));
    CHECK(changes == "messages[1].content[0]=dropped");
  }
}

TEST_CASE("reasoning with more to say than an effort") {
  const auto thinking = [](const std::string& reasoning,
                           const std::string& model = "gemini-2.5-flash") {
    const Tree all = config("\"reasoning\":" + reasoning, model);
    return all.contains("thinkingConfig") ? all.at("thinkingConfig") : Tree();
  };
  const Tree high = Tree::parse(R"({"thinkingBudget":24576,"includeThoughts":true})");
  CHECK(thinking(R"({"effort":"high"})") == high);
  CHECK(thinking(R"({"effort":"high","summary":"auto","exclude":false})") == high);
  CHECK(thinking(R"({"effort":"high"})", "gemini-3-flash-preview") ==
        Tree::parse(R"({"thinkingLevel":"HIGH","includeThoughts":true})"));
  CHECK(thinking(R"({"effort":"high","exclude":true})") ==
        Tree::parse(R"({"thinkingBudget":24576})"));
  CHECK(thinking(R"({"enabled":true})") == Tree::parse(R"({"includeThoughts":true})"));
  CHECK(thinking(R"({"enabled":false})") == Tree::parse(R"({"thinkingBudget":0})"));
  CHECK(thinking(R"({"max_tokens":2000})") ==
        Tree::parse(R"({"thinkingBudget":2000,"includeThoughts":true})"));
  CHECK(thinking(R"({"max_tokens":2000})", "gemini-3-flash-preview") ==
        Tree::parse(R"({"thinkingBudget":2000,"includeThoughts":true})"));
  CHECK(thinking(R"({"max_tokens":0})") == Tree::parse(R"({"thinkingBudget":0})"));
  CHECK(thinking(R"({"effort":"high","max_tokens":1})") == high);
  for (const char* nothing : {"null", "{}", R"({"effort":null,"max_tokens":null})", "\"high\""}) {
    CHECK(thinking(nothing) == Tree());
  }
  CHECK(thinking(R"({"effort":"high"})", "gemini-2.0-flash") == Tree());
  // What is said by itself holds, wherever it stands.
  const Tree low = Tree::parse(R"({"thinkingBudget":1024,"includeThoughts":true})");
  CHECK(config(R"("reasoning":{"effort":"high"},"reasoning_effort":"low")").at("thinkingConfig") ==
        low);
  CHECK(config(R"("reasoning_effort":"low","reasoning":{"effort":"high"})").at("thinkingConfig") ==
        low);
}

TEST_CASE("what of reasoning is wrong is named, and what is left out") {
  const std::string user = R"("messages":[{"role":"user","content":"x"}],"reasoning":)";
  CHECK(translate(user + R"({"effort":"lots"})").at("error") == "reasoning.effort");
  CHECK(translate(user + R"({"effort":1})").at("error") == "reasoning.effort");
  CHECK(translate(user + R"({"max_tokens":-1})").at("error") == "reasoning.max_tokens");
  CHECK(translate(user + R"({"exclude":1})").at("error") == "reasoning.exclude");
  const auto changes = [&](const std::string& reasoning, const std::string& model) {
    const std::string body = R"({"model":"x",)" + user + reasoning + "}";
    auto request = read_chat(body);
    REQUIRE(request);
    SpanList out;
    chat::Changes changed;
    gemini::ReplyContext context;
    CHECK(gemini::write_request({*request, {}}, gemini::parse_model(model), out, changed, context));
    return changed.text();
  };
  CHECK(changes(R"({"effort":"low"})", "gemini-2.5-flash").empty());
  CHECK(changes(R"({"effort":"low"})", "gemini-2.0-flash") == "reasoning.effort=dropped");
  CHECK(changes(R"({"max_tokens":9})", "gemini-2.0-flash") == "reasoning.max_tokens=dropped");
  CHECK(changes(R"({"enabled":true})", "gemini-2.0-flash") == "reasoning=dropped");
  CHECK(changes(R"({"enabled":false})", "gemini-2.0-flash").empty());
  CHECK(changes(R"({"effort":"low","max_tokens":9})", "gemini-2.5-flash") ==
        "reasoning.max_tokens=dropped");
  CHECK(changes(R"({"effort":"low","depth":1})", "gemini-2.5-flash") == "reasoning.depth=dropped");
  CHECK(changes("\"high\"", "gemini-2.5-flash") == "reasoning=dropped");
}

TEST_CASE("a tool that is declared again in other words is declared once") {
  const auto declared = [](const std::string& tools) {
    return translate(R"("messages":[{"role":"user","content":"x"}],)" + tools);
  };
  const auto function = [](const std::string& members) {
    return R"({"type":"function","function":{"name":"f")" + members + "}}";
  };
  const std::string schema =
      R"(,"parameters":{"type":"object","properties":{"a":{"type":"string"},"b":{"enum":[1,"x"]}},"required":["a"]})";
  const std::string same =
      R"(,"parameters": {"required":["a"], "properties":{"b":{"enum":[1, "\u0078"]},"a":{"type":"string"}}, "type":"object"})";
  const std::string described = R"(,"description":"d")";
  for (const auto& [first, second] : {
           std::pair(schema, same),
           std::pair(described + schema, R"(,"description":"\u0064")" + same),
           std::pair(schema, described + schema),
           std::pair(described, std::string(R"(,"parameters":{"type":"object","properties":{}})")),
           std::pair(std::string(R"(,"parameters":{})"), described),
       }) {
    INFO(first << " and " << second);
    const Tree tools = declared("\"tools\":[" + function(first) + "," + function(second) + "]");
    REQUIRE(tools.contains("tools"));
    const Tree& functions = tools.at("tools")[0].at("functionDeclarations");
    REQUIRE(functions.size() == 1);
    CHECK(functions[0].contains("description") ==
          (first.starts_with(described) || second.starts_with(R"(,"description")")));
  }
  for (const std::string& other :
       {std::string(),
        std::string(R"(,"parameters":{"type":"object","properties":{"a":{"type":"string"}}})"),
        R"(,"description":"e")" + schema}) {
    INFO(other);
    CHECK(declared("\"tools\":[" + function(described + schema) + "," + function(schema) + "," +
                   function(other) + "]") == Tree{{"error", "tools[2].function.name"}});
  }
}

TEST_CASE("what is declared again is named if it said anything else") {
  const std::string f =
      R"({"type":"function","function":{"name":"f","parameters":{"type":"object","properties":{"a":{}}}}})";
  const std::string spaced =
      R"({"type":"function","function":{"name":"f","parameters":{ "type":"object","properties":{"a":{}}}}})";
  CHECK(changes_of("\"tools\":[" + f + "," + f + "]").empty());
  CHECK(changes_of("\"tools\":[" + f + "," + spaced + "]") == "tools[1]=dropped");
  CHECK(changes_of(R"("functions":[{"name":"f"},{"name":"f","description":"d"}])") ==
        "functions[0]=dropped");
  CHECK(changes_of(R"("tools":[{"url_context":{}},{"url_context":{}},{"type":"url_context"}])")
            .empty());
  CHECK(
      changes_of(
          R"("tools":[{"google_search":{}},{"google_search":{ }},{"googleSearch":{"exclude_domains":["a"]}},{"googleSearch":{"exclude_domains": ["a"]}}])")
          .empty());
  const Tree searched = translate(
      R"("messages":[{"role":"user","content":"x"}],"tools":[{"google_search":{}},{"googleSearch":{"exclude_domains":["a"]}}])");
  CHECK(searched.at("tools") == Tree::parse(R"([{"googleSearch":{"exclude_domains":["a"]}}])"));
  CHECK(
      changes_of(
          R"("tools":[{"googleSearch":{"exclude_domains":["a"]}},{"googleSearch":{"exclude_domains":["b"]}}])") ==
      "tools[1]=dropped");
}

TEST_CASE("changes name a field as the client does") {
  const std::string schema =
      R"({"type":"object","properties":{"a":{"allOf":[{"type":"string"},{"type":"integer"}],"not":{}}}})";
  const std::string gemma = "gemma-3-27b-it";
  CHECK(changes_of(R"("reasoning_effort":"max")") == "reasoning_effort=clamped");
  CHECK(changes_of(R"("reasoning":{"effort":"max"})") == "reasoning.effort=clamped");
  CHECK(changes_of(R"("reasoning":{"effort":"max"},"reasoning_effort":null)") ==
        "reasoning.effort=clamped");
  CHECK(changes_of(R"("reasoning":{"effort":"low"},"reasoning_effort":"max")") ==
        "reasoning_effort=clamped, reasoning.effort=dropped");
  CHECK(changes_of(R"("extra_body":{"google":{"thinking_config":{"include_thoughts":true}}})",
                   gemma) == "extra_body.google.thinking_config=dropped");
  CHECK(changes_of(R"("google":{"thinking_config":{"thinking_budget":5}})", gemma) ==
        "google.thinking_config=dropped");
  CHECK(changes_of(R"("response_format":{"type":"json_object","schema":)" + schema + "}") ==
        "response_format.schema=rewritten");
  CHECK(changes_of(R"("response_format":{"type":"json_schema","json_schema":)" + schema + "}") ==
        "response_format.json_schema=rewritten");
  CHECK(
      changes_of(R"("response_format":{"type":"json_schema","json_schema":{"name":"n","schema":)" +
                 schema + "}}") == "response_format.json_schema.schema=rewritten");
  CHECK(changes_of(R"("extra_body":{"google":{"response_schema":)" + schema + "}}") ==
        "extra_body.google.response_schema=rewritten");
  CHECK(changes_of(R"("generation_config":{"response_schema":)" + schema + "}") ==
        "generation_config.response_schema=rewritten");
  const auto clamped = [](const std::string& members) {
    const std::string body = R"({"model":"gemini-2.5-flash",)" + members +
                             R"(,"messages":[{"role":"user","content":"x"}]})";
    auto request = read_chat(body);
    gemini::Model model = gemini::parse_model("gemini-2.5-flash");
    model.adapt_to({gemini::Feature::max_tokens, false, gemini::Bounds{"1", "9"}});
    SpanList out;
    chat::Changes changes;
    gemini::ReplyContext context;
    const chat::FetchedMedia media;
    CHECK(gemini::write_request({*request, media}, model, out, changes, context));
    return changes.text();
  };
  CHECK(clamped(R"("max_tokens":10)") == "max_tokens=clamped");
  CHECK(clamped(R"("max_tokens":7,"max_completion_tokens":10)") == "max_completion_tokens=clamped");
  CHECK(clamped(R"("max_tokens":10,"max_completion_tokens":0)") == "max_tokens=clamped");
}

TEST_CASE("calls of the older form are named as such") {
  chat::Changes changes;
  translate(
      R"("messages":[{"role":"user","content":"x"},{"role":"assistant","content":null,"function_call":{"name":"f","arguments":"{}"}},{"role":"user","content":"y"}])",
      "gemini-2.5-flash", changes);
  CHECK(changes.text() == "messages[1].function_call=rewritten");
}

TEST_CASE("errors name functions in the form that the client uses") {
  const auto error = [](const std::string& members, const std::string& model = "gemini-2.5-flash") {
    return translate(R"("messages":[{"role":"user","content":"x"}],)" + members, model).at("error");
  };
  CHECK(error(R"("functions":[{"name":"f"},{"name":"f","parameters":{"properties":{"a":{}}}}])") ==
        "functions[1].name");
  CHECK(
      error(
          R"("tools":[{"type":"custom","custom":{"name":"f"}},{"type":"function","function":{"name":"f"}}])") ==
      "tools[1].function.name");
  CHECK(error(R"("functions":[{"name":"f"}])", "gemini-2.5-flash-preview-tts") == "functions");
  CHECK(error(R"("functions":[{"name":"f"}],"function_call":{"name":"g"})") == "function_call");
  CHECK(error(R"("function_call":{"name":"g"})") == "function_call");
  CHECK(
      error(
          R"("tools":[{"type":"function","function":{"name":"f"}}],"tool_choice":{"type":"function","function":{"name":"g"}})") ==
      "tool_choice");
}
