// A value or an Error. The core is built without exceptions, so this is how everything fails.
#pragma once

#include "base/assert.h"
#include "base/error.h"

#include <memory>
#include <optional>
#include <utility>

namespace llmproxy {

// Errors are rare and large, so each lives on its own, and what goes well carries, moves and
// destroys no more than a pointer. The two functions stay out of line, since all code is full of
// places where something could fail.
struct ErrorDeleter {
  [[gnu::cold, gnu::noinline]] void operator()(Error* error) const;
};
using ErrorPointer = std::unique_ptr<Error, ErrorDeleter>;
[[gnu::cold, gnu::noinline]] ErrorPointer keep(Error&& error);

template <typename T>
class [[nodiscard("check it, or the error is lost")]] Result {
 public:
  Result(T value) : value_(std::move(value)) {}
  Result(Error error) : error_(keep(std::move(error))) {}

  explicit operator bool() const {
    return value_.has_value();
  }

  T& operator*() {
    LLMPROXY_ASSERT(value_.has_value());
    return *value_;
  }
  T* operator->() {
    return &**this;
  }

  Error& error() {
    LLMPROXY_ASSERT(error_ != nullptr);
    return *error_;
  }

 private:
  std::optional<T> value_;
  ErrorPointer error_;
};

// Success, or an Error.
class [[nodiscard("check it, or the error is lost")]] Status {
 public:
  Status() = default;
  Status(Error error) : error_(keep(std::move(error))) {}

  explicit operator bool() const {
    return error_ == nullptr;
  }

  Error& error() {
    LLMPROXY_ASSERT(error_ != nullptr);
    return *error_;
  }

 private:
  ErrorPointer error_;
};

}  // namespace llmproxy
