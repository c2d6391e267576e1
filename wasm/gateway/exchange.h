// One request of a client, from its head to the last byte of the response, as a state machine: the
// host feeds events, and takes the commands that follow from them. It does no I/O, and the same
// events with the same time and seed give the same commands.
#pragma once

#include "base/buffer.h"
#include "base/random.h"
#include "base/result.h"
#include "base/spans.h"
#include "gateway/command.h"
#include "gateway/config.h"
#include "gateway/route.h"
#include "gateway/translation.h"
#include "http/head.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace llmproxy::gateway {

// Names of the headers of a request that mean something here, a line each.
std::string request_header_names();

class Exchange {
 public:
  // `config` must outlive the exchange. `head` is a request head as http/head.h has it; it is
  // copied. `now`: Unix time in seconds. `seed`: of every id made here.
  Exchange(const Config& config, std::string_view head, std::int64_t now, std::uint64_t seed);
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  // Events. What an event hands over may be gone when the call returns.
  //
  // Room for `count` bytes of the request body, to be filled and then committed; nullptr when they
  // are not wanted (any more), because an answer is due already.
  [[nodiscard]] char* reserve_request(std::size_t count);
  void take_request(std::size_t count);
  void end_request();

  // Do the headers of this reply mean anything here?
  bool wants_reply_headers(std::uint32_t id) const;
  void take_reply_head(std::uint32_t id, int status, std::string_view headers);
  [[nodiscard]] char* reserve_reply(std::uint32_t id, std::size_t count);
  void take_reply(std::uint32_t id, std::size_t count);
  void end_reply(std::uint32_t id);
  // The fetch, or its body, came to an early end.
  void fail_reply(std::uint32_t id);
  // Nobody reads the response any more.
  void lose_client();

  // The next command; valid until the next call of anything here.
  const Command& next();

 private:
  enum class State : std::uint8_t {
    reading,   // the request body
    fetching,  // waiting for the head of the reply
    relaying,  // the reply is on its way to the client
    done,
  };

  void begin();
  void expect_body();
  void start_attempt();
  Status prepare_attempt();
  Status prepare_translated(std::string_view base_url, std::string& url);
  std::string upstream_head(std::string_view url) const;
  void relay_error(const Error& error);
  void answer_upstream_error();
  bool is_current(std::uint32_t id) const;

  Command& issue(CommandKind kind);
  void respond(int status, std::string headers);
  void write_out();
  void answer(int status, std::string headers, std::string_view body);
  void answer_error(const Error& error);
  void stop_fetch();

  const Config& config_;
  const std::string head_text_;
  const http::RequestHead head_;
  const std::int64_t now_;
  Random random_;
  const std::string request_id_;

  State state_ = State::reading;
  Route route_;
  std::string_view key_;
  Buffer request_body_;
  SpanList upstream_body_;

  // Only replies to this fetch are listened to; 0: none is under way.
  std::uint32_t fetch_id_ = 0;
  int reply_status_ = 0;
  std::unique_ptr<Translation> translation_;
  // The body of a reply that is no success, as far as it is read, and the headers for passing it
  // on.
  std::optional<Buffer> error_body_;
  std::string error_headers_;
  // Where an incoming piece of the reply lies until it is taken.
  Buffer scratch_;

  Buffer out_;
  std::vector<Command> commands_;
  std::size_t next_command_ = 0;
};

}  // namespace llmproxy::gateway
