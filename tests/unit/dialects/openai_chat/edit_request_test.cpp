#include "dialects/openai_chat/edit_request.h"

#include "base/limits.h"
#include "native/catch.h"
#include "suppliers/table.h"

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

using namespace llmproxy;
using openai_chat::EditRule;
using openai_chat::Match;
using openai_chat::Place;

namespace {

std::string edit(const std::string& body, const openai_chat::RequestEdits& edits,
                 std::string* changed = nullptr) {
  SpanList out;
  chat::Changes changes;
  Status status = openai_chat::edit_request(body, edits, out, changes);
  if (!status) {
    return "error: " + status.error().message;
  }
  if (changed != nullptr) {
    *changed = changes.text();
  }
  std::string text;
  for (const Span& span : out.spans()) {
    text.append(span.data, span.size);
  }
  return text;
}

std::string for_groq(const std::string& body, std::string* changed = nullptr) {
  return edit(body, suppliers::built_in().find("groq")->edits, changed);
}

std::string message_for_groq(const std::string& members, std::string* changed = nullptr) {
  const std::string begin = R"({"messages":[{)";
  const std::string out = for_groq(begin + members + "}]}", changed);
  REQUIRE(out.starts_with(begin));
  return out.substr(begin.size(), out.size() - begin.size() - 3);
}

}  // namespace

TEST_CASE("a body that needs no change stays as it is, byte for byte") {
  const std::string body =
      "{ \"model\" : \"m\",\n\"messages\":[ {\"role\":\"user\", \"content\":\"\\u00e9\"} ] , "
      "\"temperature\":1e2}";
  REQUIRE(for_groq(body) == body);
}

TEST_CASE("members are cut with their commas, wherever they stand") {
  const std::vector<EditRule> rules = {{Place::request, "a"}, {Place::request, "b"}};
  CHECK(edit(R"({"a":1,"c":2})", {rules}) == R"({"c":2})");
  CHECK(edit(R"({"c":2,"a":1})", {rules}) == R"({"c":2})");
  CHECK(edit(R"({"c":2,"a":1,"d":3})", {rules}) == R"({"c":2,"d":3})");
  CHECK(edit(R"({"a":1,"b":2,"c":3})", {rules}) == R"({"c":3})");
  CHECK(edit(R"({"c":3,"a":1,"b":2})", {rules}) == R"({"c":3})");
  CHECK(edit(R"({"a":1,"b":[{}]})", {rules}) == "{}");
  CHECK(edit(R"({"a":1,"c":2,"b":3,"d":4})", {rules}) == R"({"c":2,"d":4})");
  CHECK(edit(R"({ "a" : 1 , "c" : 2 })", {rules}) == R"({ "c" : 2 })");
  CHECK(edit(R"({"\u0061":1,"c":2})", {rules}) == R"({"c":2})");
}

TEST_CASE("fields inside messages and tool calls") {
  CHECK(
      for_groq(
          R"({"store":true,"messages":[{"reasoning_content":"x","role":"assistant","content":null,)"
          R"("tool_calls":[{"id":"a","extra_content":{"google":{}},"type":"function"}]}]})") ==
      R"({"messages":[{"role":"assistant","content":null,"tool_calls":[{"id":"a","type":"function"}]}]})");
  CHECK(for_groq(R"({"messages":[{"role":"developer","content":"x","name":"n"}]})") ==
        R"({"messages":[{"role":"system","content":"x"}]})");
  CHECK(for_groq(R"({"stream_options":{"include_obfuscation":false,"include_usage":true}})") ==
        R"({"stream_options":{"include_usage":true}})");
}

TEST_CASE("a field goes when it asks for nothing, and stays when it asks for something") {
  CHECK(for_groq(R"({"logprobs":false,"logit_bias":{ },"top_logprobs":null,"n":1})") ==
        R"({"n":1})");
  CHECK(for_groq(R"({"logprobs":true,"logit_bias":{"1":2},"top_logprobs":3})") ==
        R"({"logprobs":true,"logit_bias":{"1":2},"top_logprobs":3})");
  CHECK(for_groq(R"({"service_tier":"default"})") == R"({"service_tier":"on_demand"})");
  CHECK(for_groq(R"({"service_tier":"flex"})") == R"({"service_tier":"flex"})");
}

