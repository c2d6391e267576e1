#include "dialects/openai_chat/write_reply.h"

#include "native/catch.h"

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

using namespace llmproxy;
using Tree = nlohmann::json;

namespace {

chat::Text text(std::string_view raw) {
  return {raw, raw.find('\\') != std::string_view::npos};
}

const openai_chat::ReplyOptions kOptions{"my \"model\"", 1760000000, 1, true};

std::vector<chat::Event> tool_turn() {
  return {chat::TextDelta{0, text("a\\n")},
          chat::ToolCall{0, text("id1"), text("f"), R"({"x":"\"y\""})", text("c2ln")},
          chat::ToolCall{0, text(""), text("f"), "{}", {}},
          chat::ToolCall{0, text("id1"), text("f"), "{}", {}},
          chat::Finish{0, chat::FinishReason::tool_calls},
          chat::Usage{1, 2, 3, 0, 0, 1, 0}};
}

std::vector<Tree> chunks_of(std::string_view body) {
  std::vector<Tree> out;
  while (!body.empty()) {
    const std::size_t end = body.find("\n\n");
    const std::string_view data = body.substr(6, end - 6);
    out.push_back(data == "[DONE]" ? Tree("[DONE]") : Tree::parse(data));
    body.remove_prefix(end + 2);
  }
  return out;
}

std::vector<Tree> stream(const std::vector<chat::Event>& events,
                         openai_chat::ReplyOptions options = kOptions) {
  Buffer out;
  auto writer = openai_chat::make_stream_writer(options, out);
  for (const chat::Event& event : events) {
    writer->take(event);
  }
  writer->end();
  return chunks_of(out.view());
}

Tree whole(const std::vector<chat::Event>& events) {
  Buffer out;
  auto writer = openai_chat::make_whole_writer(kOptions, out);
  for (const chat::Event& event : events) {
    writer->take(event);
  }
  CHECK(out.size() == 0);
  writer->end();
  return Tree::parse(std::string(out.view()));
}

}  // namespace

TEST_CASE("a stream comes in OpenAI's order") {
  const auto chunks = stream(tool_turn());
  REQUIRE(chunks.size() == 8);
  for (std::size_t i = 0; i + 1 < chunks.size(); ++i) {
    CHECK(chunks[i].at("id") == chunks[0].at("id"));
    CHECK(chunks[i].at("object") == "chat.completion.chunk");
    CHECK(chunks[i].at("created") == 1760000000);
    CHECK(chunks[i].at("model") == "my \"model\"");
  }
  CHECK(
      chunks[0].at("choices")[0].dump() ==
      R"({"delta":{"content":"","refusal":null,"role":"assistant"},"finish_reason":null,"index":0,"logprobs":null})");
  CHECK(chunks[1].at("choices")[0].at("delta") == Tree{{"content", "a\n"}});
  const Tree call = chunks[2].at("choices")[0].at("delta").at("tool_calls")[0];
  CHECK(call.at("index") == 0);
  CHECK(call.at("id") == "id1");
  CHECK(call.at("function").at("arguments") == R"({"x":"\"y\""})");
  CHECK(call.at("extra_content").at("google").at("thought_signature") == "c2ln");
  const Tree second = chunks[3].at("choices")[0].at("delta").at("tool_calls")[0];
  CHECK(second.at("index") == 1);
  CHECK(second.at("id").get<std::string>().starts_with("call_"));
  CHECK_FALSE(second.contains("extra_content"));
  // An id that was given twice would match two results to one call.
  CHECK(chunks[4].at("choices")[0].at("delta").at("tool_calls")[0].at("id") != "id1");
  CHECK(chunks[5].at("choices")[0].at("delta") == Tree::object());
  CHECK(chunks[5].at("choices")[0].at("finish_reason") == "tool_calls");
  CHECK(chunks[5].at("usage").is_null());
  CHECK(chunks[6].at("choices") == Tree::array());
  CHECK(chunks[6].at("usage").at("total_tokens") == 3);
  CHECK(chunks[7] == "[DONE]");
}

TEST_CASE("usage is not mentioned when nobody asked") {
  openai_chat::ReplyOptions options = kOptions;
  options.include_usage = false;
  for (const Tree& chunk : stream(tool_turn(), options)) {
    if (chunk.is_object()) {
      CHECK_FALSE(chunk.contains("usage"));
    }
  }
}

