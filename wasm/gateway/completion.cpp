#include "gateway/completion.h"

#include "base/limits.h"
#include "base/text.h"
#include "gateway/responses.h"
#include "http/url.h"

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

void Completion::Sink::take(const chat::Event& event) {
  owner_.seen_ = owner_.seen_ || std::holds_alternative<chat::TextDelta>(event) ||
                 std::holds_alternative<chat::ThoughtDelta>(event) ||
                 std::holds_alternative<chat::ToolCall>(event) ||
                 std::holds_alternative<chat::Media>(event);
  if (owner_.filter_) {
    owner_.filter_->take(event);
  } else {
    owner_.writer_->take(event);
  }
}

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
    attempt();
    return;
  }
  if (!downloads_) {
    downloads_.emplace(context_, media_);
  }
  if (Status status = downloads_->begin(std::move(links)); !status) {
    give_up(status.error());
  }
}

void Completion::attempt() {
  const Attempt* refused = attempt_;
  Attempt& attempt = attempts_.emplace_back();
  if (Status status = prepare(attempt); !status) {
    give_up(refusal_ ? *refusal_ : status.error());
    return;
  }
  if (refused != nullptr && attempt.body.is_same(refused->body)) {
    give_up(*refusal_);
    return;
  }
  attempt_ = &attempt;
  filter_ = attempt.request->make_filter(*writer_);
  const std::uint32_t calls = attempt.request->calls();
  attempt.calls.reserve(calls);  // so that none of them moves
  for (std::uint32_t i = 0; i < calls; ++i) {
    Call& call = attempt.calls.emplace_back();
    call.reader = attempt.request->make_reader(i);
    send(call, attempt.body);
    if (context_.outbox.is_over()) {
      return;
    }
  }
}

Status Completion::prepare(Attempt& attempt) {
  SpanList& body = attempt.body;
  context_.changes = {};
  // A dialect's words around a short message may be more than the client's.
  const std::size_t copied = std::min(context_.body.size(), kMaxCopiedBody);
  body.expect(copied + copied / 8 + 1024);
  if (context_.body.size() <= kMaxCopiedBody) {
    body.set_min_referenced(kMaxCopiedBody);
  }
  attempt.request = model_->make_request({*request_, media_});
  if (Status status = attempt.request->write(body, context_.changes); !status) {
    return status;
  }
  if (body.failed()) {
    return out_of_memory();
  }
  return context_.check_changes();
}

void Completion::send(Call& call, const SpanList& body) {
  call.status = 0;
  call.silence.end();
  call.heard = false;
  call.error_body.reset();
  call.body.clear();
  call.parser =
      attempt_->request->streams() ? std::make_unique<sse::Parser>(kMaxStreamEvent) : nullptr;
  Result<Fetch> fetch = context_.call("POST", attempt_->request->path(), "application/json");
  if (!fetch) {
    give_up(fetch.error());
    return;
  }
  fetch->body = &body;
  call.fetch = context_.outbox.fetch(std::move(*fetch));
}

Completion::Call* Completion::find(std::uint32_t fetch) {
  if (attempt_ == nullptr) {
    return nullptr;
  }
  for (Call& call : attempt_->calls) {
    if (call.fetch == fetch) {
      return &call;
    }
  }
  return nullptr;
}

bool Completion::is_download(std::uint32_t fetch) const {
  return downloads_ && downloads_->owns(fetch);
}

// Of a reply that is translated only the body is used: errors say all in theirs.
void Completion::take_head(std::uint32_t fetch, int status, std::string_view headers) {
  if (is_download(fetch)) {
    if (Status good = downloads_->take_head(fetch, status, headers); !good) {
      give_up(good.error());
    }
    return;
  }
  Call* call = find(fetch);
  if (call == nullptr || call->status != 0) {
    return;
  }
  call->status = status;
  call->silence.end();
  // By the status and never by the content type: errors come labelled as streams.
  if (!http::is_success(status)) {
    http::is_error(status) ? static_cast<void>(call->error_body.emplace())
                           : lose(*call, odd_status(context_.supplier(), status));
  }
}

// The head of a stream is held until something follows it, or a sign of life is due: an error
// before that still has a status of its own, and a smaller request may still be made.
bool Completion::may_begin() const {
  return !answers_whole() && !context_.outbox.has_begun() && attempt_ != nullptr &&
         std::all_of(attempt_->calls.begin(), attempt_->calls.end(),
                     [](const Call& call) { return http::is_success(call.status); });
}

