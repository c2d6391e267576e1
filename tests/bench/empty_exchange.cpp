// The core with an empty translation, for the benchmark: it reads and sends what the real one does,
// and changes nothing on the way. What it takes is the least that a Worker with this shim and a
// core in WebAssembly can take. Linked in place of wasm/gateway/exchange.cpp.
#include "base/text.h"
#include "gateway/credential.h"
#include "gateway/exchange.h"
#include "gateway/responses.h"

#include <utility>

namespace llmproxy::gateway {
namespace {

// Without a look at JSON: the benchmark's requests begin with their model and end with `stream`.
std::string_view model_of(std::string_view body) {
  constexpr std::string_view kBefore = R"({"model":")";
  const std::string_view rest = body.substr(kBefore.size());
  return rest.substr(0, rest.find('"'));
}

class Echo final : public Operation {
 public:
  explicit Echo(Context& context) : context_(context) {}

  void start() override {
    const std::string_view request = context_.body.view();
    streams_ = request.ends_with(R"("stream":true})");
    body_.append_slice(request);
    Fetch fetch =
        context_.call("POST",
                      concat({"models/", model_of(request),
                              streams_ ? ":streamGenerateContent?alt=sse" : ":generateContent"}),
                      "application/json");
    fetch.body = &body_;
    fetch.has_short_reply = !streams_;
    context_.outbox.fetch(std::move(fetch));
  }

  void take_head(std::uint32_t /*fetch*/, int status, std::string_view /*headers*/) override {
    status_ = status;
    if (streams_) {
      context_.outbox.respond(status_, context_.own_headers(stream_headers()));
    }
  }
  char* reserve(std::uint32_t /*fetch*/, std::size_t count) override {
    return context_.outbox.out().reserve(count);
  }
  void take(std::uint32_t /*fetch*/, std::size_t count) override {
    context_.outbox.out().commit(count);
  }
  void end(std::uint32_t /*fetch*/) override {
    if (!streams_) {
      context_.outbox.respond(status_, context_.own_headers(json_headers()));
    }
    context_.outbox.end();
  }
  void fail(std::uint32_t /*fetch*/) override {
    context_.answer_error(unreachable(context_.supplier()));
  }
  void abort() override {}

 private:
  Context& context_;
  SpanList body_;
  bool streams_ = false;
  int status_ = 0;
};

}  // namespace

Exchange::Exchange(const Config& config, Learned& learned, std::string_view head, std::int64_t now,
                   std::uint64_t seed)
    : head_text_(head),
      head_(http::RequestHead::parse(head_text_)),
      context_{config, learned, head_, now, Random(seed)} {
  if (head_.method == "GET") {  // is it there?
    context_.answer(200, text_headers(), "floor");
    return;
  }
  context_.route.supplier = suppliers::find("gemini");
  Result<std::string_view> key = find_key(head_.headers);
  if (!key) {
    context_.answer_error(key.error());
    return;
  }
  context_.key = {static_cast<std::size_t>(key->data() - head_text_.data()), key->size()};
  const auto size = static_cast<std::size_t>(
      parse_integer(head_.headers.find("content-length").value_or("0")).value_or(0));
  static_cast<void>(context_.body.reserve_exactly(size));
  context_.outbox.read(size);
}

void Exchange::take_headers(std::string_view /*block*/) {}
char* Exchange::reserve_request(std::size_t count) {
  return context_.body.reserve(count);
}
void Exchange::take_request(std::size_t count) {
  context_.body.commit(count);
}
void Exchange::end_request() {
  operation_ = std::make_unique<Echo>(context_);
  operation_->start();
}
void Exchange::take_reply_head(std::uint32_t id, int status, std::string_view headers) {
  operation_->take_head(id, status, headers);
}
char* Exchange::reserve_reply(std::uint32_t id, std::size_t count) {
  return operation_->reserve(id, count);
}
void Exchange::take_reply(std::uint32_t id, std::size_t count) {
  operation_->take(id, count);
}
void Exchange::end_reply(std::uint32_t id) {
  operation_->end(id);
}
void Exchange::fail_reply(std::uint32_t id) {
  operation_->fail(id);
}
void Exchange::ring(std::uint32_t /*id*/) {}
void Exchange::lose_client() {}

}  // namespace llmproxy::gateway