TEST_CASE("each choice has its own role, calls and end") {
  const auto chunks = stream(
      {chat::TextDelta{1, text("b")}, chat::ToolCall{1, {}, text("f"), "{}", {}},
       chat::ToolCall{0, {}, text("f"), "{}", {}}, chat::Finish{0, chat::FinishReason::tool_calls},
       chat::Finish{1, chat::FinishReason::length}});
  int roles = 0;
  for (const Tree& chunk : chunks) {
    if (chunk.is_object() && !chunk.at("choices").empty()) {
      const Tree& choice = chunk.at("choices")[0];
      roles += choice.at("delta").contains("role") ? 1 : 0;
      if (choice.at("delta").contains("tool_calls")) {
        CHECK(choice.at("delta").at("tool_calls")[0].at("index") == 0);
      }
    }
  }
  CHECK(roles == 2);
}

TEST_CASE("a whole reply is the same events, gathered") {
  const Tree reply = whole(tool_turn());
  CHECK(reply.at("object") == "chat.completion");
  const Tree message = reply.at("choices")[0].at("message");
  CHECK(message.at("content") == "a\n");
  CHECK(message.at("refusal").is_null());
  CHECK(message.at("tool_calls").size() == 3);
  CHECK(message.at("tool_calls")[0].at("function").at("arguments") == R"({"x":"\"y\""})");
  CHECK_FALSE(message.at("tool_calls")[0].contains("index"));
  CHECK(reply.at("usage").at("completion_tokens_details").at("reasoning_tokens") == 1);
}

TEST_CASE("content is null with calls alone, and a string without any") {
  const Tree call = whole({chat::ToolCall{0, {}, text("f"), "{}", {}},
                           chat::Finish{0, chat::FinishReason::tool_calls}});
  CHECK(call.at("choices")[0].at("message").at("content").is_null());
  const Tree empty = whole({chat::Finish{0, chat::FinishReason::length}});
  CHECK(empty.at("choices")[0].at("message").at("content") == "");
  CHECK_FALSE(empty.at("choices")[0].at("message").contains("tool_calls"));
  CHECK_FALSE(empty.contains("usage"));
}

TEST_CASE("thoughts, images, citations and refusals have their own fields") {
  const std::vector<chat::Event> events = {
      chat::ThoughtDelta{0, text("hm")}, chat::Media{0, text("image/png"), text("AAAA")},
      chat::Citation{0, text("https://x"), text("t"), 1, 2}, chat::Refusal{0, "no \"way\""},
      chat::Finish{0, chat::FinishReason::content_filter}};
  const Tree message = whole(events).at("choices")[0].at("message");
  CHECK(message.at("content").is_null());
  CHECK(message.at("reasoning_content") == "hm");
  CHECK(message.at("images")[0].at("image_url").at("url") == "data:image/png;base64,AAAA");
  CHECK(message.at("annotations")[0].at("url_citation").at("end_index") == 2);
  CHECK(message.at("refusal") == "no \"way\"");
  Tree merged;
  for (const Tree& chunk : stream(events)) {
    if (chunk.is_object() && !chunk.at("choices").empty()) {
      merged.update(chunk.at("choices")[0].at("delta"));
    }
  }
  for (const char* key : {"reasoning_content", "images", "annotations", "refusal"}) {
    CHECK(merged.at(key) == message.at(key));
  }
}

namespace {

// The deltas of one member, in their order.
std::vector<Tree> deltas_of(const std::vector<Tree>& chunks, const std::string& name) {
  std::vector<Tree> out;
  for (const Tree& chunk : chunks) {
    if (chunk.is_object() && chunk.contains("choices") && !chunk.at("choices").empty() &&
        chunk.at("choices")[0].at("delta").contains(name)) {
      out.push_back(chunk.at("choices")[0].at("delta").at(name));
    }
  }
  return out;
}

}  // namespace

