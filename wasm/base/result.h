// A value or an Error. The core is built without exceptions, so this is how everything fails.
#pragma once

#include "base/assert.h"
#include "base/error.h"

#include <optional>
#include <utility>
#include <variant>

namespace llmproxy {

template <typename T>
class [[nodiscard("check it, or the error is lost")]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  explicit operator bool() const {
    return state_.index() == 0;
  }

  T& operator*() {
    T* value = std::get_if<0>(&state_);
    LLMPROXY_ASSERT(value != nullptr);
    return *value;
  }
  T* operator->() {
    return &**this;
  }

  Error& error() {
    Error* error = std::get_if<1>(&state_);
    LLMPROXY_ASSERT(error != nullptr);
    return *error;
  }

 private:
  std::variant<T, Error> state_;
};

// Success, or an Error.
class [[nodiscard("check it, or the error is lost")]] Status {
 public:
  Status() = default;
  Status(Error error) : error_(std::move(error)) {}

  explicit operator bool() const {
    return !error_.has_value();
  }

  Error& error() {
    LLMPROXY_ASSERT(error_.has_value());
    return *error_;
  }

 private:
  std::optional<Error> error_;
};

}  // namespace llmproxy
