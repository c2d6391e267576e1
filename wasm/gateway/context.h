// What the parts of one exchange have in common: the request, and the means to answer it.
#pragma once

#include "base/buffer.h"
#include "base/error.h"
#include "base/memory_budget.h"
#include "base/random.h"
#include "base/result.h"
#include "chat/changes.h"
#include "gateway/config.h"
#include "gateway/outbox.h"
#include "gateway/silence.h"
#include "http/head.h"
#include "policy/capability_cache.h"
#include "policy/route.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace llmproxy::gateway {

using dialects::Endpoint;

struct Context {
  const Config& config;
  policy::CapabilityCache& capabilities;
  const http::RequestHead& head;
  const std::int64_t now;  // Unix time in seconds
  Random random;
  policy::Route route = {};
  std::string_view key_text = {};  // the caller's key, where it stands in the request's head
  Buffer body = {};                // of the request, if it was read
  bool body_read = false;
  chat::Changes changes = {};
  Outbox outbox = {};
  MemoryClaim claim = {};

  const dialects::ClientDialect& client() const { return *route.client; }
  const suppliers::Supplier& supplier() const { return *route.supplier; }
  const dialects::SupplierDialect& supplier_dialect() const {
    return *dialects::find_supplier_dialect(supplier().dialect);
  }
  // The body, as a dialect reads it.
  dialects::RequestInput input() const {
    return {body.view(), head.headers.find("content-type").value_or("")};
  }
  // Whether the client wants an error in place of an answer to less than it asked for.
  bool is_strict() const;
  // An error when it is strict and there are changes.
  Status check_changes() const;

  // A request to the supplier, with the key; `path` is under its base URL. Only what a supplier
  // needs goes there: no cookie, no address of the client, no header of another proxy. An error
  // when the URL cannot stand in a head.
  Result<Fetch> call(std::string_view method, std::string_view path,
                     std::string_view content_type) const;

  // `ms` milliseconds more passed for a call whose last sign is `silence`; the error when that is
  // too long. `begun`: its answer is under way, and must go on; else it may take long to begin.
  std::optional<Error> find_delay(Silence& silence, std::uint32_t ms, bool begun) const;

  // The header block of a response, with what has to be said of this request.
  std::string own_headers(std::string block) const;
  void answer(int status, std::string headers, std::string_view body);
  void answer_error(const Error& error);
  // As the client may read it: suppliers quote keys.
  Error without_key(const Error& error) const;

 private:
  Status check_path(std::string_view path) const;
  Status refuse_changes() const;
  void write_changes(std::string& block) const;
};

Error out_of_memory();
Error reply_too_large();
Error unreachable(const suppliers::Supplier& supplier);
// A status that no answer of an API has: a redirect, which is not followed with the key, or one
// that HTTP does not have.
Error odd_status(const suppliers::Supplier& supplier, int status);
Error cut(const suppliers::Supplier& supplier);

}  // namespace llmproxy::gateway
