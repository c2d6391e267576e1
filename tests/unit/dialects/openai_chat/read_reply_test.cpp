// A reply of this dialect, read into neutral events and written again, means the same.
#include "dialects/openai_chat/read_reply.h"

#include "base/limits.h"
#include "dialects/openai_chat/read_error.h"
#include "dialects/openai_chat/supplier.h"
#include "dialects/openai_chat/write_reply.h"
#include "native/catch.h"
#include "sse/parser.h"
#include "unit/dialects/openai_chat/recordings.h"
#include "unit/dialects/read_chat.h"

#include <nlohmann/json.hpp>

#include <map>
#include <memory>

using namespace llmproxy;
using openai_chat::Framing;
using Tree = nlohmann::json;

namespace {

struct Reply {
  std::string written;
  std::string error;  // its code
  std::string message;
  bool empty = false;
};

openai_chat::ReplyOptions options(bool functions_form) {
  openai_chat::ReplyOptions out;
  out.model = "m";
  out.include_usage = true;
  out.functions_form = functions_form;
  return out;
}

std::string code_of(const Error& error) {
  return std::string(error_kind(error.code).code);
}

Reply read_whole(std::string_view body, const std::string& sound = "audio/wav") {
  Buffer out;
  const auto writer = openai_chat::make_whole_writer(
      options(body.find("\"function_call\"") != std::string_view::npos), out);
  openai_chat::ReplyReader reader(Framing::whole, sound);
  Status status = reader.read(body, *writer);
  status = status ? reader.at_end(*writer) : std::move(status);
  if (!status) {
    return {"", code_of(status.error()), status.error().message};
  }
  writer->end();
  return {std::string(out.view()), "", "", reader.is_empty()};
}

// The bytes come in two pieces.
Reply read_stream(std::string_view bytes, std::size_t cut = 0) {
  Buffer out;
  const auto writer = openai_chat::make_stream_writer(
      options(bytes.find("\"function_call\"") != std::string_view::npos), out);
  openai_chat::ReplyReader reader(Framing::stream, "audio/l16;rate=24000");
  sse::Parser parser(kMaxStreamEvent);
  Status status;
  const auto drain = [&] {
    while (status) {
      const std::optional<sse::Event> event = parser.next();
      if (!event) {
        return;
      }
      status = reader.read(event->data, *writer);
    }
  };
  parser.feed(bytes.substr(0, cut));
  drain();
  parser.feed(bytes.substr(cut));
  drain();
  parser.finish();
  drain();
  status = status ? reader.at_end(*writer) : std::move(status);
  if (!status) {
    writer->fail(status.error());
    return {std::string(out.view()), code_of(status.error()), status.error().message};
  }
  writer->end();
  return {std::string(out.view()), "", "", reader.is_empty()};
}

// What is told of a choice or a message beside what it means, or is as good as absent.
Tree without_empty(Tree object) {
  for (auto it = object.begin(); it != object.end();) {
    const bool empty = it->is_null() || *it == "" || *it == Tree::array();
    it = empty ? object.erase(it) : std::next(it);
  }
  return object;
}

Tree normal_message(const Tree& given) {
  Tree out;
  for (const std::string name :
       {"content", "refusal", "tool_calls", "function_call", "images", "audio", "annotations"}) {
    if (given.contains(name)) {
      out[name] = given[name];
    }
  }
  const bool short_name = given.contains("reasoning") && !given.contains("reasoning_content");
  out["reasoning"] = given.value(short_name ? "reasoning" : "reasoning_content", Tree());
  out = without_empty(out);
  if (out.contains("tool_calls")) {
    for (Tree& call : out["tool_calls"]) {
      call.erase("index");
    }
  }
  return out;
}

Tree normal_logprobs(const Tree& given) {
  return given.is_object() ? given.value("content", Tree()) : Tree();
}

Tree normal_usage(const Tree& given) {
  Tree out;
  if (given.is_null()) {
    return out;
  }
  for (const std::string name : {"prompt_tokens", "completion_tokens", "total_tokens"}) {
    out[name] = given[name];
  }
  for (const std::string name : {"prompt_tokens_details", "completion_tokens_details"}) {
    const Tree details = given.value(name, Tree::object());
    for (const auto& [key, value] : details.items()) {
      if (value != 0 && key != "text_tokens" && key != "image_tokens") {
        out[name + "." + key] = value;
      }
    }
  }
  return out;
}

// Neither ids of answers, nor names of models and times, are told as they came.
Tree normal_whole(const Tree& given) {
  Tree out;
  for (const Tree& choice : given["choices"]) {
    Tree& to = out["choices"][std::to_string(choice["index"].get<int>())];
    to["message"] = normal_message(choice["message"]);
    to["logprobs"] = normal_logprobs(choice.value("logprobs", Tree()));
    to["finish"] = choice.value("finish_reason", Tree("stop"));
    // A model that was told to call ends so, and a client goes by the calls.
    if (to["finish"] == "stop" && to["message"].contains("tool_calls")) {
      to["finish"] = "tool_calls";
    }
  }
  out["tier"] = given.value("service_tier", Tree());
  out["usage"] = normal_usage(given.value("usage", Tree()));
  return out;
}

void join(Tree& to, const Tree& delta) {
  for (const auto& [name, value] : delta.items()) {
    if (value.is_string() && to.contains(name) && to[name].is_string()) {
      to[name] = to[name].get<std::string>() + value.get<std::string>();
    } else if (value.is_object()) {
      join(to[name], value);
    } else if (!value.is_null()) {
      to[name] = value;
    }
  }
}

void join_delta(Tree& to, const Tree& delta) {
  for (const auto& [name, value] : delta.items()) {
    if (name == "tool_calls") {
      for (const Tree& piece : value) {
        Tree& call = to["tool_calls"][piece.value("index", std::size_t{0})];
        join(call, piece);
      }
    } else if (name == "annotations" || name == "images") {
      to[name].insert(to[name].end(), value.begin(), value.end());
    } else {
      join(to, Tree{{name, value}});
    }
  }
}

// All deltas of a stream, as a whole answer.
Tree normal_stream(std::string_view bytes) {
  Tree whole = {{"choices", Tree::array()}, {"usage", Tree()}};
  std::map<int, Tree> choices;
  sse::Parser parser(kMaxStreamEvent);
  parser.feed(bytes);
  parser.finish();
  while (const std::optional<sse::Event> event = parser.next()) {
    if (event->data.starts_with("[DONE]")) {
      continue;
    }
    const Tree chunk = Tree::parse(event->data);
    for (const Tree& piece : chunk.value("choices", Tree::array())) {
      const int index = piece["index"].get<int>();
      Tree& choice = choices[index];
      choice["index"] = index;
      join_delta(choice["message"], piece["delta"]);
      const Tree logprobs = normal_logprobs(piece.value("logprobs", Tree()));
      for (const Tree& token : logprobs) {
        choice["logprobs"]["content"].push_back(token);
      }
      const Tree finish = piece.value("finish_reason", Tree());
      if (!finish.is_null()) {
        choice["finish_reason"] = finish;
      }
    }
    if (chunk.contains("service_tier")) {
      whole["service_tier"] = chunk["service_tier"];
    }
    const Tree groq = chunk.value("x_groq", Tree::object()).value("usage", Tree());
    for (const Tree& usage : {groq, chunk.value("usage", Tree())}) {
      whole["usage"] = usage.is_object() ? usage : whole["usage"];
    }
  }
  for (auto& [index, choice] : choices) {
    whole["choices"].push_back(choice);
  }
  return normal_whole(whole);
}

std::string chunk(const std::string& choice) {
  return R"(data: {"choices":[)" + choice + "]}\n\n";
}

}  // namespace

