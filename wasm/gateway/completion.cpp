#include "gateway/completion.h"

#include "base/limits.h"
#include "gateway/responses.h"

#include <algorithm>
#include <utility>

namespace llmproxy::gateway {
namespace {

// What a request takes beside the body that it was read from, without what is in Buffers.
std::size_t size_in_memory(const chat::Request& request) {
  std::size_t size = request.parts.capacity() * sizeof(chat::Part) +
                     request.messages.capacity() * sizeof(chat::Message) +
                     request.tools.capacity() * sizeof(chat::Tool);
  for (const std::string& text : request.storage) {
    size += text.capacity();
  }
  return size;
}

}  // namespace

void Completion::start() {
  auto request = std::make_unique<chat::Request>();
  if (Status status = conversation_.read(context_.input(), *request); !status) {
    context_.answer_error(status.error());
    return;
  }
  request_ = std::move(request);
  if (!context_.claim.add(size_in_memory(*request_))) {
    context_.answer_error(out_of_memory());
    return;
  }
  model_ = context_.supplier_dialect().make_model(request_->model);
  if (!context_.capabilities.empty()) {
    apply_limitations();
  }
  dialects::WriterOptions options;
  options.created = context_.now;
  options.seed = context_.random.next();
  options.proofs_in_ids = context_.config.signatures_in_ids();
  options.strict = context_.is_strict();
  writer_ = conversation_.make_writer(*request_, options, context_.outbox.out());
  fetch_media();
}

// A strict client gets what it asks for or an error, whatever others were answered.
void Completion::apply_limitations() {
  if (!context_.is_strict()) {
    context_.capabilities.apply(*model_, *request_, context_.key_text, context_.now);
  }
}

void Completion::fetch_media() {
  std::vector<chat::MediaLink> links = model_->find_links({*request_, media_});
  if (links.empty()) {
    begin_attempt();
    return;
  }
  if (!downloads_) {
    downloads_.emplace(context_, media_);
  }
  if (Status status = downloads_->begin(std::move(links)); !status) {
    give_up(status.error());
  }
}

// A request that was refused is not sent again as it was.
void Completion::begin_attempt() {
  const Attempt* previous = attempt_;
  Attempt& attempt = attempts_.emplace_back(
      context_, model_->make_request({*request_, media_}), *model_, *writer_,
      static_cast<AttemptObserver&>(*this),
      AttemptOptions{answers_whole(), conversation_.fewer_choices_do && !context_.is_strict()});
  if (Status status = write(attempt); !status) {
    give_up(downgraded_for_ ? *downgraded_for_ : status.error());
    return;
  }
  if (previous != nullptr && attempt.sends_same(*previous)) {
    give_up(*downgraded_for_);
    return;
  }
  attempt_ = &attempt;
  attempt.send();
}

Status Completion::write(Attempt& attempt) {
  context_.changes = {};
  if (Status status = attempt.write(context_.changes); !status) {
    return status;
  }
  return context_.check_changes();
}

void Completion::take_head(std::uint32_t fetch, int status, std::string_view headers) {
  if (is_current(fetch)) {
    attempt_->take_head(fetch, status);
  } else if (is_download(fetch)) {
    if (Status good = downloads_->take_head(fetch, status, headers); !good) {
      give_up(good.error());
    }
  }
}

char* Completion::reserve(std::uint32_t fetch, std::size_t count) {
  if (is_current(fetch)) {
    return attempt_->reserve(fetch, count);
  }
  if (!is_download(fetch)) {
    return nullptr;
  }
  char* room = downloads_->reserve(fetch, count);
  if (room == nullptr) {
    give_up(downloads_->too_large(fetch));
  }
  return room;
}

void Completion::take(std::uint32_t fetch, std::size_t count) {
  if (is_current(fetch)) {
    const std::size_t before = context_.outbox.out().size();
    attempt_->take(fetch, count);
    if (context_.outbox.out().size() > before) {
      response_silence_.end();
    }
  } else if (is_download(fetch)) {
    downloads_->take(fetch, count);
  }
}

void Completion::end(std::uint32_t fetch) {
  if (is_current(fetch)) {
    attempt_->end(fetch);
  } else if (is_download(fetch)) {
    if (Status status = downloads_->end(fetch); !status) {
      give_up(status.error());
    } else if (downloads_->done()) {
      begin_attempt();
    }
  }
}

void Completion::fail(std::uint32_t fetch) {
  if (is_current(fetch)) {
    attempt_->fail(fetch);
  } else if (is_download(fetch)) {
    give_up(downloads_->fail(fetch));
  }
}

void Completion::tick(std::uint32_t ms) {
  if (downloads_) {
    if (const std::optional<Error> late = downloads_->tick(ms)) {
      give_up(*late);
      return;
    }
  }
  if (attempt_ != nullptr) {
    attempt_->tick(ms);
  }
  if (context_.outbox.is_over()) {
    return;
  }
  if ((context_.outbox.has_begun() || may_begin()) && response_silence_.lasts(ms, kHeartbeatMs)) {
    response_silence_.end();
    if (may_begin()) {
      begin_response();
    }
    keep_alive();
  }
}

// The head of a stream is held until something follows it, or a keep-alive is due: an error before
// that still has a status of its own, and a smaller request may still be made.
bool Completion::may_begin() const {
  return !answers_whole() && !context_.outbox.has_begun() && attempt_ != nullptr &&
         attempt_->is_accepted();
}

void Completion::begin_response() {
  context_.outbox.respond(200, context_.own_headers(stream_headers()));
}

void Completion::take_progress() {
  if (context_.outbox.out().size() > 0 && may_begin()) {
    begin_response();
  }
}

void Completion::lose_choice(std::uint32_t choice, const Error& error) {
  writer_->lose(choice, context_.without_key(error));
}

void Completion::take_end() {
  if (const std::optional<Error> absence = writer_->absence()) {
    give_up(*absence);
    return;
  }
  writer_->name_changes(context_.changes);
  for (policy::Limitation& limitation : limitations_) {
    context_.capabilities.learn(std::move(limitation), context_.now);
  }
  writer_->end();
  if (may_begin()) {
    begin_response();
  } else if (answers_whole() && !context_.outbox.is_over()) {
    answer_whole();
  }
  context_.outbox.end();
}

void Completion::answer_whole() {
  const std::string_view type = conversation_.content_type == nullptr
                                    ? "application/json"
                                    : conversation_.content_type(*request_);
  context_.outbox.respond(200, context_.own_headers(typed_headers(type)));
}

bool Completion::may_downgrade(std::uint32_t what) const {
  const bool tried = std::find(downgrades_.begin(), downgrades_.end(), what) != downgrades_.end();
  return !tried && downgrades_.size() < kMaxSmallerRequests && !context_.outbox.has_begun() &&
         !attempt_->is_visible();
}

// Each "not with this model" is answered once with a request that asks for less.
bool Completion::take_downgrade(const Error& error, const dialects::Downgrade& downgrade) {
  if (!may_downgrade(downgrade.what)) {
    return false;
  }
  downgraded_for_ = error;
  downgrades_.push_back(downgrade.what);
  if (!context_.is_strict()) {
    if (auto limitation =
            policy::limitation_of(*model_, downgrade, *request_, context_.key_text, context_.now)) {
      limitations_.push_back(std::move(*limitation));
    }
  }
  model_->adapt_to(downgrade);
  abort();
  fetch_media();  // of links that it does not take any more
  return true;
}

void Completion::keep_alive() {
  if (context_.config.heartbeat() == Heartbeat::comment) {
    context_.outbox.out().append(": keep-alive\n\n");
  } else if (context_.config.heartbeat() == Heartbeat::chunk) {
    writer_->keep_alive();
  }
}

void Completion::abort() {
  if (downloads_) {
    downloads_->abort();
  }
  if (attempt_ != nullptr) {
    attempt_->abort();
  }
}

// The status can tell as long as the response has not begun; then only the stream can. What was
// translated before the failure still belongs to the client.
void Completion::give_up(const Error& error) {
  abort();
  if (attempt_ != nullptr) {
    attempt_->close();
  }
  if (!context_.outbox.has_begun()) {
    context_.answer_error(error);
    return;
  }
  writer_->fail(context_.without_key(error));
  context_.outbox.end();
}

}  // namespace llmproxy::gateway