TEST_CASE("lists that clients cannot put together are told once, before the finish") {
  const std::vector<chat::Event> events = {
      chat::TextDelta{0, text("a")},
      chat::Media{0, text("image/png"), text("AAAA"), text("c2ln")},
      chat::Citation{0, text("https://x"), text("t"), 0, 1},
      chat::Media{0, text("image/png"), text("BBBB")},
      chat::Citation{0, text("https://y"), text("u"), 0, 1},
      chat::Finish{0, chat::FinishReason::stop}};
  const std::vector<Tree> chunks = stream(events);
  const Tree message = whole(events).at("choices")[0].at("message");
  for (const char* name : {"images", "annotations"}) {
    REQUIRE(deltas_of(chunks, name).size() == 1);
    CHECK(deltas_of(chunks, name)[0] == message.at(name));
    CHECK(message.at(name).size() == 2);
  }
  CHECK(message.at("images")[0].at("extra_content").at("google").at("thought_signature") == "c2ln");
  CHECK_FALSE(message.at("images")[1].contains("extra_content"));
  CHECK(chunks[chunks.size() - 2].at("choices")[0].at("finish_reason") == "stop");
}

TEST_CASE("what was gathered until a stream fails is not lost") {
  Buffer out;
  auto writer = openai_chat::make_stream_writer(kOptions, out);
  writer->take(chat::Media{1, text("image/png"), text("AAAA")});
  writer->take(chat::Citation{1, text("https://x"), text("t"), 0, 1});
  writer->fail({ErrorCode::upstream_cut, "cut", ""});
  const std::vector<Tree> chunks = chunks_of(out.view());
  REQUIRE(chunks.size() == 4);
  CHECK(chunks[1].at("choices")[0].at("delta").contains("images"));
  CHECK(chunks[2].at("choices")[0].at("delta").contains("annotations"));
  CHECK(chunks[3].at("error").at("code") == "upstream_cut");
}

TEST_CASE("the chunk with the role says what follows") {
  const auto first = [](const chat::Event& event) {
    return stream({event, chat::Finish{0}})[0].at("choices")[0].at("delta").dump();
  };
  CHECK(first(chat::TextDelta{0, text("a")}) ==
        R"({"content":"","refusal":null,"role":"assistant"})");
  CHECK(first(chat::ToolCall{0, {}, text("f"), "{}", {}}) ==
        R"({"content":null,"refusal":null,"role":"assistant"})");
  CHECK(first(chat::Refusal{0, "no"}) == R"({"content":null,"refusal":"","role":"assistant"})");
  CHECK(first(chat::Usage{1, 2, 3}) == R"({"content":"","refusal":null,"role":"assistant"})");

  // A keep-alive before anything is known has no role yet.
  Buffer out;
  auto writer = openai_chat::make_stream_writer(kOptions, out);
  writer->keep_alive();
  writer->take(chat::ToolCall{0, {}, text("f"), "{}", {}});
  const std::vector<Tree> chunks = chunks_of(out.view());
  CHECK(chunks[0].at("choices")[0].at("delta") == Tree::object());
  CHECK(chunks[1].at("choices")[0].at("delta").at("content").is_null());
}

TEST_CASE("usage that was not counted is not told, whole or streamed") {
  const std::vector<chat::Event> events = {chat::TextDelta{0, text("a")}, chat::Finish{0}};
  CHECK_FALSE(whole(events).contains("usage"));
  for (const Tree& chunk : stream(events)) {
    CHECK((chunk.is_string() || chunk.at("usage").is_null()));
    CHECK((chunk.is_string() || !chunk.at("choices").empty()));
  }
}

TEST_CASE("the service tier is told from where it is known on") {
  const std::vector<chat::Event> events = {chat::TextDelta{0, text("a")}, chat::ServiceTier{"flex"},
                                           chat::Finish{0}, chat::Usage{1, 2, 3}};
  CHECK(whole(events).at("service_tier") == "flex");
  const std::vector<Tree> chunks = stream(events);
  REQUIRE(chunks.size() == 5);
  CHECK_FALSE(chunks[1].contains("service_tier"));
  CHECK(chunks[2].at("service_tier") == "flex");
  CHECK(chunks[3].at("service_tier") == "flex");
}

