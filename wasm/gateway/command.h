// What the core asks the host to do.
#pragma once

#include "base/spans.h"

#include <cstddef>
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
};

// Of a body of a request, as the host is to decode it.
// https://www.rfc-editor.org/rfc/rfc9110#section-8.4.1
enum class ContentEncoding : std::uint8_t { identity = 0, gzip = 1, deflate = 2 };

struct Fetch {
  // Without common_upstream_headers(), and without the credential: where there is one, the last
  // line names the header that carries it and what stands before it there, and has no end.
  std::string head;
  // The caller's key, or empty. It crosses in this slot alone, so that no head holds it. The bytes
  // are the exchange's own and stay until it is over.
  std::string_view credential = {};
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
