#include "gateway/exchange.h"

#include "base/limits.h"
#include "base/text.h"
#include "gateway/forward.h"
#include "gateway/responses.h"
#include "policy/access.h"
#include "policy/supplier_choice.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace llmproxy::gateway {
namespace {

Error body_too_large() {
  return {ErrorCode::body_too_large,
          {"The request is larger than ", std::to_string(kMaxRequestBody >> 20U), " MiB."},
          ""};
}

Error unsupported_encoding(std::string_view name) {
  return {ErrorCode::unsupported_encoding,
          {"The content-encoding '", shorten(name, 40),
           "' of the request is not supported here. Send the body as it is, or encoded with gzip "
           "or deflate."},
          ""};
}

Error unreadable_body(ContentEncoding encoding) {
  return {ErrorCode::invalid_value,
          encoding == ContentEncoding::identity
              ? "The body of the request broke off before it was complete."
              : "The body of the request is not encoded as its content-encoding says.",
          ""};
}

Error body_too_slow() {
  return {ErrorCode::request_timeout,
          {"The request's body came too slowly: the next piece of it not in ",
           std::to_string(kRequestSilenceMs / 1000), " seconds, or all of it not in ",
           std::to_string(kRequestMs / 1000), "."},
          ""};
}

Error upgrade_refused() {
  return {ErrorCode::upgrade_refused,
          "There are no WebSockets here. Use HTTP: streams come as server-sent events with "
          "'stream': true.",
          ""};
}

// Nothing: it is one that is not decoded here.
std::optional<ContentEncoding> encoding_of(std::string_view name) {
  if (name.empty() || equals_ignoring_case(name, "identity")) {
    return ContentEncoding::identity;
  }
  if (equals_ignoring_case(name, "gzip") || equals_ignoring_case(name, "x-gzip")) {
    return ContentEncoding::gzip;
  }
  return equals_ignoring_case(name, "deflate") ? std::optional(ContentEncoding::deflate)
                                               : std::nullopt;
}

}  // namespace

Exchange::Exchange(const Config& config, policy::CapabilityCache& capabilities,
                   std::string_view head, std::int64_t now, std::uint64_t seed)
    : head_text_(head),
      head_(http::RequestHead::parse(head_text_)),
      context_{config, capabilities, head_, now, Random(seed)} {
  begin();
}

void Exchange::begin() {
  if (head_.headers.asks_to_upgrade_to("websocket")) {
    context_.answer_error(upgrade_refused());
    return;
  }
  if (Status status = policy::find_route(head_, context_.config.suppliers(), context_.route);
      !status) {
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
    context_.answer(200, text_headers(), index_text(context_.config.suppliers()));
  } else {
    context_.answer(200, json_headers(), health_json());
  }
}

void Exchange::begin_api() {
  Result<std::string_view> key =
      policy::find_key(head_.headers, context_.config.suppliers().key_headers());
  if (!key) {
    context_.answer_error(key.error());
    return;
  }
  // The head is held once here, and goes into that of a fetch in part.
  if (!context_.claim.add(kWaitingMemory + 2 * head_text_.size())) {
    context_.answer_error(out_of_memory());
    return;
  }
  context_.key_text = *key;
  if (head_.method == "GET" || head_.method == "HEAD" || Forward::passes_body(context_)) {
    start();
  } else {
    expect_body();
  }
}

// What a head says of the length takes no memory: anyone may say it. It is a hint to where growing
// ends (see make_room), of a body that comes as it is.
void Exchange::expect_body() {
  const std::string_view name = trim(head_.headers.find("content-encoding").value_or(""));
  const std::optional<ContentEncoding> encoding = encoding_of(name);
  if (!encoding) {
    context_.answer_error(unsupported_encoding(name));
    return;
  }
  const auto length = parse_integer(head_.headers.find("content-length").value_or("0"));
  if (length.value_or(0) > static_cast<std::int64_t>(kMaxRequestBody)) {
    context_.answer_error(body_too_large());
    return;
  }
  const auto size = static_cast<std::size_t>(std::max<std::int64_t>(length.value_or(0), 0));
  claimed_ = *encoding == ContentEncoding::identity ? size : 0;
  encoding_ = *encoding;
  const std::size_t first = claimed_ > 0 ? std::min(claimed_, kFirstPiece) : kFirstPiece;
  if (first > kSmallBlock && !first_piece_.grow_to(first)) {
    context_.answer_error(out_of_memory());
    return;
  }
  reading_ = true;
  context_.outbox.read(claimed_, encoding_);
}

