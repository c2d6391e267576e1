#include "gateway/forward.h"

#include "base/limits.h"
#include "base/text.h"
#include "gateway/redaction.h"
#include "gateway/responses.h"

#include <utility>

namespace llmproxy::gateway {

bool Forward::passes_body(const Context& context) {
  return !context.body_read && context.route.supplier != nullptr &&
         context.route.endpoint != Endpoint::chat && passes(context.route);
}

void Forward::start() {
  if (Status status = prepare(); !status) {
    context_.answer_error(status.error());
  }
}

Status Forward::prepare() {
  const suppliers::Supplier& supplier = context_.supplier();
  const http::RequestHead& head = context_.head;
  const bool chat = context_.route.endpoint == Endpoint::chat;
  const std::string_view type =
      chat ? "application/json" : head.headers.find("content-type").value_or("");
  Result<Fetch> call = context_.call(head.method, context_.route.path, type);
  if (!call) {
    return std::move(call.error());
  }
  Fetch& fetch = *call;
  fetch.wants_reply_headers = true;
  if (passes_body(context_)) {
    fetch.sends_request_body = head.method != "GET" && head.method != "HEAD";
    fetch_ = context_.outbox.fetch(std::move(fetch));
    return {};
  }
  if (!chat) {
    body_.append_slice(context_.body.view());
  } else if (Status status = context_.supplier_dialect().edit_request(
                 context_.body.view(), supplier.edits, body_, context_.changes);
             !status) {
    return status;
  }
  if (Status status = context_.check_changes(); !status) {
    return status;
  }
  if (body_.failed()) {
    return out_of_memory();
  }
  fetch.body = &body_;
  fetch_ = context_.outbox.fetch(std::move(fetch));
  return {};
}

// A reply that is piped is out of sight here. A request that goes on as it comes is, too: its
// upload counts as waiting. Of an error, what came until now is enough.
void Forward::tick(std::uint32_t ms) {
  if (!error_body_) {
    if (const std::optional<Error> late = context_.find_delay(silence_, ms, false)) {
      give_up(*late);
    }
  } else if (silence_.lasts(ms, kErrorBodyMs)) {
    abort();
    end(0);
  }
}

void Forward::take_head(std::uint32_t fetch, int status, std::string_view headers) {
  status_ = status;
  silence_.end();
  // By the status and never by the content type: errors come labelled as streams.
  if (!http::is_success(status) && !http::is_error(status)) {
    abort();
    context_.answer_error(odd_status(context_.supplier(), status));
    return;
  }
  if (!http::is_success(status)) {
    error_body_.emplace();
    error_headers_ = context_.own_headers(piped_error_headers(
        http::Headers::parse(headers), context_.supplier(), context_.key_text, context_.now));
    return;
  }
  context_.outbox.respond(status, context_.own_headers(piped_headers(http::Headers::parse(headers),
                                                                     context_.supplier())));
  context_.outbox.pipe(fetch);
}

char* Forward::reserve(std::uint32_t /*fetch*/, std::size_t count) {
  return error_body_->reserve(count);
}

void Forward::take(std::uint32_t fetch, std::size_t count) {
  error_body_->commit(count);
  if (error_body_->is_full()) {
    abort();
    end(fetch);
  }
}

// A supplier's refusal, in the words of the client's dialect.
void Forward::end(std::uint32_t /*fetch*/) {
  const suppliers::Supplier& supplier = context_.supplier();
  if (status_ == supplier.overloaded_status) {
    context_.answer_error(
        {ErrorCode::overloaded, {supplier.title, " is at its capacity at the moment."}, ""});
    return;
  }
  Buffer rewritten;
  context_.client().write_upstream_error(
      status_, supplier.title, without_key_in_json(error_body_->view(), context_.key_text),
      rewritten);
  context_.answer(status_, error_headers_, rewritten.view());
}

void Forward::fail(std::uint32_t /*fetch*/) {
  context_.answer_error(status_ == 0 ? unreachable(context_.supplier()) : cut(context_.supplier()));
}

void Forward::abort() {
  if (fetch_ != 0) {
    context_.outbox.abort(std::exchange(fetch_, 0));
  }
}

void Forward::give_up(const Error& error) {
  abort();
  context_.answer_error(error);
}

}  // namespace llmproxy::gateway