TEST_CASE("recorded answers mean the same when they were read and written") {
  for (const Recording& recording : recordings("reply.json")) {
    const Tree given = Tree::parse(recording.text);
    if (given.contains("choices")) {
      INFO(recording.name);
      const Reply reply = read_whole(recording.text);
      CHECK(reply.error.empty());
      CHECK(normal_whole(Tree::parse(reply.written)) == normal_whole(given));
    }
  }
}

TEST_CASE("recorded streams mean the same, and do not depend on how they are cut") {
  for (const Recording& recording : recordings("reply.sse")) {
    INFO(recording.name);
    const std::string& text = recording.text;
    const Reply whole = read_stream(text);
    const bool fails = recording.name == "pydantic-ai__tool_use_failed_error_streaming.0";
    CHECK(whole.error == (fails ? "malformed_function_call" : ""));
    if (!fails) {
      CHECK(normal_stream(whole.written) == normal_stream(text));
    }
    // At every byte, but for the few that are long.
    const std::size_t step = text.size() > 10'000 ? 61 : 1;
    std::size_t differ = 0;
    for (std::size_t cut = 1; cut < text.size(); cut += step) {
      const Reply two = read_stream(text, cut);
      differ += two.written != whole.written || two.error != whole.error ? 1U : 0U;
    }
    CHECK(differ == 0);
  }
}