// Memory for a body is taken in proportion to what of it has come, in few steps, the last of which
// ends at the length that was said.
char* Exchange::make_room(std::size_t count) {
  constexpr std::size_t kFirstStep = std::size_t{256} << 10U;
  constexpr std::size_t kGrowth = 8;
  Buffer& body = context_.body;
  const std::size_t needed = body.size() + count;
  if (needed > claimed_) {
    return body.reserve_within(count, kMaxRequestBody);
  }
  const std::size_t step = std::max({needed, body.size() * kGrowth, kFirstStep});
  return body.reserve_exactly(count, std::min(step, claimed_) - body.size());
}

void Exchange::stop_reading() {
  reading_ = false;
  first_piece_.release();
  upload_.release();
}

// Uploads leave memory to requests that are complete, however many of them stop in the middle.
bool Exchange::count_upload() {
  const std::size_t taken = context_.body.capacity();
  if (taken <= kSmallBlock || upload_.grow_to(taken)) {
    return true;
  }
  context_.body.release();
  return false;
}

char* Exchange::reserve_request(std::size_t count) {
  if (!reading_) {
    return nullptr;
  }
  char* room = nullptr;
  if (context_.body.size() + count > kMaxRequestBody) {
    context_.answer_error(body_too_large());
  } else {
    room = make_room(count);
    if (room == nullptr || !count_upload()) {
      room = nullptr;
      context_.answer_error(out_of_memory());
    }
  }
  if (room == nullptr) {
    stop_reading();
  }
  return room;
}

void Exchange::take_request(std::size_t count) {
  if (reading_) {
    request_silence_.end();
    first_piece_.release();
    context_.body.commit(count);
  }
}

void Exchange::end_request() {
  if (reading_) {
    stop_reading();
    context_.body_read = true;
    start();
  }
}

void Exchange::fail_request() {
  if (reading_) {
    stop_reading();
    context_.answer_error(unreadable_body(encoding_));
  }
}

Status Exchange::choose_supplier() {
  policy::Route& route = context_.route;
  const bool by_model = context_.config.supplier_by_model();
  std::string model;
  if (route.supplier == nullptr && by_model) {
    model = route.endpoint == Endpoint::model
                ? route.model
                : route.client->find_model(route.endpoint, context_.input());
  }
  auto chosen = policy::choose_supplier(route, model, by_model, context_.config.suppliers());
  if (!chosen) {
    return std::move(chosen.error());
  }
  route.supplier = *chosen;
  return {};
}

// Whatever is done, when memory is refused meanwhile something that was written has a gap. Then the
// response is an error, and nothing of what this event made of it goes out.
template <typename Do>
void Exchange::handle(Do what) {
  if (!listens()) {
    return;
  }
  const std::size_t shortages = memory_shortages();
  what(*operation_);
  if (memory_shortages() != shortages) {
    context_.outbox.take_back();
    operation_->give_up(out_of_memory());
  }
}

void Exchange::start() {
  if (!context_.claim.add(kExchangeMemory - kWaitingMemory)) {
    context_.answer_error(out_of_memory());
    return;
  }
  if (Status status = choose_supplier(); !status) {
    context_.answer_error(status.error());
    return;
  }
  operation_ = make_operation(context_);
  handle([](Operation& operation) { operation.start(); });
}

void Exchange::take_reply_head(std::uint32_t id, int status, std::string_view headers) {
  handle([&](Operation& operation) { operation.take_head(id, status, headers); });
}

char* Exchange::reserve_reply(std::uint32_t id, std::size_t count) {
  char* room = nullptr;
  handle([&](Operation& operation) { room = operation.reserve(id, count); });
  return room;
}

void Exchange::take_reply(std::uint32_t id, std::size_t count) {
  handle([&](Operation& operation) { operation.take(id, count); });
}

void Exchange::end_reply(std::uint32_t id) {
  handle([&](Operation& operation) { operation.end(id); });
}

void Exchange::fail_reply(std::uint32_t id) {
  handle([&](Operation& operation) { operation.fail(id); });
}

// A client that stops sending holds the memory of what it sent.
void Exchange::tick(std::uint32_t ms) {
  if (!reading_) {
    handle([&](Operation& operation) { operation.tick(ms); });
    return;
  }
  reading_ms_ += ms;
  if (request_silence_.lasts(ms, kRequestSilenceMs) || reading_ms_ >= kRequestMs) {
    stop_reading();
    context_.body.release();
    context_.answer_error(body_too_slow());
  }
}

void Exchange::lose_client() {
  if (listens()) {
    operation_->abort();
  }
  lost_ = true;
  stop_reading();
}

}  // namespace llmproxy::gateway