void Completion::begin_response() {
  context_.outbox.respond(200, context_.own_headers(stream_headers()));
}

char* Completion::reserve(std::uint32_t fetch, std::size_t count) {
  if (is_download(fetch)) {
    char* room = downloads_->reserve(fetch, count);
    if (room == nullptr) {
      give_up(downloads_->too_large(fetch));
    }
    return room;
  }
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

void Completion::take(std::uint32_t fetch, std::size_t count) {
  if (is_download(fetch)) {
    downloads_->take(fetch, count);
    return;
  }
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
  const std::size_t before = context_.outbox.out().size();
  if (Status status = read_events(*call); !status) {
    lose(*call, status.error());
    return;
  }
  if (context_.outbox.out().size() > before) {
    response_silence_.end();
  }
}

Status Completion::read_events(Call& call) {
  while (const std::optional<sse::Event> event = call.parser->next()) {
    if (Status status = call.reader->read(event->data, sink_); !status) {
      return status;
    }
    if (context_.outbox.out().size() > 0 && may_begin()) {
      begin_response();
    }
  }
  return call.parser->overflowed() ? Status(reply_too_large()) : Status();
}

void Completion::end(std::uint32_t fetch) {
  if (is_download(fetch)) {
    if (Status status = downloads_->end(fetch); !status) {
      give_up(status.error());
    } else if (downloads_->done()) {
      attempt();
    }
    return;
  }
  Call* call = find(fetch);
  if (call == nullptr) {
    return;
  }
  call->fetch = 0;
  if (call->error_body) {
    answer_refusal(*call);
  } else {
    finish(*call);
  }
}

Status Completion::read_rest(Call& call) {
  if (call.parser) {
    call.parser->finish();
    return read_events(call);
  }
  Status status = call.reader->read(call.body.view(), sink_);
  // All of it is told, and an answer of as many megabytes is about to be written.
  call.body.release();
  return status;
}

void Completion::finish(Call& call) {
  if (Status status = read_rest(call); !status) {
    lose(call, status.error());
    return;
  }
  const std::string_view token = call.reader->continuation();
  if (!token.empty() && call.continuations < kMaxContinuations) {
    go_on(call, token);
    return;
  }
  if (call.reader->is_empty() && call.retries < kMaxEmptyRetries && !(seen_ && !answers_whole())) {
    ask_again(call);
    return;
  }
  if (Status status = call.reader->at_end(sink_); !status) {
    const std::optional<std::uint32_t> refused = call.reader->downgrade();
    if (refused && may_ask_for_less(*refused)) {
      refusal_ = status.error();
      ask_for_less({*refused});
    } else {
      lose(call, status.error());
    }
    return;
  }
  call.done = true;
  complete_if_done();
}

// Fewer choices may do. If not, or if there are none left, it is the failure of all.
void Completion::lose(Call& call, const Error& error) {
  const bool others =
      std::any_of(attempt_->calls.begin(), attempt_->calls.end(),
                  [&](const Call& other) { return &other != &call && !other.lost; });
  if (!others || !conversation_.fewer_choices_do || context_.is_strict()) {
    give_up(error);
    return;
  }
  if (call.fetch != 0) {
    context_.outbox.abort(call.fetch);
    call.fetch = 0;
  }
  call.body.release();
  call.error_body.reset();
  writer_->lose(static_cast<std::uint32_t>(&call - &attempt_->calls.front()),
                context_.without_key(error));
  call.lost = true;
  call.done = true;
  complete_if_done();
}

void Completion::complete_if_done() {
  if (std::all_of(attempt_->calls.begin(), attempt_->calls.end(),
                  [](const Call& other) { return other.done; })) {
    complete();
  }
}

// An answer that was only interrupted.
void Completion::go_on(Call& call, std::string_view token) {
  ++call.continuations;
  SpanList& body = attempt_->continuations.emplace_back();
  attempt_->request->write_continuation(attempt_->body, token, body);
  call.reader->begin_call(sink_);
  body.failed() ? give_up(out_of_memory()) : send(call, body);
}

// Models now and then say nothing at all, or a call that cannot be read; mostly they do so once.
void Completion::ask_again(Call& call) {
  ++call.retries;
  call.reader =
      attempt_->request->make_reader(static_cast<std::uint32_t>(&call - &attempt_->calls.front()));
  send(call, attempt_->body);
}

void Completion::complete() {
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
    const std::string_view type = conversation_.content_type == nullptr
                                      ? "application/json"
                                      : conversation_.content_type(*request_);
    context_.outbox.respond(200, context_.own_headers(typed_headers(type)));
  }
  context_.outbox.end();
}

