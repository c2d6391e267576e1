// Bytes to send, as a list of spans: short pieces are copied, large slices of the input stay where
// they are. So a 5 MB image inside a request is wrapped without being copied.
#pragma once

#include "base/buffer.h"
#include "base/limits.h"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace llmproxy {

// As the host reads it from WebAssembly memory: two 32-bit numbers there, two words natively.
struct Span {
  const char* data;
  std::size_t size;
};

class SpanList {
 public:
  // Takes memory for `count` bytes that will be copied, which saves growing step by step.
  void expect(std::size_t count) { static_cast<void>(own_.reserve_exactly(count)); }
  // From now on slices of fewer bytes than this are copied.
  void set_min_referenced(std::size_t size) { min_referenced_ = size; }
  // Copies.
  void append(std::string_view bytes) { own_.append(bytes); }
  // The copies: what is appended here is at the end of the list.
  Buffer& copied() { return own_; }
  // Does append_slice() refer to `bytes`? If not, it copies them.
  bool refers_to(std::string_view bytes) const { return bytes.size() >= min_referenced_; }
  // Refers to `bytes` when they are many, copies them when they are few. They must outlive the
  // list.
  void append_slice(std::string_view bytes);

  std::size_t size() const { return own_.size() + foreign_size_; }
  bool failed() const { return own_.failed(); }

  // Whether the bytes are the same as those of `other`, however both are cut into pieces.
  bool is_same(const SpanList& other) const;

  // All of it, if it stands in one piece; empty if not. Valid until it changes.
  std::string_view one_piece() const;
  // The list, in order; valid until it changes.
  std::vector<Span> spans() const;

 private:
  struct Piece {
    const char* foreign;  // nullptr: at `offset` in own_
    std::size_t offset;
    std::size_t size;
  };
  void close_own_piece();

  std::size_t min_referenced_ = kMinReferencedSlice;
  Buffer own_;
  std::size_t own_open_ = 0;  // where the bytes of own_ begin that no piece covers yet
  std::vector<Piece> pieces_;
  std::size_t foreign_size_ = 0;
};

}  // namespace llmproxy
