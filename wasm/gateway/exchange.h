// One request of a client, from its head to the last byte of the response, as a state machine: the
// host feeds events, and takes the commands that follow from them. It does no I/O, and the same
// events with the same time and seed give the same commands.
#pragma once

#include "base/memory_budget.h"
#include "gateway/context.h"
#include "gateway/operation.h"
#include "gateway/silence.h"
#include "http/head.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace llmproxy::gateway {

class Exchange {
 public:
  // `config` and `capabilities` must outlive the exchange. `head` is a request head as http/head.h
  // has it, with those headers that are in request_header_names(). `now`: Unix time in seconds.
  // `seed`: of every id made here.
  Exchange(const Config& config, policy::CapabilityCache& capabilities, std::string_view head,
           std::int64_t now, std::uint64_t seed);
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  // Events. What an event hands over may be gone when the call returns.
  //
  // Room for `count` bytes of the request body, to be filled and then committed; nullptr when they
  // are not wanted (any more), because an answer is due already.
  [[nodiscard]] char* reserve_request(std::size_t count);
  void take_request(std::size_t count);
  void end_request();
  // The body broke off, or is not encoded as the head says.
  void fail_request();

  void take_reply_head(std::uint32_t id, int status, std::string_view headers);
  [[nodiscard]] char* reserve_reply(std::uint32_t id, std::size_t count);
  void take_reply(std::uint32_t id, std::size_t count);
  void end_reply(std::uint32_t id);
  // The fetch, or its body, came to an early end.
  void fail_reply(std::uint32_t id);
  // `ms` milliseconds passed since the last call of this, or since the exchange began.
  void tick(std::uint32_t ms);
  // Nobody reads the response any more.
  void lose_client();

  // What next() would say.
  Due due() const { return context_.outbox.due(); }
  // The bytes of the response that wait for next().
  std::string_view held() const { return context_.outbox.held(); }
  // The next command; valid until the next call of anything here.
  const Command& next() { return context_.outbox.next(); }

 private:
  void begin();
  void answer_here();
  void begin_api();
  void expect_body();
  char* make_room(std::size_t count);
  void stop_reading();
  bool count_upload();
  void start();
  Status choose_supplier();
  template <typename Do>
  void handle(Do what);
  bool listens() const { return operation_ != nullptr && !context_.outbox.is_over() && !lost_; }

  std::string head_text_;  // what head_ and the key refer to: it never changes
  http::RequestHead head_;
  Context context_;
  bool reading_ = false;  // the request body
  Silence request_silence_;
  std::uint32_t reading_ms_ = 0;
  ContentEncoding encoding_ = ContentEncoding::identity;
  std::size_t claimed_ = 0;                          // its size, as the head says; 0: unknown
  PoolClaim first_piece_{MemoryPool::first_pieces};  // until something of it has come
  PoolClaim upload_{MemoryPool::uploads};            // until all of it has
  bool lost_ = false;                                // the client
  std::unique_ptr<Operation> operation_;
};

}  // namespace llmproxy::gateway