TEST_CASE("efforts are named as the model knows them") {
  const auto effort = [](const std::string& model, const std::string& value) {
    const auto body = nlohmann::json::parse(
        for_groq(R"({"reasoning_effort":")" + value + R"(","model":")" + model + "\"}"));
    return body.value("reasoning_effort", "gone");
  };
  CHECK(effort("openai/gpt-oss-120b", "minimal") == "low");
  CHECK(effort("openai/gpt-oss-120b", "high") == "high");
  CHECK(effort("openai/gpt-oss-120b", "xhigh") == "high");
  CHECK(effort("qwen/qwen3-32b", "none") == "none");
  CHECK(effort("qwen/qwen3-32b", "high") == "default");
  CHECK(effort("moonshotai/kimi-k2-instruct-0905", "high") == "gone");
}

TEST_CASE("of a request Groq gets what it knows, and the rest is named") {
  std::string changed;
  CHECK(
      for_groq(
          R"({"enable_thinking":false,"thinking":{"type":"enabled"},"model":"m","extra_body":{"a":1},)"
          R"("google":{"x":1},"safety_settings":[{}],"top_k":5,"min_p":0,"messages":[],)"
          R"("provider":{"order":["a"]},"repetition_penalty":1.1,"some_\u0066ield":"x"})",
          &changed) == R"({"model":"m","messages":[]})");
  CHECK(changed ==
        "enable_thinking=dropped, thinking=dropped, extra_body=dropped, google=dropped, "
        "safety_settings=dropped, top_k=dropped, min_p=dropped, provider=dropped, "
        "repetition_penalty=dropped, some_\\u0066ield=dropped");
  const std::string known =
      R"({"messages":[],"model":"m","citation_options":"enabled","compound_custom":{"a":1},)"
      R"("disable_tool_validation":true,"documents":[1],"exclude_domains":["a"],"function_call":"auto",)"
      R"("functions":[{}],"include_domains":["b"],"include_reasoning":false,"max_completion_tokens":1,)"
      R"("max_tokens":1,"n":1,"parallel_tool_calls":true,"reasoning_format":"hidden",)"
      R"("response_format":{"type":"text"},"search_settings":{"a":1},"seed":1,"service_tier":"flex",)"
      R"("stop":["x"],"stream":true,"stream_options":{"include_usage":true},"temperature":1,)"
      R"("tool_choice":"auto","tools":[{"type":"browser_search"}],"top_p":1,"user":"u"})";
  CHECK(for_groq(known, &changed) == known);
  CHECK(changed.empty());
  CHECK(for_groq(
            R"({"stream_options":{"include_usage":true,"continuous_usage_stats":true,"x":null}})",
            &changed) == R"({"stream_options":{"include_usage":true}})");
  CHECK(changed == "stream_options.continuous_usage_stats=dropped");
  // As much as a body holds of them is cut in one pass, and the header stays small.
  std::string body = "{";
  for (int i = 0; i < 100'000; ++i) {
    body += "\"x" + std::to_string(i) + "\":1,";
  }
  CHECK(for_groq(body + R"("model":"m"})", &changed) == R"({"model":"m"})");
  CHECK(changed.size() <= kMaxChangesHeader);
  CHECK(for_groq("{\"" + std::string(1'000'000, 'k') + R"(":1,"reasoning":{")" +
                     std::string(1'000'000, 'k') + R"(":1}})",
                 &changed) == "{}");
  CHECK(changed.size() <= kMaxChangesHeader);
}

