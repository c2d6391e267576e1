#include "native/driver.h"

#include "base/assert.h"
#include "base/spans.h"
#include "exports/llmproxy.h"

#include <algorithm>
#include <cctype>
#include <cstring>
#include <utility>

namespace llmproxy::test {
namespace {

// Behind the end of line `number`, from 1.
std::size_t end_of_line(const std::string& text, int number) {
  std::size_t end = 0;
  for (int i = 0; i < number; ++i) {
    end = std::min(text.find('\n', end), text.size() - 1) + 1;
  }
  return end;
}

class Host {
 public:
  explicit Host(const Play& play) : play_(play) {
    if (!play.keeps_learned) {
      static_cast<void>(lp_reserve(0));
      lp_set_variable(0, 0);
    }
    exchange_ = lp_exchange_new(give(allowed(play.head)), kNow, 1, 0);
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
        LLMPROXY_ASSERT(!waiting_.empty());  // else it would wait for ever
        send_reply();
      }
    }
    check_bodies();
    return out_;
  }

 private:
  static std::uintptr_t argument(std::uint32_t index) { return lp_arguments()[index]; }

  static std::string_view text(std::uint32_t at) {
    return {reinterpret_cast<const char*>(argument(at)), argument(at + 1)};
  }

  static std::string fixed_text(std::uint32_t number) {
    return {lp_text(number), lp_text_size(number)};
  }

  // Into the range for input; its size.
  static std::size_t give(const std::string& text) {
    std::memcpy(lp_reserve(text.size()), text.data(), text.size());
    return text.size();
  }

