// What is done for one request: the exchange tells it what happens, and it answers through the
// outbox. Ids are those of the fetches it started.
#pragma once

#include "base/error.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

namespace llmproxy::gateway {

struct Context;

class Operation {
 public:
  virtual ~Operation() = default;

  // The request is complete.
  virtual void start() = 0;
  virtual void take_head(std::uint32_t fetch, int status, std::string_view headers) = 0;
  // Room for the next bytes of a reply; nullptr when they are not wanted.
  [[nodiscard]] virtual char* reserve(std::uint32_t fetch, std::size_t count) = 0;
  virtual void take(std::uint32_t fetch, std::size_t count) = 0;
  virtual void end(std::uint32_t fetch) = 0;
  // The fetch, or its body, came to an early end.
  virtual void fail(std::uint32_t fetch) = 0;
  // `ms` milliseconds passed since the last call of this, or since the request came.
  virtual void tick(std::uint32_t ms) = 0;
  // Gives up every fetch that is under way.
  virtual void abort() = 0;
  // The same, and the response is this error, or ends with it if it has begun.
  virtual void give_up(const Error& error) = 0;
};

// What answers this request, whose supplier is known.
std::unique_ptr<Operation> make_operation(Context& context);

}  // namespace llmproxy::gateway