TEST_CASE("an effort inside of `reasoning` becomes the one that Groq knows") {
  std::string changed;
  const std::string gpt = R"({"model":"openai/gpt-oss-120b")";
  const auto ask = [&](const std::string& members) {
    const std::string out = for_groq(gpt + members + "}", &changed);
    REQUIRE(out.starts_with(gpt));
    return out.substr(gpt.size());
  };
  CHECK(ask(R"(,"reasoning": {"effort":"low"},"n":1)") == R"(,"reasoning_effort":"low","n":1})");
  CHECK(changed.empty());
  CHECK(ask(R"(,"reasoning":{"exclude":true,"effort":"minimal","max_tokens":5,"summary":null})") ==
        R"(,"reasoning_effort":"low"})");
  CHECK(changed ==
        "reasoning.exclude=dropped, reasoning.max_tokens=dropped, reasoning.effort=rewritten");
  CHECK(ask(R"(,"reasoning":{"enabled":false})") == R"(,"reasoning_effort":"low"})");
  CHECK(changed == "reasoning.effort=rewritten");
  CHECK(ask(R"(,"reasoning":{"enabled":true,"effort":null})") == "}");
  CHECK(changed.empty());
  // One that is said by itself holds, wherever it stands, and there is only one in the end.
  CHECK(ask(R"(,"reasoning":{"effort":"low"},"reasoning_effort":"high")") ==
        R"(,"reasoning_effort":"high"})");
  CHECK(changed == "reasoning.effort=dropped");
  CHECK(ask(R"(,"reasoning_effort":null,"reasoning":{"effort":"low"})") ==
        R"(,"reasoning_effort":"low"})");
  CHECK(ask(R"(,"reasoning":{"effort":"low"},"reasoning":{"effort":"high"})") ==
        R"(,"reasoning_effort":"low"})");
  // As reasoning_effort: by the model.
  CHECK(for_groq(R"({"reasoning":{"effort":"high"},"model":"qwen/qwen3-32b"})") ==
        R"({"reasoning_effort":"default","model":"qwen/qwen3-32b"})");
  CHECK(for_groq(R"({"reasoning":{"effort":"high"},"model":"moonshotai/kimi-k2-instruct-0905"})",
                 &changed) == R"({"model":"moonshotai/kimi-k2-instruct-0905"})");
  CHECK(changed == "reasoning.effort=dropped");
  for (const char* odd : {R"("high")", "true", "[1]"}) {
    CHECK(ask(std::string(R"(,"reasoning":)") + odd) == "}");
    CHECK(changed == "reasoning=dropped");
  }
  CHECK(ask(R"(,"reasoning":{"effort":5})") == "}");
  CHECK(changed == "reasoning.effort=dropped");
  CHECK(ask(R"(,"reasoning":null)") == "}");
  CHECK(changed.empty());
}

TEST_CASE("a call of a custom tool reaches Groq as a call of a function") {
  std::string changed;
  const std::string out = message_for_groq(
      R"("role":"assistant","tool_calls":[{"id":"a","type":"function","custom":null,)"
      R"("function":{"name":"f","arguments":"{}"}},{"custom": {"x":1,"input":"say \"\u00e9\"\n\\",)"
      R"("name":"sh"},"function":null,"id":"b","type":"custom"}])",
      &changed);
  CHECK(out == R"("role":"assistant","tool_calls":[{"id":"a","type":"function",)"
               R"("function":{"name":"f","arguments":"{}"}},{"function":{"name":"sh","arguments":)"
               R"("{\"input\":\"say \\\"\\u00e9\\\"\\n\\\\\"}"},"id":"b","type":"function"}])");
  CHECK(changed == "messages[0].tool_calls[1].custom=rewritten");
  const auto call = nlohmann::json::parse("{" + out + "}").at("tool_calls").at(1);
  const auto arguments =
      nlohmann::json::parse(call.at("function").at("arguments").get<std::string>());
  CHECK(arguments == nlohmann::json{{"input", "say \"\u00e9\"\n\\"}});
  // Without an input it would be another call.
  CHECK(message_for_groq(R"("tool_calls":[{"custom":{"name":"f","input":""}}])") ==
        R"("tool_calls":[{"function":{"name":"f","arguments":"{\"input\":\"\"}"}}])");
  for (const char* odd : {R"("f")", "{}", R"({"name":"f"})", R"({"name":"","input":"x"})",
                          R"({"name":"f","input":{}})", R"({"input":"x"})", "[]"}) {
    INFO(odd);
    CHECK(for_groq(R"({"messages":[{},{"tool_calls":[{},{"type":"custom","custom":)" +
                   std::string(odd) + "}]}]}") ==
          "error: Invalid 'messages[1].tool_calls[1].custom': expected an object with 'name' and "
          "'input', both strings.");
  }
}

