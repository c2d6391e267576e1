// A request to a supplier that speaks the client's own dialect: the body goes there as it is, or
// with cuts, and the reply is piped.
#pragma once

#include "base/spans.h"
#include "gateway/context.h"
#include "gateway/error_body.h"
#include "gateway/operation.h"
#include "gateway/silence.h"

#include <optional>
#include <string>

namespace llmproxy::gateway {

class Forward final : public Operation {
 public:
  explicit Forward(Context& context) : context_(context) {}

  // Whether the body goes on without being looked at, so that it need not be read.
  static bool passes_body(const Context& context);

  void start() override;
  void take_head(std::uint32_t fetch, int status, std::string_view headers) override;
  char* reserve(std::uint32_t fetch, std::size_t count) override;
  void take(std::uint32_t fetch, std::size_t count) override;
  void end(std::uint32_t fetch) override;
  void fail(std::uint32_t fetch) override;
  void tick(std::uint32_t ms) override;
  void abort() override;
  void give_up(const Error& error) override;

 private:
  Status prepare();

  Context& context_;
  SpanList body_;
  std::uint32_t fetch_ = 0;
  Silence silence_;
  int status_ = 0;
  // The body of a reply that is no success, as far as it is read, and the headers for passing it
  // on.
  std::optional<ErrorBody> error_body_;
  std::string error_headers_;
};

}  // namespace llmproxy::gateway