TEST_CASE("a stream that ends anywhere else is an error") {
  for (const Recording& recording : recordings("reply.sse")) {
    const std::size_t finish = recording.text.rfind("\"finish_reason\":\"");
    if (finish == std::string::npos || recording.name.find("choices") != std::string::npos) {
      continue;
    }
    INFO(recording.name);
    for (const std::size_t end : {finish / 2, finish}) {
      const std::size_t line = recording.text.rfind("\n\n", end);
      const Reply reply = read_stream(
          std::string_view(recording.text).substr(0, line == std::string::npos ? 0 : line + 2));
      CHECK(reply.error == "upstream_cut");
    }
  }
}

TEST_CASE("recorded errors keep their message and find their kind") {
  const std::map<std::string, std::string> kinds = {
      {"dd-trace-py__llama_index_chat_error.0", "invalid_api_key"},
      {"openllmetry__agents_and_tools.2", "model_not_found"},
      {"pydantic-ai__tool_use_failed_error.0", "malformed_function_call"}};
  for (const Recording& recording : recordings("reply.json")) {
    const Tree given = Tree::parse(recording.text);
    if (!given.contains("error")) {
      continue;
    }
    INFO(recording.name);
    const Error error = openai_chat::read_error(400, recording.text);
    CHECK(error.message == given["error"]["message"].get<std::string>());
    CHECK(error.quotes_supplier);
    const auto kind = kinds.find(recording.name);
    if (kind != kinds.end()) {
      CHECK(code_of(error) == kind->second);
    }
    // The same in an answer that says it is a success.
    CHECK(read_whole(recording.text).message == error.message);
  }
}

TEST_CASE("what no recording has comes through a whole answer") {
  const std::string body = R"({"choices":[
    {"index":1,"finish_reason":"length","message":{"role":"assistant","content":"b\u00e9"}},
    {"message":{"reasoning":"r","reasoning_content":"r","content":null,"refusal":"no \"way\"",
      "images":[{"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw0KGgo="}}],
      "annotations":[{"type":"url_citation","url_citation":{"url":"u","title":"t","start_index":1,"end_index":2}}],
      "tool_calls":[{"id":"a","type":"custom","custom":{"name":"g","input":"x\ny"}},
                    {"type":"function","function":{"name":"f","arguments":""}},
                    {"type":"function","function":{"name":"f","arguments":"[1]"}},
                    {"id":"a","type":"function","function":{"name":"f","arguments":{"o":1}}}]},
     "finish_reason":"stop","index":0}],
    "usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3,
      "prompt_tokens_details":{"cached_tokens":4,"audio_tokens":5,"cache_write_tokens":6},
      "completion_tokens_details":{"reasoning_tokens":7,"audio_tokens":8,
        "accepted_prediction_tokens":9,"rejected_prediction_tokens":10}}})";
  const Tree whole = Tree::parse(read_whole(body).written);
  CHECK(normal_usage(whole["usage"]) == normal_usage(Tree::parse(body)["usage"]));
  const Tree& message = whole["choices"][0]["message"];
  CHECK(message["refusal"] == "no \"way\"");
  CHECK(message["reasoning_content"] == "r");
  CHECK(message["images"][0]["image_url"]["url"] == "data:image/png;base64,iVBORw0KGgo=");
  CHECK(message["annotations"][0]["url_citation"]["end_index"] == 2);
  CHECK(whole["choices"][0]["finish_reason"] == "tool_calls");
  const Tree& calls = message["tool_calls"];
  CHECK(calls[0]["custom"]["input"] == "x\ny");
  CHECK(calls[1]["function"]["arguments"] == "{}");
  CHECK(calls[2]["function"]["arguments"] == R"({"input":[1]})");
  CHECK(calls[3]["function"]["arguments"] == R"({"o":1})");
  CHECK(whole["choices"][1]["message"]["content"] == "b\xc3\xa9");
  CHECK(whole["choices"][1]["finish_reason"] == "length");
}