TEST_CASE("the answer of a function keeps its name for Groq") {
  std::string changed;
  const std::string answer = R"("role":"function","name":"f","content":"1")";
  CHECK(message_for_groq(answer, &changed) == answer);
  const std::string late = R"("name":"f","content":"1","role":"function")";
  CHECK(message_for_groq(R"("id":1,)" + late, &changed) == late);
  CHECK(changed.empty());
  CHECK(message_for_groq(R"("name":"f","content":"1","role":"tool")") ==
        R"("content":"1","role":"tool")");
}

TEST_CASE("calls that are none, and marks of other suppliers on them, do not reach Groq") {
  std::string changed;
  for (const char* nothing : {"null", "[]", "[ ]"}) {
    CHECK(message_for_groq(R"("role":"assistant","content":"a","tool_call_id":null,"tool_calls":)" +
                           std::string(nothing)) == R"("role":"assistant","content":"a")");
  }
  CHECK(message_for_groq(R"("function_call":{ },"content":"a")") == R"("content":"a")");
  CHECK(
      message_for_groq(
          R"("function_call":{"thought_signature":"s","name":"f","extra_content":{},"arguments":"{}"})",
          &changed) == R"("function_call":{"name":"f","arguments":"{}"})");
  CHECK(changed.empty());
}

TEST_CASE("what no OpenAI server knows does not reach OpenAI") {
  CHECK(
      edit(R"({"messages":[{"function_call":{"thought_signature":"s","name":"f"},"content":null},)"
           R"({"tool_calls":[],"function_call":{}}],"x":{}})",
           suppliers::built_in().find("openai")->edits) ==
      R"({"messages":[{"function_call":{"name":"f"},"content":null},)"
      R"({"tool_calls":[],"function_call":{}}],"x":{}})");
  CHECK(
      edit(
          R"({"messages":[{"role":"assistant","reasoning_content":"t","tool_calls":[{"id":"a","extra_content":{}}]}]})",
          suppliers::built_in().find("openai")->edits) ==
      R"({"messages":[{"role":"assistant","tool_calls":[{"id":"a"}]}]})");
}

TEST_CASE("of a message Groq gets what it knows, and nothing else") {
  std::string changed;
  CHECK(message_for_groq(
            R"("id":"m","role":"assistant","timestamp":1,"content":"a","parsed":{"a":1},)"
            R"("refusal":null,"annotations":[{}],"audio":null,"function_call":null,"index":0,)"
            R"("cache_control":{},"reasoning":"r","whatever":[{"a":[1]}],)"
            R"("tool_calls":[{"index":0,"id":"c","type":"function","x":1,)"
            R"("function":{"parsed_arguments":{},"name":"f","arguments":"{}"}}])",
            &changed) ==
        R"("role":"assistant","content":"a","tool_calls":[{"id":"c","type":"function",)"
        R"("function":{"name":"f","arguments":"{}"}}])");
  CHECK(changed.empty());
  CHECK(message_for_groq(R"("role":"user","name":"n","content":"a","images":["x"],"refusal":"no")",
                         &changed) == R"("role":"user","content":"a")");
  CHECK(changed ==
        "messages[0].name=dropped, messages[0].images=dropped, messages[0].refusal=dropped");
  CHECK(message_for_groq(R"("function_call":{"name":"f"})") == R"("function_call":{"name":"f"})");
  CHECK(message_for_groq(R"("x":1)").empty());
}

