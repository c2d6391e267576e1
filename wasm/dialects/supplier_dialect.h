// How suppliers speak an API: what it takes to write requests for them, and to read their replies.
// A dialect is a folder with a row of this kind; the gateway knows no more of it.
#pragma once

#include "base/error.h"
#include "base/result.h"
#include "base/spans.h"
#include "chat/changes.h"
#include "chat/embeddings.h"
#include "chat/fetched_media.h"
#include "chat/reply.h"
#include "chat/request.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace llmproxy::openai_chat {
struct RequestEdits;
}

namespace llmproxy::dialects {

// A request as it goes to the supplier, and how the replies to it are read. It lives as long as
// they do.
class SupplierRequest {
 public:
  virtual ~SupplierRequest() = default;

  // To `out`, which refers to the request and to what was fetched for it. What does not reach the
  // supplier as the client said it is in `changes`.
  virtual Status write(SpanList& out, chat::Changes& changes) = 0;
  // Under the supplier's base URL, with its query.
  virtual std::string path() const = 0;
  // The reply is a stream.
  virtual bool streams() const = 0;
  // In how many calls the choices are asked for that the client wants.
  virtual std::uint32_t calls() const = 0;
  // `call`: which of them.
  virtual std::unique_ptr<chat::ReplyReader> make_reader(std::uint32_t call) const = 0;
  // What has to be taken off the answer on its way to `next`, which outlives it; nullptr: nothing.
  virtual std::unique_ptr<chat::EventFilter> make_filter(chat::EventSink& /*next*/) const {
    return nullptr;
  }
  // Asks for the rest of an answer that was interrupted: `request` is what was sent, and `token`
  // what its reader said.
  virtual void write_continuation(const SpanList& /*request*/, std::string_view /*token*/,
                                  SpanList& /*out*/) const {}
};

// The values of a parameter that are taken, both ends among them, as JSON numbers.
struct Bounds {
  std::string low;
  std::string high;
};

// A smaller request that may do where the supplier answered this one with an error.
struct Downgrade {
  std::uint32_t what = 0;  // it does without: a number of the dialect's
  // The model never takes it. If not, the error was about the value in this request.
  bool of_model = false;
  std::optional<Bounds> bounds = {};
};

// A model, and what is known of it: what it does not take can be left out of the next request.
class SupplierModel {
 public:
  virtual ~SupplierModel() = default;

  // As the supplier calls it.
  virtual std::string_view name() const = 0;
  // Links whose bytes have to be in the request and that were not fetched yet, in order.
  virtual std::vector<chat::MediaLink> find_links(const chat::CompleteRequest& source) const = 0;
  // As the model is known now. What `source` refers to outlives it.
  virtual std::unique_ptr<SupplierRequest> make_request(
      const chat::CompleteRequest& source) const = 0;

  // Nothing: the error is of another kind.
  virtual std::optional<Downgrade> find_downgrade(int status, std::string_view body) const = 0;
  // Asks for less from now on.
  virtual void adapt_to(const Downgrade& downgrade) = 0;
  // It is about something in this request (one schema, one address), and says nothing of others.
  virtual bool is_of_request(std::uint32_t what) const = 0;
  // A fingerprint of that something with the caller's key; 0: there is none.
  virtual std::uint64_t subject_of(std::uint32_t what, const chat::Request& request,
                                   std::string_view key) const = 0;
};

// Embeddings, in as many calls as they take.
struct EmbeddingsCalls {
  std::size_t max_batch;
  std::string (*path)(std::string_view model);
  // A call for the inputs from `begin` on.
  void (*write)(const chat::EmbeddingsRequest& request, std::size_t begin, SpanList& out,
                chat::Changes& changes);
  Result<chat::EmbeddingsReply> (*read)(std::string_view body);
};

// Lists of models, page by page.
struct ModelsCalls {
  std::string_view owner;  // of all of them
  // `token`: of the page; empty: the first one.
  std::string (*path)(std::string_view token);
  Result<chat::ModelsPage> (*read)(std::string_view body);
  std::string (*path_of_model)(std::string_view model);
  Result<chat::ModelInfo> (*read_model)(std::string_view body);
};

struct SupplierDialect {
  std::string_view name;
  // Of an error that no smaller request mends.
  Error (*read_error)(int status, std::string_view body);
  // `name`: as the client gave it.
  std::unique_ptr<SupplierModel> (*make_model)(std::string_view name);
  EmbeddingsCalls embeddings;
  ModelsCalls models;
  // A request in this dialect that passes, with what the supplier refuses cut out; nullptr: none
  // passes.
  Status (*edit_request)(std::string_view body, const openai_chat::RequestEdits& edits,
                         SpanList& out, chat::Changes& changes);
};

}  // namespace llmproxy::dialects
