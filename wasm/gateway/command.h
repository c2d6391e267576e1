// What the core asks the host to do.
#pragma once

#include "base/spans.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace llmproxy::gateway {

enum class CommandKind : std::uint8_t {
  wait = 0,   // nothing until the next event
  read = 1,   // bring the body of the request, of `size` bytes if that is not 0
  fetch = 2,  // send `fetch` upstream, as fetch `id`
  abort = 3,  // give fetch `id` up
  head = 4,   // begin the response with `status` and the header block `head`
  write = 5,  // the next bytes of the response
  pipe = 6,   // the rest of the response is the reply body of fetch `id`, untouched
  end = 7,    // the response is complete
  ask = 8,    // bring the headers of the request that are in list `id`
};

// Of a body of a request, as the host is to decode it.
// https://www.rfc-editor.org/rfc/rfc9110#section-8.4.1
enum class ContentEncoding : std::uint8_t { identity = 0, gzip = 1, deflate = 2 };

// Of a fetch that carries the key of the request: where that key stands in what the host brought of
// the request's head, counted over all of it. The host has it as text already, and so the head of
// the fetch is the same for every client.
struct KeyRange {
  std::size_t begin = 0;
  std::size_t size = 0;  // 0: it carries none
};

struct Fetch {
  // Without common_upstream_headers(). With a key its last line has no end yet: the key is that.
  std::string head;
  KeyRange key = {};
  // Must stay as it is until the exchange is over; nullptr: none.
  const SpanList* body = nullptr;
  // Instead of a body of our own, that of the request, which must not have been read: it goes on as
  // it comes.
  bool sends_request_body = false;
  bool wants_reply_headers = false;
};

struct Command {
  CommandKind kind = CommandKind::wait;
  std::uint32_t id = 0;
  int status = 0;
  std::size_t size = 0;
  ContentEncoding encoding = ContentEncoding::identity;  // of what is to be read
  std::string head;
  std::string_view bytes;  // into the exchange's own output
  bool is_last = false;    // of a write: the end comes next
  Fetch fetch;
};

}  // namespace llmproxy::gateway