  // The head with the headers that are on the allow-list, and no others.
  static std::string allowed(const std::string& head) {
    const std::string names = "\n" + fixed_text(LP_REQUEST_HEADERS) + "\n";
    std::size_t begin = end_of_line(head, 2);
    std::string out = head.substr(0, begin);
    while (begin < head.size()) {
      const std::size_t end = head.find('\n', begin);
      std::string name = head.substr(begin, head.find(':', begin) - begin);
      std::transform(name.begin(), name.end(), name.begin(),
                     [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
      if (names.find("\n" + name + "\n") != std::string::npos) {
        out.append(head, begin, end + 1 - begin);
      }
      begin = end + 1;
    }
    return out;
  }

  // Carries out one command.
  std::uint32_t next() {
    const std::uint32_t command = lp_next(exchange_);
    switch (command) {
      case LP_FETCH:
        take_fetch();
        break;
      case LP_ABORT: {
        const auto id = static_cast<std::uint32_t>(argument(0));
        LLMPROXY_ASSERT(id == fetch_ || std::count(waiting_.begin(), waiting_.end(), id) == 1);
        waiting_.erase(std::remove(waiting_.begin(), waiting_.end(), id), waiting_.end());
        aborted_.push_back(id);
        out_.aborted = true;
        break;
      }
      case LP_HEAD:
        LLMPROXY_ASSERT(out_.status == 0);  // one head per response
        out_.status = static_cast<int>(argument(0));
        out_.headers = fixed_text(LP_RESPONSE_HEADERS).append(text(1));
        if (out_.headers.find("\nx-request-id: ") == std::string::npos) {
          out_.headers.append("x-request-id: req_1\n");
        }
        break;
      case LP_WRITE:
        LLMPROXY_ASSERT(out_.status != 0 && argument(1) > 0 && !was_last_);
        out_.body.append(text(0));
        was_last_ = argument(2) != 0;
        break;
      case LP_PIPE:
        out_.piped = true;
        out_.complete = true;
        out_.body = reply_.body.substr(0, reply_.cut.value_or(std::string::npos));
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

  void take_fetch() {
    const auto id = static_cast<std::uint32_t>(argument(0));
    Upstream& upstream = out_.upstreams.emplace_back();
    upstream.head = text(1);
    if (argument(8) > 0) {
      upstream.head.append(text(7)).append("\n");
    }
    upstream.head.insert(end_of_line(upstream.head, 2), fixed_text(LP_UPSTREAM_HEADERS));
    bodies_.push_back({argument(3), argument(4), argument(5)});
    upstream.body = read(bodies_.back());
    LLMPROXY_ASSERT(upstream.body.size() == argument(5));
    if ((argument(6) & LP_SENDS_REQUEST_BODY) != 0) {
      upstream.body = play_.body;
    }
    if ((argument(6) & LP_WANTS_REPLY_HEADERS) != 0) {
      want_headers_.push_back(id);
    }
    if (out_.upstreams.size() == 1) {
      out_.upstream_head = upstream.head;
      out_.upstream_body = upstream.body;
    }
    ids_.push_back(id);
    waiting_.push_back(id);
  }

  // Of a fetch, as LP_FETCH has it.
  struct Body {
    std::uintptr_t at;
    std::size_t spans;
    std::size_t size;
  };

  static std::string read(const Body& body) {
    if (body.spans == 0) {
      return {reinterpret_cast<const char*>(body.at), body.size};
    }
    std::string out;
    const auto* spans = reinterpret_cast<const Span*>(body.at);
    for (std::size_t i = 0; i < body.spans; ++i) {
      out.append(spans[i].data, spans[i].size);
    }
    return out;
  }

  void check_bodies() const {
    for (std::size_t i = 0; i < bodies_.size(); ++i) {
      LLMPROXY_ASSERT(bodies_[i].size == 0 || read(bodies_[i]) == out_.upstreams[i].body);
    }
  }

  Reply reply_of(std::uint32_t id) const {
    const auto index =
        static_cast<std::size_t>(std::find(ids_.begin(), ids_.end(), id) - ids_.begin());
    if (play_.answer) {
      return play_.answer(out_.upstreams[index]);
    }
    if (index == 0 || play_.more_replies.empty()) {
      return play_.reply;
    }
    return play_.more_replies[std::min(index, play_.more_replies.size()) - 1];
  }

  bool is_over(std::uint32_t id) const {
    return out_.complete || gone_ || std::count(aborted_.begin(), aborted_.end(), id) > 0;
  }

  void tick(int times) {
    for (int i = 0; i < times && !out_.complete && !gone_; ++i) {
      step_ms_ = lp_tick(exchange_, step_ms_);
      LLMPROXY_ASSERT(step_ms_ > 0);
      drain();
    }
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
      tick(play_.ticks_in_request);
    }
    lp_request_end(exchange_);
  }

  // To the fetch that waits longest.
  void send_reply() {
    const std::uint32_t id = waiting_.front();
    waiting_.erase(waiting_.begin());
    fetch_ = id;
    reply_ = reply_of(id);
    const Reply& reply = reply_;
    tick(play_.ticks_before_head);
    if (is_over(id)) {
      return;
    }
    if (reply.unreachable) {
      lp_reply_fail(exchange_, id);
      return drain();
    }
    const bool wanted = std::count(want_headers_.begin(), want_headers_.end(), id) > 0;
    const std::string headers = wanted ? reply.headers : "";
    lp_reply_head(exchange_, id, reply.status, give(headers));
    drain();
    tick(play_.ticks_after_head);
    const std::size_t end = std::min(reply.cut.value_or(reply.body.size()), reply.body.size());
    for (std::size_t at = 0; at < end && !is_over(id);) {
      const std::size_t size = std::min(play_.reply_cut(at, end), end - at);
      char* room = lp_reply_reserve(exchange_, id, size);
      if (room != nullptr) {
        std::memcpy(room, reply.body.data() + at, size);
        lp_reply_take(exchange_, id, size);
      }
      drain();
      if (at == 0 && size < end) {
        tick(play_.ticks_in_reply);
      }
      at += size;
    }
    if (!is_over(id)) {
      reply.cut ? lp_reply_fail(exchange_, id) : lp_reply_end(exchange_, id);
      drain();
    }
  }

  const Play& play_;
  lp_exchange* exchange_ = nullptr;
  bool was_last_ = false;    // of the response, what was written
  std::uint32_t fetch_ = 0;  // that is answered at the moment
  Reply reply_;              // to that
  std::vector<std::uint32_t> ids_;
  std::vector<Body> bodies_;
  std::vector<std::uint32_t> waiting_;
  std::vector<std::uint32_t> want_headers_;
  std::vector<std::uint32_t> aborted_;
  std::uint32_t step_ms_ = LP_FIRST_TICK_MS;
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