bool Completion::may_ask_for_less(std::uint32_t refusal) const {
  const bool tried = std::find(refusals_.begin(), refusals_.end(), refusal) != refusals_.end();
  return !tried && refusals_.size() < kMaxSmallerRequests && !context_.outbox.has_begun() && !seen_;
}

// Each "not with this model" is answered once with a request that asks for less.
void Completion::answer_refusal(Call& call) {
  const std::string_view body = call.error_body->view();
  const std::optional<dialects::Downgrade> refused = model_->find_downgrade(call.status, body);
  refusal_ = context_.supplier_dialect().read_error(call.status, body);
  if (refused && may_ask_for_less(refused->what)) {
    ask_for_less(*refused);
  } else {
    lose(call, *refusal_);
  }
}

void Completion::ask_for_less(const dialects::Downgrade& refused) {
  refusals_.push_back(refused.what);
  if (!context_.is_strict()) {
    if (auto limitation =
            policy::limitation_of(*model_, refused, *request_, context_.key_text, context_.now)) {
      limitations_.push_back(std::move(*limitation));
    }
  }
  model_->adapt_to(refused);
  abort();
  fetch_media();  // of links that it does not take any more
}

void Completion::fail(std::uint32_t fetch) {
  if (is_download(fetch)) {
    give_up(downloads_->fail(fetch));
    return;
  }
  Call* call = find(fetch);
  if (call != nullptr) {
    call->fetch = 0;
    lose(*call, call->status == 0 ? unreachable(context_.supplier()) : cut(context_.supplier()));
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
    for (Call& call : attempt_->calls) {
      if (call.fetch != 0 && !is_in_time(call, ms)) {
        return;
      }
    }
  }
  if ((context_.outbox.has_begun() || may_begin()) && response_silence_.lasts(ms, kHeartbeatMs)) {
    response_silence_.end();
    if (may_begin()) {
      begin_response();
    }
    keep_alive();
  }
}

// A whole answer has begun when some of it is there, a stream with its head. Of an error, what came
// until now is enough. False: something was done about it.
bool Completion::is_in_time(Call& call, std::uint32_t ms) {
  if (call.error_body) {
    if (!call.silence.lasts(ms, kErrorBodyMs)) {
      return true;
    }
    context_.outbox.abort(call.fetch);
    end(call.fetch);
    return false;
  }
  const bool begun = call.heard || (attempt_->request->streams() && call.status != 0);
  const std::optional<Error> late = context_.find_delay(call.silence, ms, begun);
  if (late) {
    lose(call, *late);
  }
  return !late;
}

void Completion::keep_alive() {
  if (context_.config.heartbeat() == Heartbeat::off) {
    return;
  }
  if (context_.config.heartbeat() == Heartbeat::comment) {
    context_.outbox.out().append(": keep-alive\n\n");
  } else {
    writer_->keep_alive();
  }
}

void Completion::abort() {
  if (downloads_) {
    downloads_->abort();
  }
  if (attempt_ == nullptr) {
    return;
  }
  for (Call& call : attempt_->calls) {
    if (call.fetch != 0) {
      context_.outbox.abort(call.fetch);
      call.fetch = 0;
    }
  }
}

// The status can tell as long as the response has not begun; then only the stream can.
void Completion::give_up(const Error& error) {
  abort();
  if (attempt_ != nullptr) {
    // Others may need the memory of its replies before the host lets go of the exchange.
    for (Call& call : attempt_->calls) {
      call.body.release();
    }
  }
  if (!context_.outbox.has_begun()) {
    context_.answer_error(error);
    return;
  }
  // What was translated before the failure still belongs to the client.
  if (filter_) {
    filter_->flush();
  }
  writer_->fail(context_.without_key(error));
  context_.outbox.end();
}

}  // namespace llmproxy::gateway
