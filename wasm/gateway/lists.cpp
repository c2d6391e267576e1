#include "gateway/lists.h"

#include "base/limits.h"
#include "base/spans.h"
#include "base/text.h"
#include "gateway/responses.h"
#include "gateway/silence.h"
#include "http/url.h"

#include <algorithm>
#include <iterator>
#include <list>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace llmproxy::gateway {
namespace {

constexpr std::uint32_t kMaxParallelCalls = 4;
// A list of models of so many pages of a thousand has no end.
constexpr std::size_t kMaxPages = 20;

// Calls whose replies are documents, a few at a time.
class Gather : public Operation {
 public:
  void take_head(std::uint32_t fetch, int status, std::string_view /*headers*/) override {
    Call* call = find(fetch);
    if (call == nullptr) {
      return;
    }
    call->status = status;
    call->silence.end();
    if (!http::is_success(status) && !http::is_error(status)) {
      give_up(odd_status(context_.supplier(), status));
    }
  }
  char* reserve(std::uint32_t fetch, std::size_t count) override {
    Call* call = find(fetch);
    char* room = call != nullptr && call->reply.size() + count <= kMaxWholeReply
                     ? call->reply.reserve_within(count, kMaxWholeReply)
                     : nullptr;
    if (call != nullptr && room == nullptr) {
      give_up(reply_too_large());
    }
    return room;
  }
  void take(std::uint32_t fetch, std::size_t count) override {
    Call* call = find(fetch);
    if (call == nullptr) {
      return;
    }
    call->reply.commit(count);
    if (http::is_success(call->status)) {
      call->silence.end();
    } else if (call->reply.size() >= kMaxErrorBody) {
      context_.outbox.abort(fetch);
      end(fetch);
    }
  }
  void end(std::uint32_t fetch) override;
  void fail(std::uint32_t fetch) override {
    if (Call* call = find(fetch)) {
      call->fetch = 0;
      give_up(call->status == 0 ? unreachable(context_.supplier()) : cut(context_.supplier()));
    }
  }
  void abort() override {
    for (Call& call : calls_) {
      if (call.fetch != 0) {
        context_.outbox.abort(std::exchange(call.fetch, 0));
      }
    }
  }

  void tick(std::uint32_t ms) override;
  void give_up(const Error& error) override {
    abort();
    for (Call& call : calls_) {
      call.reply.release();  // others may need the memory before the host lets go of the exchange
    }
    context_.answer_error(error);
  }

 protected:
  explicit Gather(Context& context) : context_(context) {}

  struct Call {
    std::string path;
    SpanList body;
    bool posts = false;
    Buffer reply{};
    std::size_t index = 0;    // among the calls
    std::uint32_t fetch = 0;  // 0: not under way
    int status = 0;
    Silence silence{};
  };
  // The body is written by the caller, before start_calls().
  SpanList& add(std::string path, bool posts) {
    Call& call = calls_.emplace_back();
    call.path = std::move(path);
    call.posts = posts;
    call.index = calls_.size() - 1;
    return call.body;
  }
  void start_calls();
  // A reply came in; it may add() calls.
  virtual Status receive(std::size_t index, std::string_view body) = 0;
  // All did.
  virtual void complete() = 0;
  // A refusal, as the client is to hear it.
  virtual Error refusal(int status, std::string_view body) const {
    return context_.supplier_dialect().read_error(status, body);
  }
  void answer_json(const Buffer& body) {
    context_.answer(200, context_.own_headers(json_headers()), body.view());
  }

  Context& context_;
  std::list<Call> calls_;

 private:
  bool is_in_time(Call& call, std::uint32_t ms);
  Call* find(std::uint32_t fetch) {
    const auto found = std::find_if(calls_.begin(), calls_.end(),
                                    [&](const Call& call) { return call.fetch == fetch; });
    return fetch == 0 || found == calls_.end() ? nullptr : &*found;
  }

