// One attempt at an answer that is translated: a request to the supplier, as one call or several,
// which are read until each is done. What is mended without another request is mended here: an
// answer that was interrupted is continued, and one that says nothing is asked for once more.
//
// It owns all that its calls send and are read with, and goes with the exchange: the host reads the
// bodies while it sends them, and that may go on when the supplier has answered already.
#pragma once

#include "base/buffer.h"
#include "base/error.h"
#include "base/result.h"
#include "base/spans.h"
#include "chat/event.h"
#include "chat/reply.h"
#include "dialects/supplier_dialect.h"
#include "gateway/context.h"
#include "gateway/error_body.h"
#include "gateway/silence.h"
#include "sse/parser.h"

#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace llmproxy::gateway {

// Told how an attempt goes. It may be over when a call of this returns, but it is still there.
class AttemptObserver {
 public:
  virtual ~AttemptObserver() = default;
  // An event of a stream was read, and the sink has what it says.
  virtual void take_progress() = 0;
  // The call for these choices failed, and those that are left will do.
  virtual void lose_choice(std::uint32_t choice, const Error& error) = 0;
  // The supplier did not take something of the request, and another one may do. True: another one
  // is made, and this attempt is over.
  virtual bool take_downgrade(const Error& error, const dialects::Downgrade& downgrade) = 0;
  // There will be no answer.
  virtual void take_failure(const Error& error) = 0;
  // All calls are done.
  virtual void take_end() = 0;
};

struct AttemptOptions {
  bool whole = false;             // the client waits for the whole answer
  bool fewer_choices_do = false;  // when some of several calls fail
};

class Attempt final : private chat::EventSink {
 public:
  // `model`, `sink` and `observer` outlive it.
  Attempt(Context& context, std::unique_ptr<dialects::SupplierRequest> request,
          const dialects::SupplierModel& model, chat::EventSink& sink, AttemptObserver& observer,
          AttemptOptions options);

  // The request; `changes` names what of it does not reach the supplier. An error: it cannot be
  // made.
  Status write(chat::Changes& changes);
  // The other sends the same.
  bool sends_same(const Attempt& other) const { return body_.is_same(other.body_); }
  // Makes the calls.
  void send();

  bool owns(std::uint32_t fetch) const;
  // As those of an operation; of fetches that it owns.
  void take_head(std::uint32_t fetch, int status);
  [[nodiscard]] char* reserve(std::uint32_t fetch, std::size_t count);
  void take(std::uint32_t fetch, std::size_t count);
  void end(std::uint32_t fetch);
  void fail(std::uint32_t fetch);
  void tick(std::uint32_t ms);
  void abort();

  // Every call has the head of a success.
  bool is_accepted() const;
  // The sink has something of the answer that a client sees.
  bool is_visible() const { return visible_; }
  // Nothing more is read: what is held back goes to the sink, and the memory of replies to others.
  void close();

 private:
  // One call to the supplier, which gives one or more of the choices.
  struct Call {
    std::uint32_t fetch = 0;  // 0: over
    int status = 0;           // 0: no head yet
    std::unique_ptr<chat::ReplyReader> reader = {};
    std::unique_ptr<sse::Parser> parser = {};  // of a stream
    Buffer body = {};                          // of a document
    std::optional<ErrorBody> error_body = {};
    int continuations = 0;
    int retries = 0;
    bool done = false;
    bool lost = false;  // done, without an answer
    Silence silence = {};
    bool heard = false;  // some of the body came
  };

  void take(const chat::Event& event) override;
  Call* find(std::uint32_t fetch);
  std::uint32_t number_of(const Call& call) const;
  void send(Call& call, const SpanList& body);
  Status read_events(Call& call);
  Status read_rest(Call& call);
  void finish(Call& call);
  void read_error(Call& call);
  void go_on(Call& call, std::string_view token);
  void ask_again(Call& call);
  void lose(Call& call, const Error& error);
  void end_if_done();
  bool is_in_time(Call& call, std::uint32_t ms);

  Context& context_;
  const std::unique_ptr<dialects::SupplierRequest> request_;
  const dialects::SupplierModel& model_;
  chat::EventSink& sink_;
  AttemptObserver& observer_;
  const AttemptOptions options_;
  std::unique_ptr<chat::EventFilter> filter_;  // of what goes to sink_; nullptr: none
  SpanList body_;
  std::list<SpanList> continuations_;
  std::vector<Call> calls_;
  bool visible_ = false;
};

}  // namespace llmproxy::gateway
