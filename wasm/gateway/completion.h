// An answer that is translated: a conversation, and the smaller endpoints that are conversations in
// other words. It reads the request, fetches the media in it, and makes attempts: what a model
// refuses is asked for once more with less. It alone answers the client, and a stream begins when
// an attempt has something of the answer.
#pragma once

#include "chat/fetched_media.h"
#include "chat/reply.h"
#include "chat/request.h"
#include "dialects/client_dialect.h"
#include "dialects/supplier_dialect.h"
#include "gateway/attempt.h"
#include "gateway/context.h"
#include "gateway/downloads.h"
#include "gateway/operation.h"
#include "gateway/silence.h"
#include "policy/capability_cache.h"

#include <list>
#include <memory>
#include <optional>
#include <vector>

namespace llmproxy::gateway {

class Completion final : public Operation, private AttemptObserver {
 public:
  Completion(Context& context, const dialects::Conversation& conversation)
      : context_(context), conversation_(conversation) {}

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
  void take_progress() override;
  void lose_choice(std::uint32_t choice, const Error& error) override;
  bool take_downgrade(const Error& error, const dialects::Downgrade& downgrade) override;
  void take_failure(const Error& error) override { give_up(error); }
  void take_end() override;

  void fetch_media();
  bool is_download(std::uint32_t fetch) const { return downloads_ && downloads_->owns(fetch); }
  bool is_current(std::uint32_t fetch) const {
    return attempt_ != nullptr && attempt_->owns(fetch);
  }
  void begin_attempt();
  Status write(Attempt& attempt);
  bool may_begin() const;
  void begin_response();
  void answer_whole();
  void keep_alive();
  bool may_downgrade(std::uint32_t what) const;
  void apply_limitations();
  bool answers_whole() const { return !request_->stream; }

  Context& context_;
  const dialects::Conversation& conversation_;
  // Does not change once it is read, nor does what was fetched for it: bodies refer to both.
  std::unique_ptr<const chat::Request> request_;
  chat::FetchedMedia media_;
  std::unique_ptr<dialects::SupplierModel> model_;
  std::unique_ptr<chat::ReplyWriter> writer_;
  std::optional<Downloads> downloads_;
  std::list<Attempt> attempts_;
  Attempt* attempt_ = nullptr;  // the last one; nullptr: none yet
  // Downgrades that were made, what they say of the model if the smaller request is answered, and
  // the error that led to the last one, should there be no such request.
  std::vector<std::uint32_t> downgrades_;
  std::vector<policy::Limitation> limitations_;
  std::optional<Error> downgraded_for_;
  Silence response_silence_{};  // of what the client reads
};

}  // namespace llmproxy::gateway