TEST_CASE("texts in parts become one string for Groq, but for the user's") {
  const std::string parts =
      R"([{"type":"text","text":"r1\n"}, "r2",{"cache_control":{"type":"ephemeral"},"text":"\u00e9","type":"text"}])";
  for (const char* role : {"tool", "system", "assistant", "developer"}) {
    const std::string name = role == std::string("developer") ? "system" : role;
    CHECK(message_for_groq(R"("role":")" + std::string(role) + R"(","content": )" + parts) ==
          R"("role":")" + name + R"(","content": "r1\nr2\u00e9")");
    // The role may come behind it.
    CHECK(message_for_groq(R"("x":1,"content":)" + parts + R"(,"y":2,"role":")" + role + "\"") ==
          R"("content":"r1\nr2\u00e9","role":")" + name + "\"");
  }
  CHECK(
      message_for_groq(R"("role":"user","content":)" + parts) ==
      R"("role":"user","content":[{"type":"text","text":"r1\n"}, "r2",{"text":"\u00e9","type":"text"}])");
  CHECK(message_for_groq(R"("content":)" + parts + R"(,"role":"user")")
            .starts_with(R"("content":[{"type")"));
  CHECK(message_for_groq(R"("role":"tool","content":[])") == R"("role":"tool","content":"")");
  // What is no text stays, so that Groq can say that it is not to be had.
  const std::string image =
      R"("role":"tool","content":[{"type":"image_url","image_url":{"url":"u","detail":"low")";
  CHECK(message_for_groq(image + R"(,"format":"png"},"x":1}])") == image + "}}]");
  CHECK(for_groq(R"({"messages":[{"role":"tool","content":[{"text":"a")").starts_with("error: "));
}

TEST_CASE("as many messages as fit are edited in one pass") {
  std::string body = R"({"messages":[{"role":"user","content":"a"})";
  std::string expected = body;
  for (int i = 0; i < 60'000; ++i) {
    body += R"(,{"name":"n","content":[{"type":"text","text":"a"}],"role":"user","id":1,"t":2})";
    expected += R"(,{"content":[{"type":"text","text":"a"}],"role":"user"})";
  }
  std::string changed;
  CHECK(for_groq(body + "]}", &changed) == expected + "]}");
  CHECK(changed == "messages[].name=dropped");
}

TEST_CASE("a body that ends too early is an error, wherever it ends") {
  const std::string body =
      R"({"top_k":1,"reasoning":{"effort":"low","x":[1]},"stream_options":{"x":1},"messages":[)"
      R"({"name":"n","content":[{"text":"a"},"b"],"tool_calls":[{"custom":{"name":"f","input":"\"x"},)"
      R"("type":"custom","id":"c"}],"role":"function"},{"tool_calls":[ ],"function_call":{"x":1}}],)"
      R"("model":"openai/gpt-oss-20b"})";
  for (std::size_t size = 0; size < body.size(); ++size) {
    INFO(size);
    // In memory of its own size, so that reading behind the end is found.
    CHECK(for_groq(std::string(body.data(), size)).starts_with("error: "));
  }
  CHECK(for_groq(body).starts_with(R"({"reasoning_effort":"low","stream_options":{},)"));
}

TEST_CASE("only a JSON object is forwarded") {
  CHECK(edit("[]", {}).starts_with("error: The body"));
  CHECK(edit("", {}).starts_with("error: "));
  CHECK(edit("{\"a\":}", {}).starts_with("error: We could not parse"));
  CHECK(edit("{} {}", {}).starts_with("error: We could not parse"));
  CHECK(edit(R"({"messages":5,"stream_options":null})", {}) ==
        R"({"messages":5,"stream_options":null})");
}

namespace {

std::string message_for_openai(const std::string& members, std::string* changed = nullptr) {
  const std::string begin = R"({"messages":[{)";
  const std::string out =
      edit(begin + members + "}]}", suppliers::built_in().find("openai")->edits, changed);
  REQUIRE(out.starts_with(begin));
  return out.substr(begin.size(), out.size() - begin.size() - 3);
}

}  // namespace

