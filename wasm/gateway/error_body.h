// The body of a supplier's refusal, as far as it is worth keeping.
#pragma once

#include "base/buffer.h"
#include "base/limits.h"

#include <algorithm>
#include <string_view>

namespace llmproxy::gateway {

class ErrorBody {
 public:
  // Room for the next piece; commit() says how much of it came.
  [[nodiscard]] char* reserve(std::size_t count) {
    piece_.clear();
    return piece_.reserve(count);
  }
  void commit(std::size_t count) {
    piece_.commit(count);
    kept_.append(piece_.view().substr(0, kMaxErrorBody - std::min(kMaxErrorBody, kept_.size())));
  }
  // No more of it is worth reading: whether it has an end or not.
  bool is_full() const { return kept_.size() >= kMaxErrorBody; }
  std::string_view view() const { return kept_.view(); }

 private:
  Buffer kept_;
  Buffer piece_;
};

}  // namespace llmproxy::gateway
