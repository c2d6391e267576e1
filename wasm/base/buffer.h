// A growing run of bytes that reports exhausted memory instead of aborting, for everything whose
// size a client or a supplier decides. It counts against the instance's budget (memory_budget.h).
// After a failure it stays as it was, takes nothing more, and `failed()` says so, until it is
// cleared: bytes behind a gap are not the bytes that were meant.
#pragma once

#include <cstddef>
#include <string_view>

namespace llmproxy {

class Buffer {
 public:
  Buffer() = default;
  ~Buffer();
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;
  Buffer(Buffer&& other) noexcept;
  Buffer& operator=(Buffer&& other) noexcept;

  // Room for `count` more bytes behind the last one, to be filled by the caller and then
  // committed; nullptr when there is no memory. Valid until the next call that changes the buffer.
  [[nodiscard]] char* reserve(std::size_t count);
  // As reserve(), but takes exactly that much when the buffer has to grow.
  [[nodiscard]] char* reserve_exactly(std::size_t count) { return reserve_exactly(count, count); }
  // As reserve(), but takes room for `more` bytes, at least `count`, when the buffer has to grow.
  [[nodiscard]] char* reserve_exactly(std::size_t count, std::size_t more);
  // As reserve(), for what ends at `limit` bytes at the latest. What is large already gets room for
  // all of that when it has to grow: each time it grows there has to be room for it twice.
  [[nodiscard]] char* reserve_within(std::size_t count, std::size_t limit);
  void commit(std::size_t count);

  void append(std::string_view bytes);
  void append(char byte);
  // Drops the first `count` bytes and moves the rest to the front.
  void consume(std::size_t count);
  // Drops what is behind the first `size` bytes, if there is more.
  void truncate(std::size_t size) { size_ = size < size_ ? size : size_; }
  // Forgets the content and keeps the memory.
  void clear() {
    size_ = 0;
    failed_ = false;
  }
  // Gives the memory back.
  void release();

  std::string_view view() const { return {data_, size_}; }
  std::size_t size() const { return size_; }
  std::size_t capacity() const { return capacity_; }
  bool failed() const { return failed_; }

 private:
  bool grow(std::size_t capacity);

  char* data_ = nullptr;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
  bool failed_ = false;
};

}  // namespace llmproxy
