#include "gateway/attempt.h"

#include "base/limits.h"
#include "http/url.h"

#include <algorithm>
#include <utility>

namespace llmproxy::gateway {

Attempt::Attempt(Context& context, std::unique_ptr<dialects::SupplierRequest> request,
                 const dialects::SupplierModel& model, chat::EventSink& sink,
                 AttemptObserver& observer, AttemptOptions options)
    : context_(context),
      request_(std::move(request)),
      model_(model),
      sink_(sink),
      observer_(observer),
      options_(options) {}

Status Attempt::write(chat::Changes& changes) {
  // A dialect's words around a short message may be more than the client's.
  const std::size_t copied = std::min(context_.body.size(), kMaxCopiedBody);
  body_.expect(copied + copied / 8 + 1024);
  if (context_.body.size() <= kMaxCopiedBody) {
    body_.set_min_referenced(kMaxCopiedBody);
  }
  if (Status status = request_->write(body_, changes); !status) {
    return status;
  }
  if (body_.failed()) {
    return out_of_memory();
  }
  filter_ = request_->make_filter(sink_);
  return {};
}

void Attempt::send() {
  const std::uint32_t count = request_->calls();
  calls_.reserve(count);  // so that none of them moves
  for (std::uint32_t i = 0; i < count && !context_.outbox.is_over(); ++i) {
    Call& call = calls_.emplace_back();
    call.reader = request_->make_reader(i);
    send(call, body_);
  }
}

void Attempt::send(Call& call, const SpanList& body) {
  call.status = 0;
  call.silence.end();
  call.heard = false;
  call.error_body.reset();
  call.body.clear();
  call.parser = request_->streams() ? std::make_unique<sse::Parser>(kMaxStreamEvent) : nullptr;
  Result<Fetch> fetch = context_.call("POST", request_->path(), "application/json");
  if (!fetch) {
    observer_.take_failure(fetch.error());
    return;
  }
  fetch->body = &body;
  call.fetch = context_.outbox.fetch(std::move(*fetch));
}

void Attempt::take(const chat::Event& event) {
  visible_ = visible_ || std::holds_alternative<chat::TextDelta>(event) ||
             std::holds_alternative<chat::ThoughtDelta>(event) ||
             std::holds_alternative<chat::ToolCall>(event) ||
             std::holds_alternative<chat::Media>(event);
  if (filter_) {
    filter_->take(event);
  } else {
    sink_.take(event);
  }
}

Attempt::Call* Attempt::find(std::uint32_t fetch) {
  const auto found = std::find_if(calls_.begin(), calls_.end(),
                                  [&](const Call& call) { return call.fetch == fetch; });
  return found != calls_.end() ? &*found : nullptr;
}

bool Attempt::owns(std::uint32_t fetch) const {
  return std::any_of(calls_.begin(), calls_.end(),
                     [&](const Call& call) { return call.fetch == fetch; });
}

std::uint32_t Attempt::number_of(const Call& call) const {
  return static_cast<std::uint32_t>(&call - calls_.data());
}

bool Attempt::is_accepted() const {
  return std::all_of(calls_.begin(), calls_.end(),
                     [](const Call& call) { return http::is_success(call.status); });
}

// Of a reply that is translated only the body is used: errors say all in theirs.
void Attempt::take_head(std::uint32_t fetch, int status) {
  Call* call = find(fetch);
  if (call == nullptr || call->status != 0) {
    return;
  }
  call->status = status;
  call->silence.end();
  // By the status and never by the content type: errors come labelled as streams.
  if (http::is_error(status)) {
    call->error_body.emplace();
  } else if (!http::is_success(status)) {
    lose(*call, odd_status(context_.supplier(), status));
  }
}

char* Attempt::reserve(std::uint32_t fetch, std::size_t count) {
  Call* call = find(fetch);
  if (call == nullptr) {
    return nullptr;
  }
  if (call->error_body) {
    return call->error_body->reserve(count);
  }
  char* room = nullptr;
  if (call->parser) {
    room = call->parser->reserve(count);
  } else if (call->body.size() + count <= kMaxWholeReply) {
    room = call->body.reserve_within(count, kMaxWholeReply);
  }
  if (room == nullptr) {
    lose(*call, reply_too_large());
  }
  return room;
}

void Attempt::take(std::uint32_t fetch, std::size_t count) {
  Call* call = find(fetch);
  if (call == nullptr) {
    return;
  }
  if (call->error_body) {
    call->error_body->commit(count);
    if (call->error_body->is_full()) {
      context_.outbox.abort(fetch);
      end(fetch);
    }
    return;
  }
  call->heard = true;
  call->silence.end();
  if (!call->parser) {
    call->body.commit(count);
    return;
  }
  call->parser->commit(count);
  if (Status status = read_events(*call); !status) {
    lose(*call, status.error());
  }
}

Status Attempt::read_events(Call& call) {
  while (const std::optional<sse::Event> event = call.parser->next()) {
    if (Status status = call.reader->read(event->data, *this); !status) {
      return status;
    }
    observer_.take_progress();
  }
  return call.parser->overflowed() ? Status(reply_too_large()) : Status();
}

void Attempt::end(std::uint32_t fetch) {
  Call* call = find(fetch);
  if (call == nullptr) {
    return;
  }
  call->fetch = 0;
  if (call->error_body) {
    read_error(*call);
  } else {
    finish(*call);
  }
}

void Attempt::read_error(Call& call) {
  const std::string_view body = call.error_body->view();
  const std::optional<dialects::Downgrade> downgrade = model_.find_downgrade(call.status, body);
  const Error error = context_.supplier_dialect().read_error(call.status, body);
  if (!downgrade || !observer_.take_downgrade(error, *downgrade)) {
    lose(call, error);
  }
}

Status Attempt::read_rest(Call& call) {
  if (call.parser) {
    call.parser->finish();
    return read_events(call);
  }
  Status status = call.reader->read(call.body.view(), *this);
  // All of it is told, and an answer of as many megabytes is about to be written.
  call.body.release();
  return status;
}

void Attempt::finish(Call& call) {
  if (Status status = read_rest(call); !status) {
    lose(call, status.error());
    return;
  }
  const std::string_view token = call.reader->continuation();
  if (!token.empty() && call.continuations < kMaxContinuations) {
    go_on(call, token);
    return;
  }
  if (call.reader->is_empty() && call.retries < kMaxEmptyRetries && (options_.whole || !visible_)) {
    ask_again(call);
    return;
  }
  if (Status status = call.reader->at_end(*this); !status) {
    const std::optional<std::uint32_t> downgrade = call.reader->downgrade();
    if (!downgrade || !observer_.take_downgrade(status.error(), {*downgrade})) {
      lose(call, status.error());
    }
    return;
  }
  call.done = true;
  end_if_done();
}

// An answer that was only interrupted.
void Attempt::go_on(Call& call, std::string_view token) {
  ++call.continuations;
  SpanList& body = continuations_.emplace_back();
  request_->write_continuation(body_, token, body);
  call.reader->begin_call(*this);
  if (body.failed()) {
    lose(call, out_of_memory());
  } else {
    send(call, body);
  }
}

// Models now and then say nothing at all, or a call that cannot be read; mostly they do so once.
void Attempt::ask_again(Call& call) {
  ++call.retries;
  call.reader = request_->make_reader(number_of(call));
  send(call, body_);
}

// Fewer choices may do. If not, or if there are none left, it is the failure of all.
void Attempt::lose(Call& call, const Error& error) {
  const bool others = std::any_of(calls_.begin(), calls_.end(), [&](const Call& other) {
    return &other != &call && !other.lost;
  });
  if (!others || !options_.fewer_choices_do) {
    observer_.take_failure(error);
    return;
  }
  if (call.fetch != 0) {
    context_.outbox.abort(std::exchange(call.fetch, 0));
  }
  call.body.release();
  call.error_body.reset();
  call.lost = true;
  call.done = true;
  observer_.lose_choice(number_of(call), error);
  end_if_done();
}

void Attempt::end_if_done() {
  if (std::all_of(calls_.begin(), calls_.end(), [](const Call& call) { return call.done; })) {
    observer_.take_end();
  }
}

void Attempt::fail(std::uint32_t fetch) {
  if (Call* call = find(fetch)) {
    call->fetch = 0;
    lose(*call, call->status == 0 ? unreachable(context_.supplier()) : cut(context_.supplier()));
  }
}

void Attempt::tick(std::uint32_t ms) {
  for (Call& call : calls_) {
    if (call.fetch != 0 && !is_in_time(call, ms)) {
      return;
    }
  }
}

// A whole answer has begun when some of it is there, a stream with its head. Of an error, what came
// until now is enough. False: something was done about it.
bool Attempt::is_in_time(Call& call, std::uint32_t ms) {
  if (call.error_body) {
    if (!call.silence.lasts(ms, kErrorBodyMs)) {
      return true;
    }
    context_.outbox.abort(call.fetch);
    end(call.fetch);
    return false;
  }
  const bool begun = call.heard || (request_->streams() && call.status != 0);
  const std::optional<Error> late = context_.find_delay(call.silence, ms, begun);
  if (late) {
    lose(call, *late);
  }
  return !late;
}

void Attempt::abort() {
  for (Call& call : calls_) {
    if (call.fetch != 0) {
      context_.outbox.abort(std::exchange(call.fetch, 0));
    }
  }
}

void Attempt::close() {
  abort();
  for (Call& call : calls_) {
    call.body.release();
  }
  if (filter_) {
    filter_->flush();
  }
}

}  // namespace llmproxy::gateway