TEST_CASE("sound comes back as it was") {
  const auto read = [](const std::string& type) {
    const std::string body = R"({"choices":[{"index":0,"message":{"content":null,"audio":{"id":"x",
        "data":"SUQzBAAAAAA=","transcript":"hi","expires_at":1}},"finish_reason":"stop"}]})";
    return Tree::parse(read_whole(body, type).written)["choices"][0]["message"]["audio"];
  };
  CHECK(read("audio/mpeg")["data"] == "SUQzBAAAAAA=");
  CHECK(read("audio/mpeg")["transcript"] == "hi");
}

TEST_CASE("parts in place of a text") {
  const Tree whole = Tree::parse(read_whole(R"({"choices":[{"index":0,"message":{"content":[
      {"type":"thinking","thinking":[{"type":"text","text":"hm"}]},{"type":"text","text":"a"}]},
      "finish_reason":"stop"}]})")
                                     .written);
  CHECK(whole["choices"][0]["message"]["content"] == "a");
  CHECK(whole["choices"][0]["message"]["reasoning_content"] == "hm");
}

TEST_CASE("pieces of calls find their call") {
  const auto calls = [](const std::string& deltas) {
    return normal_stream(read_stream(deltas +
                                     chunk(R"({"index":0,"delta":{},"finish_reason":"stop"})") +
                                     "data: [DONE]\n\n")
                             .written)["choices"]["0"]["message"]["tool_calls"];
  };
  const auto delta = [](const std::string& list) {
    return chunk(R"({"index":0,"delta":{"tool_calls":[)" + list + "]}}");
  };
  // By turns.
  Tree got = calls(delta(R"({"index":0,"id":"a","function":{"name":"f","arguments":"{\"x\""}})") +
                   delta(R"({"index":1,"id":"b","function":{"name":"g","arguments":""}})") +
                   delta(R"({"index":0,"function":{"arguments":":1}"}})") +
                   delta(R"({"index":1,"function":{"arguments":"{}"}})"));
  REQUIRE(got.size() == 2);
  CHECK(got[0]["function"]["arguments"] == R"({"x":1})");
  CHECK(got[1]["id"] == "b");
  // Whole ones that have one index, or none.
  for (const std::string index : {R"("index":0,)", ""}) {
    got = calls(delta("{" + index + R"("id":"a","function":{"name":"f","arguments":"{}"}})") +
                delta("{" + index + R"("id":"b","function":{"name":"f","arguments":"{}"}})"));
    CHECK(got.size() == 2);
  }
  // One cut off by the limit is kept as text.
  got = calls(delta(R"({"index":0,"id":"a","function":{"name":"f","arguments":"{\"x"}})"));
  CHECK(got[0]["function"]["arguments"] == R"({"input":"{\"x"})");
}

TEST_CASE("an answer that is none is an error") {
  const auto stream = [](const std::string& text) { return read_stream(text).error; };
  const std::string text = chunk(R"({"index":0,"delta":{"content":"a"}})");
  const std::string finish = chunk(R"({"index":0,"delta":{},"finish_reason":"stop"})");
  CHECK(stream("") == "upstream_cut");
  CHECK(stream(text) == "upstream_cut");
  CHECK(stream(text + "data: [DONE]\n\n").empty());
  CHECK(stream(text + finish).empty());
  CHECK(stream("data: [DONE]\n\n") == "upstream_empty");
  CHECK(stream("data: {\n\n") == "upstream_malformed");
  CHECK(stream("data: 1\n\n") == "upstream_malformed");
  CHECK(stream(text + R"(data: {"error":{"message":"m","code":503}})"
                      "\n\n") == "server_is_overloaded");
  CHECK(stream(text + R"(data: {"error":{"message":"m","type":"rate_limit_error"}})"
                      "\n\n") == "rate_limit_exceeded");
  CHECK(stream(chunk(R"({"index":0,"delta":{},"finish_reason":"error"})")) == "upstream_error");
  CHECK(stream(chunk(R"({"index":128,"delta":{}})")) == "upstream_malformed");
  CHECK(read_whole("{}").error == "upstream_malformed");
  CHECK(read_whole(R"({"choices":[]})").error == "upstream_empty");
  CHECK(read_whole("<html>").error == "upstream_malformed");
  CHECK(read_whole(R"({"choices":[{"index":0,"message":{"content":""},"finish_reason":"stop"}]})")
            .empty);
}

