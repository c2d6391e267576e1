// An answer that is translated: a conversation, and the smaller endpoints that are conversations in
// other words. Media is fetched first; several choices may be several calls; what a
// model refuses is asked for once more with less; an answer that is interrupted is continued.
#pragma once

#include "base/spans.h"
#include "chat/fetched_media.h"
#include "chat/reply.h"
#include "chat/request.h"
#include "dialects/client_dialect.h"
#include "dialects/supplier_dialect.h"
#include "gateway/context.h"
#include "gateway/downloads.h"
#include "gateway/error_body.h"
#include "gateway/operation.h"
#include "gateway/silence.h"
#include "sse/parser.h"

#include <list>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace llmproxy::gateway {

class Completion final : public Operation {
 public:
  Completion(Context& context, const dialects::Conversation& conversation)
      : context_(context), conversation_(conversation), sink_(*this) {}

  void start() override;
  void take_head(std::uint32_t fetch, int status, std::string_view headers) override;
  char* reserve(std::uint32_t fetch, std::size_t count) override;
  void take(std::uint32_t fetch, std::size_t count) override;
  void end(std::uint32_t fetch) override;
  void fail(std::uint32_t fetch) override;
  void tick(std::uint32_t ms) override;
  void abort() override;
  void give_up(const Error& error) override;

 private:
  // Passes events on, and notes whether the client has seen something of the answer.
  class Sink final : public chat::EventSink {
   public:
    explicit Sink(Completion& owner) : owner_(owner) {}
    void take(const chat::Event& event) override;

   private:
    Completion& owner_;
  };
  // One call to the supplier, which gives one or more of the choices.
  struct Call {
    std::uint32_t fetch = 0;  // 0: over
    int status = 0;           // 0: no head yet
    std::unique_ptr<chat::ReplyReader> reader;
    std::unique_ptr<sse::Parser> parser;  // of a stream
    Buffer body;                          // of a document
    std::optional<ErrorBody> error_body;
    int continuations = 0;
    int retries = 0;
    bool done = false;
    bool lost = false;  // done, without an answer
    Silence silence;
    bool heard = false;  // some of the body came
  };

  // One try at the supplier, which owns what its calls send and what they are read with. None goes
  // before the exchange: the host reads the bodies while it sends them, and that may go on when the
  // supplier has answered already.
  struct Attempt {
    std::unique_ptr<dialects::SupplierRequest> request;
    SpanList body;
    std::list<SpanList> continuations;
    std::vector<Call> calls;
  };

  void fetch_media();
  bool is_download(std::uint32_t fetch) const;
  void attempt();
  Status prepare(Attempt& attempt);
  void send(Call& call, const SpanList& body);
  bool may_begin() const;
  void begin_response();
  Call* find(std::uint32_t fetch);
  Status read_events(Call& call);
  void finish(Call& call);
  void go_on(Call& call, std::string_view token);
  void ask_again(Call& call);
  Status read_rest(Call& call);
  void lose(Call& call, const Error& error);
  void complete_if_done();
  void complete();
  bool is_in_time(Call& call, std::uint32_t ms);
  void keep_alive();
  void answer_refusal(Call& call);
  void ask_for_less(const dialects::Downgrade& refused);
  bool may_ask_for_less(std::uint32_t refusal) const;
  void apply_limitations();
  bool answers_whole() const { return !request_->stream; }

  Context& context_;
  const dialects::Conversation& conversation_;
  Sink sink_;
  // Does not change once it is read, nor does what was fetched for it: bodies refer to both.
  std::unique_ptr<const chat::Request> request_;
  chat::FetchedMedia media_;
  std::unique_ptr<dialects::SupplierModel> model_;
  std::unique_ptr<chat::ReplyWriter> writer_;
  std::unique_ptr<chat::EventFilter> filter_;  // of what goes to writer_; nullptr: none
  std::optional<Downloads> downloads_;
  std::list<Attempt> attempts_;
  Attempt* attempt_ = nullptr;  // at hand; nullptr: none yet
  // Refusals that were answered with a smaller request, what they teach if that is answered, and
  // the last one as an error, should there be no such request.
  std::vector<std::uint32_t> refusals_;
  std::vector<policy::Limitation> limitations_;
  std::optional<Error> refusal_;
  bool seen_ = false;           // the client has something of the answer
  Silence response_silence_{};  // of what it reads
};

}  // namespace llmproxy::gateway