  std::size_t next_ = 0;
  std::size_t done_ = 0;
};

void Gather::start_calls() {
  while (next_ < calls_.size() && next_ - done_ < kMaxParallelCalls) {
    Call& call = *std::next(calls_.begin(), static_cast<std::ptrdiff_t>(next_++));
    if (call.body.failed()) {
      give_up(out_of_memory());
      return;
    }
    Result<Fetch> fetch =
        context_.call(call.posts ? "POST" : "GET", call.path, call.posts ? "application/json" : "");
    if (!fetch) {
      give_up(fetch.error());
      return;
    }
    fetch->body = call.posts ? &call.body : nullptr;
    call.fetch = context_.outbox.fetch(std::move(*fetch));
  }
}

void Gather::tick(std::uint32_t ms) {
  for (Call& call : calls_) {
    if (call.fetch != 0 && !is_in_time(call, ms)) {
      return;
    }
  }
}

// Of an error, what came until now is enough. False: something was done about it.
bool Gather::is_in_time(Call& call, std::uint32_t ms) {
  if (call.status != 0 && !http::is_success(call.status)) {
    if (!call.silence.lasts(ms, kErrorBodyMs)) {
      return true;
    }
    context_.outbox.abort(call.fetch);
    end(call.fetch);
    return false;
  }
  const std::optional<Error> late = context_.find_delay(call.silence, ms, call.reply.size() > 0);
  if (late) {
    give_up(*late);
  }
  return !late;
}

void Gather::end(std::uint32_t fetch) {
  Call* call = find(fetch);
  if (call == nullptr) {
    return;
  }
  call->fetch = 0;
  ++done_;
  if (!http::is_success(call->status)) {
    give_up(refusal(call->status, call->reply.view()));
    return;
  }
  if (Status status = receive(call->index, call->reply.view()); !status) {
    give_up(status.error());
  } else if (done_ == calls_.size()) {
    complete();
  } else {
    start_calls();
  }
}

class Embeddings final : public Gather {
 public:
  explicit Embeddings(Context& context) : Gather(context) {}

  void start() override {
    if (Status status = context_.client().read_embeddings(context_.input(), request_); !status) {
      context_.answer_error(status.error());
      return;
    }
    for (const std::string& name : request_.dropped) {
      context_.changes.add(name, chat::Reason::dropped);
    }
    const std::string path = how_.path(request_.model);
    for (std::size_t i = 0; i < request_.inputs.size(); i += how_.max_batch) {
      how_.write(request_, i, add(path, true), context_.changes);
    }
    if (Status status = context_.check_changes(); !status) {
      context_.answer_error(status.error());
      return;
    }
    replies_.resize(calls_.size());
    start_calls();
  }

 private:
  Status receive(std::size_t index, std::string_view body) override {
    Result<chat::EmbeddingsReply> reply = how_.read(body);
    if (!reply) {
      return reply.error();
    }
    const std::size_t expected =
        std::min(how_.max_batch, request_.inputs.size() - index * how_.max_batch);
    if (reply->vectors.size() != expected) {
      return Error{ErrorCode::upstream_malformed,
                   {context_.supplier().title, " sent ", std::to_string(reply->vectors.size()),
                    " embeddings for ", std::to_string(expected), " texts."},
                   ""};
    }
    replies_[index] = std::move(*reply);
    return {};
  }

  void complete() override {
    Buffer body;
    context_.client().write_embeddings(request_, replies_, body);
    answer_json(body);
  }

  const dialects::EmbeddingsCalls& how_ = context_.supplier_dialect().embeddings;
  chat::EmbeddingsRequest request_;
  std::vector<chat::EmbeddingsReply> replies_;  // slices of the calls' bodies
};

class Models final : public Gather {
 public:
  explicit Models(Context& context) : Gather(context) {}

  void start() override {
    add(how_.path(""), false);
    start_calls();
  }

 private:
  Status receive(std::size_t /*index*/, std::string_view body) override {
    Result<chat::ModelsPage> page = how_.read(body);
    if (!page) {
      return page.error();
    }
    models_.insert(models_.end(), page->models.begin(), page->models.end());
    if (!page->next.empty() && calls_.size() < kMaxPages) {
      add(how_.path(page->next), false);
    }
    return {};
  }
  void complete() override {
    Buffer body;
    context_.client().write_models(models_, how_.owner, body);
    answer_json(body);
  }

  const dialects::ModelsCalls& how_ = context_.supplier_dialect().models;
  std::vector<chat::ModelInfo> models_;
};

class OneModel final : public Gather {
 public:
  explicit OneModel(Context& context) : Gather(context) {}

  void start() override {
    add(how_.path_of_model(name()), false);
    start_calls();
  }

 private:
  std::string_view name() const { return context_.route.model; }
  Status receive(std::size_t /*index*/, std::string_view body) override {
    Result<chat::ModelInfo> model = how_.read_model(body);
    if (!model) {
      return model.error();
    }
    model_ = std::move(*model);
    return {};
  }
  void complete() override {
    Buffer body;
    context_.client().write_model(model_, how_.owner, body);
    answer_json(body);
  }
  Error refusal(int status, std::string_view body) const override {
    Error error = Gather::refusal(status, body);
    if (status == 404) {
      error.message = concat({"The model '", shorten(name(), 100), "' does not exist"});
    }
    return error;
  }

  const dialects::ModelsCalls& how_ = context_.supplier_dialect().models;
  chat::ModelInfo model_;
};

}  // namespace

std::unique_ptr<Operation> make_list(Context& context) {
  switch (context.route.endpoint) {
    case Endpoint::embeddings:
      return std::make_unique<Embeddings>(context);
    case Endpoint::model:
      return std::make_unique<OneModel>(context);
    default:
      return std::make_unique<Models>(context);
  }
}

}  // namespace llmproxy::gateway