TEST_CASE("what an answer said in sound or as a refusal is its content for Groq") {
  std::string changed;
  const std::string sound = R"("audio":{"id":"audio_1","data":"AAAA","transcript":"h\u00e9"})";
  const std::string said = R"("role":"assistant","content":"h\u00e9")";
  for (const char* nothing : {"null", R"("")", "[]", "[ ]"}) {
    INFO(nothing);
    CHECK(message_for_groq(R"("role":"assistant","content":)" + std::string(nothing) + "," + sound,
                           &changed) == said);
    CHECK(changed == "messages[0].audio=rewritten");
    CHECK(message_for_groq(sound + R"(,"role":"assistant","content":)" + std::string(nothing)) ==
          said);
  }
  CHECK(message_for_groq(R"("role":"assistant",)" + sound) == said);
  CHECK(message_for_groq(sound + "," + sound + R"(,"role":"assistant")") ==
        R"("content":"h\u00e9","role":"assistant")");
  CHECK(message_for_groq(R"("content":"a",)" + sound, &changed) == R"("content":"a")");
  CHECK(changed == "messages[0].audio=dropped");
  CHECK(message_for_groq(R"("content":[{"text":"a","type":"text"}],)" + sound, &changed) ==
        R"("content":"a")");
  CHECK(changed == "messages[0].audio=dropped");
  for (const char* silent : {R"({"id":"a"})", R"({"id":"a","transcript":""})",
                             R"({"transcript":["a"]})", R"({"transcript":null})"}) {
    CHECK(message_for_groq(R"("content":null,"audio":)" + std::string(silent), &changed) ==
          R"("content":null)");
    CHECK(changed == "messages[0].audio=dropped");
  }
  CHECK(message_for_groq(R"("content":null,"refusal":"no","role":"assistant")", &changed) ==
        R"("content":"no","role":"assistant")");
  CHECK(changed == "messages[0].refusal=rewritten");
  CHECK(message_for_groq(R"("refusal":"no","content":"",)" + sound, &changed) ==
        R"("content":"h\u00e9")");
  CHECK(changed == "messages[0].refusal=dropped, messages[0].audio=rewritten");
  CHECK(message_for_groq(R"("role":"assistant","content":null,"refusal":"","audio":null)",
                         &changed) == R"("role":"assistant","content":null)");
  CHECK(changed.empty());
}

TEST_CASE("sound that was made here does not reach OpenAI, which knows its own") {
  std::string changed;
  const std::string own = R"("audio":{"id":"audio_llmproxy_1","transcript":"hi","data":"A"})";
  CHECK(message_for_openai(R"("role":"assistant","content":null,)" + own, &changed) ==
        R"("role":"assistant","content":"hi")");
  CHECK(changed == "messages[0].audio=rewritten");
  CHECK(message_for_openai(own + R"(,"content":"a","refusal":"no")", &changed) ==
        R"("content":"a","refusal":"no")");
  CHECK(changed == "messages[0].audio=dropped");
  CHECK(message_for_openai(R"("audio":{"id":"audio_llmproxy_1"},"refusal":"no","content":null)",
                           &changed) == R"("refusal":"no","content":null)");
  CHECK(changed == "messages[0].audio=dropped");
  for (const char* other : {R"("audio":{"id":"audio_686e7a6c46ec81919a688020d53e7dbf"})",
                            R"("audio":{"transcript":"hi"},"content":null)", R"("audio":null)",
                            R"("content":[],"refusal":"no")"}) {
    CHECK(message_for_openai(other, &changed) == other);
    CHECK(changed.empty());
  }
}

TEST_CASE("marks of Gemini's on calls and parts do not reach OpenAI") {
  CHECK(message_for_openai(R"("content":[{"type":"text","text":"a","thought_signature":"s",)"
                           R"("provider_specific_fields":{}}],"reasoning":"r",)"
                           R"("tool_calls":[{"id":"a","thought_signature":"s"}])") ==
        R"("content":[{"type":"text","text":"a"}],"tool_calls":[{"id":"a"}])");
}

