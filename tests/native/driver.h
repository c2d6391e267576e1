// A host for the core, in place of the shim: plays one exchange through the C ABI, with a supplier
// that answers from memory, and gives every piece in the sizes it is told. Like a host that is slow
// to send, it looks at every body that went upstream once more when the exchange is over: it must
// still be there, and the same.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace llmproxy::test {

// Where a text is cut into pieces: gives the size of the next piece, at least 1.
using Cut = std::function<std::size_t(std::size_t offset, std::size_t size)>;
Cut whole();
Cut byte_by_byte();
Cut in_two(std::size_t at);

struct Reply {
  int status = 200;
  std::string headers = "content-type: application/json\n";
  std::string body;
  bool unreachable = false;             // the fetch fails
  std::optional<std::size_t> cut = {};  // the connection breaks behind so many bytes
};

struct Upstream {
  std::string head;
  std::string body;
};

struct Outcome {
  // What went upstream, in order.
  std::vector<Upstream> upstreams;
  // Of the first; empty: nothing went there.
  std::string upstream_head;
  std::string upstream_body;
  // What the client got.
  int status = 0;
  std::string headers;
  std::string body;
  bool piped = false;    // the body is the reply's own
  bool aborted = false;  // the core gave a fetch up
  bool complete = false;
};

struct Play {
  std::string head;  // method, URL, headers, a line each
  std::string body;
  // Answers each fetch, where the replies below, which are by number, do not do.
  std::function<Reply(const Upstream&)> answer = {};
  Reply reply = {};
  // Of the second fetch and the next ones; the last one known answers all further ones.
  std::vector<Reply> more_replies = {};
  // What the instance learned in an earlier play still holds.
  bool keeps_learned = false;
  // How often time passes, each time as much of it as the core asked for: while the request's body
  // comes, before a reply has a head, behind its head, and behind the first piece of its body.
  int ticks_in_request = 0;
  int ticks_before_head = 0;
  int ticks_after_head = 0;
  int ticks_in_reply = 0;
  Cut request_cut = whole();
  Cut reply_cut = whole();
  // The client goes away when so many bytes of the response are written; nothing: it stays.
  std::optional<std::size_t> leave_after = {};
};

Outcome play(const Play& play);

inline constexpr double kNow = 1760000000;

}  // namespace llmproxy::test
