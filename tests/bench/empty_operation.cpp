// The core with an empty translation, for the benchmark: it reads and sends what the real one does,
// finds the supplier and the key, and changes nothing on the way. What it takes is about the least
// that a Worker with this shim can take. Linked in place of wasm/gateway/operation.cpp.
#include "base/text.h"
#include "gateway/context.h"
#include "gateway/operation.h"
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
    Result<Fetch> fetch =
        context_.call("POST",
                      concat({"models/", model_of(request),
                              streams_ ? ":streamGenerateContent?alt=sse" : ":generateContent"}),
                      "application/json");
    if (!fetch) {
      give_up(fetch.error());
      return;
    }
    fetch->body = &body_;
    context_.outbox.fetch(std::move(*fetch));
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
  void tick(std::uint32_t /*ms*/) override {}
  void abort() override {}
  void give_up(const Error& error) override { context_.answer_error(error); }

 private:
  Context& context_;
  SpanList body_;
  bool streams_ = false;
  int status_ = 0;
};

}  // namespace

std::unique_ptr<Operation> make_operation(Context& context) {
  return std::make_unique<Echo>(context);
}

}  // namespace llmproxy::gateway