TEST_CASE("data that is no image and no sound is text, or a file") {
  const std::string hello = "SGVsbG8sIMOpIQo=";
  const auto message = [](const std::string& type, const std::string& data) {
    const std::vector<chat::Event> events{chat::Media{0, text(type), text(data)},
                                          chat::Finish{0, chat::FinishReason::stop}};
    const Tree all = whole(events).at("choices").at(0).at("message");
    Tree streamed{{"content", ""}};
    for (const Tree& chunk : stream(events)) {
      if (!chunk.is_object() || chunk.at("choices").empty()) {
        continue;
      }
      const Tree delta = chunk.at("choices").at(0).at("delta");
      streamed["content"] =
          streamed.at("content").get<std::string>() + delta.value("content", std::string());
      for (const char* name : {"images", "extra_content"}) {
        if (delta.contains(name)) {
          streamed[name] = delta.at(name);
        }
      }
    }
    CHECK(streamed.at("content") == all.at("content"));
    CHECK(streamed.value("images", Tree()) == all.value("images", Tree()));
    CHECK(streamed.value("extra_content", Tree()) == all.value("extra_content", Tree()));
    return all;
  };
  for (const char* type :
       {"text/plain", "text/markdown", "TEXT\\/CSV; charset=utf-8", "application/json"}) {
    INFO(type);
    const Tree all = message(type, hello);
    CHECK(all.at("content") == "Hello, \xC3\xA9!\n");
    CHECK_FALSE(all.contains("images"));
    CHECK_FALSE(all.contains("extra_content"));
  }
  // What is no text after all keeps its bytes.
  for (const auto& [type, data] :
       std::vector<std::pair<std::string, std::string>>{{"text/plain", "/w=="},
                                                        {"text/plain", "A!"},
                                                        {"video/mp4", "AAAA"},
                                                        {"application/pdf", "AAAA"}}) {
    INFO(type);
    const Tree all = message(type, data);
    CHECK(all.at("content") == "");
    CHECK_FALSE(all.contains("images"));
    CHECK(all.at("extra_content").at("google").at("files") ==
          Tree{{{"type", "file"}, {"file", {{"file_data", "data:" + type + ";base64," + data}}}}});
  }
  // A type that is not said is what the bytes are.
  CHECK(message("", "iVBORw0KGgo=").at("images").at(0).at("image_url").at("url") ==
        "data:image/png;base64,iVBORw0KGgo=");
}

TEST_CASE("sound whose data breaks off is an error, and not shorter") {
  Buffer out;
  auto writer = openai_chat::make_whole_writer(kOptions, out);
  writer->take(chat::Media{0, text("audio/l16;rate=24000"), text("AQIDBA==")});
  CHECK_FALSE(writer->absence());
  writer->take(chat::Media{0, text("audio/l16;rate=24000"), text("AQID!BA==")});
  REQUIRE(writer->absence());
  CHECK(writer->absence()->code == ErrorCode::upstream_malformed);
}

TEST_CASE("sound has its id once, and says at its end when that expires") {
  const std::vector<Tree> audio = deltas_of(
      stream({chat::Media{0, text("audio/L16;rate=24000"), text("AAAA")},
              chat::Transcript{0, text("hel")}, chat::Media{0, text("audio/L16"), text("BBBB")},
              chat::Transcript{0, text("lo")}, chat::Finish{0}}),
      "audio");
  REQUIRE(audio.size() == 5);
  CHECK(audio[0].contains("id"));
  for (std::size_t i = 1; i < audio.size(); ++i) {
    CHECK_FALSE(audio[i].contains("id"));
  }
  CHECK(audio[4] == Tree{{"expires_at", 1760000000}});
}

TEST_CASE("a large call is cut into deltas, name and id only in the first") {
  const std::string arguments = "{\"x\":\"" + std::string(70000, 'a') + "\"}";
  std::string joined;
  int names = 0;
  for (const Tree& chunk : stream({chat::ToolCall{0, {}, text("f"), arguments, {}},
                                   chat::Finish{0, chat::FinishReason::tool_calls}})) {
    if (chunk.is_object() && !chunk.at("choices").empty() &&
        chunk.at("choices")[0].at("delta").contains("tool_calls")) {
      const Tree call = chunk.at("choices")[0].at("delta").at("tool_calls")[0];
      joined += call.at("function").at("arguments").get<std::string>();
      names += call.at("function").contains("name") ? 1 : 0;
      CHECK(call.at("index") == 0);
    }
  }
  CHECK(joined == arguments);
  CHECK(names == 1);
}

TEST_CASE("a failure is an error event or an error body") {
  Buffer out;
  openai_chat::make_stream_writer(kOptions, out)->fail({ErrorCode::upstream_cut, "cut", ""});
  CHECK(chunks_of(out.view())[0].at("error").at("code") == "upstream_cut");
  out.clear();
  openai_chat::make_whole_writer(kOptions, out)->fail({ErrorCode::upstream_cut, "cut", ""});
  CHECK(Tree::parse(std::string(out.view())).at("error").at("message") == "cut");
}
