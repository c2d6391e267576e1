#include "native/driver.h"

#include "base/assert.h"
#include "base/spans.h"
#include "exports/llmproxy.h"

#include <algorithm>
#include <cstring>

namespace llmproxy::test {
namespace {

class Host {
 public:
  explicit Host(const Play& play) : play_(play) {
    char* room = lp_reserve(play.head.size());
    std::memcpy(room, play.head.data(), play.head.size());
    exchange_ = lp_exchange_new(play.head.size(), kNow, 1, 0);
  }
  ~Host() { lp_exchange_free(exchange_); }
  Host(const Host&) = delete;
  Host& operator=(const Host&) = delete;

  Outcome run() {
    while (!out_.complete && !gone_) {
      const std::uint32_t command = next();
      if (command == LP_READ) {
        send_request();
      } else if (command == LP_WAIT) {
        LLMPROXY_ASSERT(fetch_ != 0);  // else it would wait for ever
        send_reply();
      }
    }
    return out_;
  }

 private:
  std::string_view text(std::uint32_t at) {
    return {reinterpret_cast<const char*>(lp_argument(exchange_, at)),
            lp_argument(exchange_, at + 1)};
  }

  // Carries out one command.
  std::uint32_t next() {
    const std::uint32_t command = lp_next(exchange_);
    switch (command) {
      case LP_FETCH: {
        fetch_ = static_cast<std::uint32_t>(lp_argument(exchange_, 0));
        out_.upstream_head = text(1);
        const auto* spans = reinterpret_cast<const Span*>(lp_argument(exchange_, 3));
        for (std::size_t i = 0; i < lp_argument(exchange_, 4); ++i) {
          out_.upstream_body.append(spans[i].data, spans[i].size);
        }
        LLMPROXY_ASSERT(out_.upstream_body.size() == lp_argument(exchange_, 5));
        break;
      }
      case LP_ABORT:
        LLMPROXY_ASSERT(lp_argument(exchange_, 0) == fetch_);
        out_.aborted = true;
        break;
      case LP_HEAD:
        LLMPROXY_ASSERT(out_.status == 0);  // one head per response
        out_.status = static_cast<int>(lp_argument(exchange_, 0));
        out_.headers = text(1);
        break;
      case LP_WRITE:
        LLMPROXY_ASSERT(out_.status != 0 && lp_argument(exchange_, 1) > 0);
        out_.body.append(text(0));
        break;
      case LP_PIPE:
        out_.piped = true;
        out_.complete = true;
        out_.body = play_.reply.body.substr(0, play_.reply.cut.value_or(std::string::npos));
        break;
      case LP_END:
        LLMPROXY_ASSERT(out_.status != 0);
        out_.complete = true;
        break;
      default:
        break;
    }
    if (!out_.complete && play_.leave_after && out_.body.size() >= *play_.leave_after &&
        out_.status != 0) {
      leave();
    }
    return command;
  }

  void leave() {
    if (gone_) {
      return;
    }
    gone_ = true;
    lp_client_lost(exchange_);
    while (next() != LP_WAIT) {
    }
  }

  void drain() {
    while (!out_.complete && !gone_ && next() != LP_WAIT) {
    }
  }

  void send_request() {
    const std::string& body = play_.body;
    for (std::size_t at = 0; at < body.size();) {
      const std::size_t size = std::min(play_.request_cut(at, body.size()), body.size() - at);
      char* room = lp_request_reserve(exchange_, size);
      if (room == nullptr) {
        return;
      }
      std::memcpy(room, body.data() + at, size);
      lp_request_take(exchange_, size);
      at += size;
    }
    lp_request_end(exchange_);
  }

  void send_reply() {
    const Reply& reply = play_.reply;
    if (reply.unreachable) {
      lp_reply_fail(exchange_, fetch_);
      return drain();
    }
    char* head = lp_reserve(reply.headers.size());
    std::memcpy(head, reply.headers.data(), reply.headers.size());
    lp_reply_head(exchange_, fetch_, reply.status, reply.headers.size());
    drain();
    const std::size_t end = std::min(reply.cut.value_or(reply.body.size()), reply.body.size());
    for (std::size_t at = 0; at < end && !out_.complete && !gone_;) {
      const std::size_t size = std::min(play_.reply_cut(at, end), end - at);
      char* room = lp_reply_reserve(exchange_, fetch_, size);
      if (room != nullptr) {
        std::memcpy(room, reply.body.data() + at, size);
        lp_reply_take(exchange_, fetch_, size);
      }
      at += size;
      drain();
    }
    if (!out_.complete && !gone_) {
      reply.cut ? lp_reply_fail(exchange_, fetch_) : lp_reply_end(exchange_, fetch_);
      drain();
    }
  }

  const Play& play_;
  lp_exchange* exchange_ = nullptr;
  std::uint32_t fetch_ = 0;
  bool gone_ = false;
  Outcome out_;
};

}  // namespace

Cut whole() {
  return [](std::size_t, std::size_t size) { return size; };
}

Cut byte_by_byte() {
  return [](std::size_t, std::size_t) { return std::size_t{1}; };
}

Cut in_two(std::size_t at) {
  return [at](std::size_t offset, std::size_t size) { return offset < at ? at - offset : size; };
}

Outcome play(const Play& play) {
  return Host(play).run();
}

}  // namespace llmproxy::test

// Exhausted memory is one of the things tested.
extern "C" const char* __asan_default_options();  // NOLINT(bugprone-reserved-identifier)
extern "C" const char* __asan_default_options() {
  return "allocator_may_return_null=1";
}