TEST_CASE("what is kept of an answer has an end") {
  std::string call = R"({"choices":[{"index":0,"delta":{"tool_calls":[)";
  for (std::uint32_t i = 0; i <= kMaxCallsOfReply; ++i) {
    call += (i == 0 ? "{" : ",{") + (R"("index":)" + std::to_string(i)) + "}";
  }
  CHECK(read_stream("data: " + call + "]}}]}\n\n").error == "upstream_malformed");
  const std::string piece =
      chunk(R"({"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":")" +
            std::string(kMaxKeptOfReply / 2, 'a') + R"("}}]}})");
  CHECK(read_stream(piece + piece + piece).error == "upstream_malformed");
}

TEST_CASE("the row of the dialect") {
  const dialects::SupplierDialect& dialect = openai_chat::supplier_dialect();
  Result<chat::Request> request = read_chat(
      R"({"model":"a/b","messages":[{"role":"user","content":"x"}],"n":3,"stream":true})");
  REQUIRE(request);
  const chat::FetchedMedia media;
  const auto model = dialect.make_model(request->model);
  CHECK(model->find_links({*request, media}).empty());
  const auto refused = model->find_downgrade(
      400,
      R"({"error":{"message":"Unsupported parameter: 'seed'","param":"seed","code":"unsupported_parameter"}})");
  REQUIRE(refused);
  CHECK(refused->of_model);
  model->adapt_to(*refused);
  const auto sent = model->make_request({*request, media});
  SpanList out;
  chat::Changes changes;
  CHECK(sent->write(out, changes));
  CHECK(sent->path() == "chat/completions");
  CHECK(sent->streams());
  CHECK(sent->calls() == 1);
  CHECK(sent->make_reader(0) != nullptr);
  CHECK(dialect.models.path_of_model("a/b") == "models/a%2Fb");
}

TEST_CASE("embeddings are asked for as numbers, and come in their order") {
  const dialects::EmbeddingsCalls& calls = openai_chat::supplier_dialect().embeddings;
  chat::EmbeddingsRequest request;
  request.model = "m";
  request.inputs = {{"a", false}, {"b", false}};
  request.dimensions = 2;
  request.base64 = true;
  SpanList out;
  chat::Changes changes;
  calls.write(request, 1, out, changes);
  CHECK(Tree::parse(out.one_piece()) ==
        Tree::parse(R"({"model":"m","input":["b"],"dimensions":2,"encoding_format":"float"})"));
  Result<chat::EmbeddingsReply> reply = calls.read(
      R"({"data":[{"index":1,"embedding":[3,4]},{"index":0,"embedding":[1,2e0]}],"usage":{"prompt_tokens":5}})");
  REQUIRE(reply);
  CHECK(reply->tokens == 5);
  REQUIRE(reply->vectors.size() == 2);
  CHECK(reply->vectors[0][1] == "2e0");
  CHECK(!calls.read(R"({"error":{"message":"x"}})"));
  CHECK(!calls.read("[]"));
}

TEST_CASE("models are listed with their owners") {
  const dialects::ModelsCalls& calls = openai_chat::supplier_dialect().models;
  Result<chat::ModelsPage> page = calls.read(
      R"({"object":"list","data":[{"id":"a","owned_by":"o","created":7},{"id":""},{"id":"b"}]})");
  REQUIRE(page);
  REQUIRE(page->models.size() == 2);
  CHECK(page->models[0].owner == "o");
  CHECK(page->models[0].created == 7);
  CHECK(page->next.empty());
  for (const Recording& recording : recordings("reply.json")) {
    if (recording.name == "dd-trace-py__model_retrieve.0") {
      Result<chat::ModelInfo> model = calls.read_model(recording.text);
      REQUIRE(model);
      CHECK(model->id == Tree::parse(recording.text)["id"].get<std::string>());
    }
  }
  CHECK(!calls.read_model("{}"));
}
