#include "gateway/exchange.h"

#include "base/inline.h"
#include "base/limits.h"
#include "base/text.h"
#include "dialects/openai_chat/read_request.h"
#include "gateway/credential.h"
#include "gateway/forward.h"
#include "gateway/responses.h"
#include "http/multipart.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace llmproxy::gateway {
namespace {

LLMPROXY_COLD Error body_too_large() {
  return {ErrorCode::body_too_large,
          {"The request is larger than ", std::to_string(kMaxRequestBody >> 20U), " MiB."},
          ""};
}

}  // namespace

Exchange::Exchange(const Config& config, Learned& learned, std::string_view head, std::int64_t now,
                   std::uint64_t seed)
    : head_text_(head),
      head_(http::RequestHead::parse(head_text_)),
      context_{config, learned, head_, now, Random(seed)} {
  if (const std::optional<HeaderList> more = headers_needed(head_)) {
    ask(*more);
  } else {
    begin();
  }
}

void Exchange::ask(HeaderList list) {
  asking_ = true;
  context_.outbox.ask(list);
}

void Exchange::take_headers(std::string_view block) {
  if (!asking_) {
    return;
  }
  asking_ = false;
  head_text_.append(block);
  head_ = http::RequestHead::parse(head_text_);
  begin();
}

void Exchange::begin() {
  if (Status status = find_route(head_, context_.route); !status) {
    context_.answer_error(status.error());
    return;
  }
  switch (context_.route.endpoint) {
    case Endpoint::preflight:
    case Endpoint::index:
    case Endpoint::health:
      answer_here();
      return;
    default:
      begin_api();
  }
}

// What needs no supplier.
void Exchange::answer_here() {
  if (context_.route.endpoint == Endpoint::preflight) {
    context_.answer(204, preflight_headers(head_.headers), "");
  } else if (context_.route.endpoint == Endpoint::index) {
    context_.answer(200, text_headers(), index_text());
  } else {
    context_.answer(200, json_headers(), health_json());
  }
}

void Exchange::begin_api() {
  Result<std::string_view> key = find_key(head_.headers);
  if (!key && key.error().code == ErrorCode::missing_key && !asked_for_keys_) {
    asked_for_keys_ = true;
    ask(HeaderList::keys);
    return;
  }
  if (!key) {
    context_.answer_error(key.error());
    return;
  }
  context_.key = {static_cast<std::size_t>(key->data() - head_text_.data()), key->size()};
  if (head_.method == "GET" || head_.method == "HEAD" || Forward::passes_body(context_)) {
    start();
  } else {
    expect_body();
  }
}

// The length is known in most cases, and then the memory is taken once and exactly.
void Exchange::expect_body() {
  const auto length = parse_integer(head_.headers.find("content-length").value_or("0"));
  if (length.value_or(0) > static_cast<std::int64_t>(kMaxRequestBody)) {
    context_.answer_error(body_too_large());
    return;
  }
  const auto size = static_cast<std::size_t>(std::max<std::int64_t>(length.value_or(0), 0));
  if (size > 0 && context_.body.reserve_exactly(size) == nullptr) {
    context_.answer_error(out_of_memory());
    return;
  }
  reading_ = true;
  context_.outbox.read(size);
}

char* Exchange::reserve_request(std::size_t count) {
  if (!reading_) {
    return nullptr;
  }
  char* room = nullptr;
  if (context_.body.size() + count > kMaxRequestBody) {
    context_.answer_error(body_too_large());
  } else {
    room = context_.body.reserve(count);
    if (room == nullptr) {
      context_.answer_error(out_of_memory());
    }
  }
  reading_ = room != nullptr;
  return room;
}

void Exchange::take_request(std::size_t count) {
  if (reading_) {
    context_.body.commit(count);
    look_at_body(context_);
  }
}

void Exchange::end_request() {
  if (reading_) {
    reading_ = false;
    context_.body_read = true;
    start();
  }
}

// Without a name, it is the supplier that the model plainly belongs to.
void Exchange::find_supplier_by_model() {
  Route& route = context_.route;
  std::string model;
  if (route.endpoint == Endpoint::model) {
    model = route.model;
  } else if (route.endpoint == Endpoint::transcriptions) {
    const std::string_view type = head_.headers.find("content-type").value_or("");
    Result<std::vector<http::FormPart>> form = http::parse_multipart(type, context_.body.view());
    model = form ? http::find_field(*form, "model").substr(0, kMaxName) : "";
  } else {
    model = openai_chat::find_model(context_.body.view(), context_.known_plain());
  }
  const suppliers::Supplier* supplier = suppliers::find_by_model(model);
  route.supplier = supplier != nullptr ? supplier : suppliers::find("openai");
}

void Exchange::start() {
  if (context_.route.supplier == nullptr) {
    find_supplier_by_model();
  }
  operation_ = make_operation(context_);
  operation_->start();
}

void Exchange::take_reply_head(std::uint32_t id, int status, std::string_view headers) {
  if (listens()) {
    operation_->take_head(id, status, headers);
  }
}

char* Exchange::reserve_reply(std::uint32_t id, std::size_t count) {
  return listens() ? operation_->reserve(id, count) : nullptr;
}

void Exchange::take_reply(std::uint32_t id, std::size_t count) {
  if (listens()) {
    operation_->take(id, count);
  }
}

void Exchange::end_reply(std::uint32_t id) {
  if (listens()) {
    operation_->end(id);
  }
}

void Exchange::fail_reply(std::uint32_t id) {
  if (listens()) {
    operation_->fail(id);
  }
}

void Exchange::ring(std::uint32_t id) {
  if (listens()) {
    operation_->ring(id);
  }
}

void Exchange::lose_client() {
  if (listens()) {
    operation_->abort();
  }
  lost_ = true;
  reading_ = false;
}

}  // namespace llmproxy::gateway
