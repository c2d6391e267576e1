// One input of fuzz_exchange: a whole exchange with any request and any replies, one for each
// fetch. It ends, with a response that is well formed, and the same however the bytes arrive; and
// what was sent is still the same when it is over (the driver looks).
//
//   options 0xFF request body 0xFF reply 0xFE reply 0xFE …
//
// Options are a byte or two: what is asked for, and how time passes and whether the client leaves.
//
// The first byte of a reply is its status. Behind it stands its body, or a letter that stands for
// one: what leads from one request to the next is hard to come upon by chance. The last reply
// answers all further fetches.
#pragma once

#include "base/assert.h"
#include "json/cursor.h"
#include "native/driver.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace llmproxy::test {

inline std::string error_with(std::string_view message) {
  return R"({"error":{"code":400,"status":"INVALID_ARGUMENT","message":")" + std::string(message) +
         "\"}}";
}

// What a letter stands for; empty: nothing.
inline std::string canned_body(char letter) {
  constexpr std::string_view kBegin = R"({"candidates":[{"content":{"parts":[)";
  switch (letter) {
    case 'L':
      return error_with("Cannot fetch content from the provided URL.");
    case 'T':
      return error_with("Thinking is not supported for this model.");
    case 'P':
      return error_with("temperature is not supported by this model");
    case 'J':
      return error_with("JSON mode is not enabled for models/x");
    case 'S':
      return error_with("Image part is missing a thought_signature in content position 2.");
    case 'E':
      return std::string(kBegin) + R"(]},"finishReason":"STOP"}]})";
    case 'C':
      return std::string(kBegin) +
             R"({"text":"a"}]},"finishReason":"CONTINUATION","continuationToken":"t"}]})";
    case 'O':
      return std::string(kBegin) + R"({"text":"fine"}]},"finishReason":"STOP"}]})";
    case 'I':
      return "\x89PNG\r\n\x1a\n" + std::string(5000, 'i');  // more than is copied
    case 'B':  // more than is copied where a body is large
      return "\x89PNG\r\n\x1a\n" + std::string(250'000, 'b');
    default:
      return {};
  }
}

// Byte by byte, but for what is too large for that.
inline std::size_t small_piece(std::size_t, std::size_t size) {
  return size > 20'000 ? 30'000 : 1;
}

inline Reply read_reply(std::string_view text, bool stream, bool download) {
  constexpr std::array kStatuses = {200, 400, 200, 302, 429, 500, 204, 101};
  Reply reply;
  if (text.empty()) {
    return reply;
  }
  const auto first = static_cast<unsigned char>(text.front());
  reply.status = kStatuses[first & 7U];
  reply.unreachable = (first & 0xF8U) == 0xF0U;
  reply.body = text.substr(1);
  if (text.size() == 2) {
    reply.body = canned_body(text.back());
    const bool error = reply.body.find("\"error\"") != std::string::npos;
    reply.status = error ? 400 : 200;
    if (stream && !error && !download) {
      reply.body = "data: " + reply.body + "\n\n";
    }
  }
  if (download) {
    reply.headers = "content-type: image/png\nlocation: /next\n";
  }
  return reply;
}

inline std::string default_body(std::uint8_t options) {
  std::string body = R"({"model":"gemini-3-pro","temperature":1.5,"reasoning_effort":"low",)";
  body += (options & 8U) != 0 ? R"("n":2,)" : "";
  body += (options & 4U) != 0 ? R"("stream":true,)" : "";
  return body + R"("messages":[{"role":"user","content":[{"type":"text","text":"x"},)"
                R"({"type":"image_url","image_url":{"url":"https://a.example/one"}},)"
                R"({"type":"image_url","image_url":{"url":"https://a.example/two.png"}}]}]})";
}

inline Outcome play_checked(const Play& play) {
  Outcome outcome = llmproxy::test::play(play);
  LLMPROXY_ASSERT(outcome.complete && outcome.status >= 200);
  if (!outcome.piped && outcome.headers.find("application/json") != std::string::npos) {
    json::Cursor cursor(outcome.body);
    LLMPROXY_ASSERT(cursor.skip_value() && cursor.at_end());
  }
  return outcome;
}

// Each limit of time may be reached; and the client may leave.
inline void play_in_time(Play play, std::uint8_t options) {
  play.reply_cut = in_two(10);
  play.request_cut = in_two(10);
  play.ticks_before_head = (options & 3) * 61;
  play.ticks_after_head = ((options >> 2) & 3) * 31;
  play.ticks_in_reply = ((options >> 4) & 3) * 31;
  play.ticks_in_request = (options & 0x40) != 0 ? 13 : 0;
  if ((options & 0x80) == 0) {
    play_checked(play);
    return;
  }
  play.leave_after = 20;
  llmproxy::test::play(play);
}

// What there was of it to look at; nothing when the input is too short to be one.
inline Outcome run_exchange(std::string_view text) {
  const std::size_t first = text.find('\xFF');
  const std::size_t second = first == std::string_view::npos ? first : text.find('\xFF', first + 1);
  if (second == std::string_view::npos) {
    return {};
  }
  const std::uint8_t options = first > 0 ? static_cast<std::uint8_t>(text[0]) : 0;
  Play play;
  const char* supplier = (options & 3U) == 0 ? "groq" : (options & 3U) == 1 ? "openai" : "gemini";
  constexpr std::array kPaths = {
      "chat/completions", "completions",          "embeddings", "images/generations",
      "audio/speech",     "audio/transcriptions", "models",     "chat/completions"};
  const std::string_view path = kPaths[(options >> 4U) & 7U];
  play.head = std::string(path == "models" ? "GET" : "POST") + "\nhttp://x/v2/" + supplier + "/" +
              std::string(path) +
              "\nauthorization: Bearer k\ncontent-type: multipart/form-data; boundary=B\n" +
              ((options & 0x80U) != 0 ? "x-llmproxy-strict: 1\n" : "");
  play.body = text.substr(first + 1, second - first - 1);
  if (play.body.empty()) {
    play.body = default_body(options);
  }
  std::vector<std::string_view> replies;
  for (std::string_view rest = text.substr(second + 1);;) {
    const std::size_t end = rest.find('\xFE');
    replies.push_back(rest.substr(0, end));
    if (end == std::string_view::npos) {
      break;
    }
    rest.remove_prefix(end + 1);
  }
  std::size_t next = 0;
  play.answer = [&](const Upstream& upstream) {
    const std::string_view reply = replies[std::min(next++, replies.size() - 1)];
    return read_reply(reply, upstream.head.find("alt=sse") != std::string::npos,
                      upstream.head.rfind("GET\nhttps://a.example/", 0) == 0);
  };
  const Outcome whole = play_checked(play);
  if (first > 1) {
    next = 0;
    play_in_time(play, static_cast<std::uint8_t>(text[1]));
    return whole;
  }
  play.request_cut = play.reply_cut = small_piece;
  next = 0;
  LLMPROXY_ASSERT(llmproxy::test::play(play).body == whole.body);
  return whole;
}

}  // namespace llmproxy::test