TEST_CASE("what is no text goes from answers for Groq, and from results where none can be seen") {
  std::string changed;
  const std::string parts =
      R"("content":[{"type":"text","text":"a"},{"type":"image_url","image_url":{"url":"u"}},5,)"
      R"({"type":"output_text","text":"b"}])";
  CHECK(message_for_groq(R"("role":"assistant",)" + parts, &changed) ==
        R"("role":"assistant","content":"ab")");
  CHECK(changed == "messages[].content[]=dropped");
  CHECK(message_for_groq(parts + R"(,"role":"assistant")") ==
        R"("content":"ab","role":"assistant")");
  CHECK(message_for_groq(R"("role":"assistant","content":[{"type":"thinking","thinking":"t"}])",
                         &changed) == R"("role":"assistant","content":"")");
  CHECK(changed == "messages[0].content[0]=dropped");
  const std::string seen =
      R"("content":[{"type":"text","text":"a"},{"type":"image_url","image_url":{"url":"u"}},)"
      R"({"type":"file","file":{}},{"type":"output_text","text":"b"}])";
  const auto result = [&](const std::string& model) {
    return for_groq(R"({"messages":[{"role":"tool",)" + seen + R"(}],"model":")" + model + "\"}",
                    &changed);
  };
  CHECK(result("openai/gpt-oss-120b") ==
        R"({"messages":[{"role":"tool","content":"ab"}],"model":"openai/gpt-oss-120b"})");
  CHECK(changed == "messages[].content[]=dropped");
  CHECK(
      result("meta-llama/llama-4-scout-17b-16e-instruct")
          .starts_with(
              R"({"messages":[{"role":"tool","content":[{"type":"text","text":"a"},{"type":"image_url")"));
  CHECK(changed.empty());
  // A result of a kind that nobody knows is no picture, and not to be lost.
  const std::string odd =
      R"({"messages":[{"role":"tool","content":[{"type":"json"}]}],"model":"openai/gpt-oss-20b"})";
  CHECK(for_groq(odd) == odd);
  CHECK(message_for_groq(R"("role":"user",)" + parts) ==
        R"("role":"user","content":[{"type":"text","text":"a"},)"
        R"({"type":"image_url","image_url":{"url":"u"}},5,{"type":"text","text":"b"}])");
}

TEST_CASE("results, arguments and tools have the types that Groq takes") {
  std::string changed;
  CHECK(message_for_groq(R"("role":"tool","content":null)") == R"("role":"tool","content":"")");
  CHECK(message_for_groq(R"("content": null ,"role":"tool")") == R"("content": "" ,"role":"tool")");
  CHECK(message_for_groq(R"("content":null,"role":"assistant")") ==
        R"("content":null,"role":"assistant")");
  const auto arguments = [](const std::string& value) {
    const std::string out = message_for_groq(R"("tool_calls":[{"function":{"arguments": )" + value +
                                             R"(,"name":"f"}}])");
    CHECK(message_for_groq(R"("function_call":{"arguments": )" + value + "}") ==
          R"("function_call":{"arguments": )" +
              nlohmann::json::parse("{" + out + "}")["tool_calls"][0]["function"]["arguments"]
                  .dump() +
              "}");
    return nlohmann::json::parse("{" + out + "}")["tool_calls"][0]["function"]["arguments"]
        .get<std::string>();
  };
  CHECK(arguments(R"({ "a": ["\"\\", 1e2,null]})") == R"({ "a": ["\"\\", 1e2,null]})");
  CHECK(arguments("{}") == "{}");
  CHECK(arguments("[]") == "{}");
  CHECK(message_for_groq(R"("role":"tool","content":{"a":"b"})") ==
        R"("role":"tool","content":"{\"a\":\"b\"}")");
  CHECK(arguments("[1]") == "[1]");
  CHECK(arguments("null") == "{}");
  CHECK(arguments(R"("")") == "{}");
  CHECK(arguments(R"("{\"a\":1}")") == R"({"a":1})");
  CHECK(for_groq(
            R"({"tools":[{"id":"a","index":0,"type":"function","cache_control":{},"function":)"
            R"({"cache_control":{},"name":"f","strict":null,"description":null,)"
            R"("parameters":null,"returns":{"a":1}},"x":null}, {"type":"browser_search","y":1}]})",
            &changed) ==
        R"({"tools":[{"type":"function","function":{"name":"f"}}, {"type":"browser_search"}]})");
  CHECK(changed == "tools[0].function.returns=dropped, tools[1].y=dropped");
  const std::string hosted =
      R"({"tools":[{"type":"mcp","server_label":"a","server_url":"b","headers":{"c":"d"}},)"
      R"({"type":"custom","custom":{"name":"x"}},{"type":"function","function":)"
      R"({"name":"f","description":"d","parameters":{"properties":{"id":{}}},"strict":true}}]})";
  CHECK(for_groq(hosted, &changed) == hosted);
  CHECK(changed.empty());
}

TEST_CASE("many members of one name take time in proportion") {
  std::string audios;
  for (int i = 0; i < 50'000; ++i) {
    audios += R"("audio":{"transcript":"t"},"content":null,)";
  }
  const std::string begin = R"("role":"assistant")";
  CHECK(message_for_groq(audios + begin).ends_with(R"("content":"t","role":"assistant")"));
}
