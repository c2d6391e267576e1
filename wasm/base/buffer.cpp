#include "base/buffer.h"

#include "base/assert.h"
#include "base/bytes.h"
#include "base/memory_budget.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace llmproxy {
namespace {
constexpr std::size_t kFirstCapacity = 1024;
// From here on a buffer grows by a quarter: what it doubled to would be most of the memory there
// is.
constexpr std::size_t kLargeCapacity = std::size_t{4} << 20U;

std::size_t next_capacity(std::size_t capacity) {
  return capacity < kLargeCapacity ? capacity * 2 : capacity + capacity / 4;
}
}  // namespace

Buffer::~Buffer() {
  release();
}

Buffer::Buffer(Buffer&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)),
      size_(std::exchange(other.size_, 0)),
      capacity_(std::exchange(other.capacity_, 0)),
      failed_(std::exchange(other.failed_, false)) {}

Buffer& Buffer::operator=(Buffer&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  std::swap(capacity_, other.capacity_);
  std::swap(failed_, other.failed_);
  return *this;
}

char* Buffer::reserve(std::size_t count) {
  if ((capacity_ - size_ < count || failed_) &&
      !grow(std::max({size_ + count, next_capacity(capacity_), kFirstCapacity}))) {
    return nullptr;
  }
  return data_ + size_;
}

char* Buffer::reserve_exactly(std::size_t count, std::size_t more) {
  if ((capacity_ - size_ < count || failed_) && !grow(size_ + more)) {
    return nullptr;
  }
  return data_ + size_;
}

char* Buffer::reserve_within(std::size_t count, std::size_t limit) {
  const bool large = size_ >= limit / 2 && size_ + count <= limit;
  return large ? reserve_exactly(count, limit - size_) : reserve(count);
}

void Buffer::commit(std::size_t count) {
  LLMPROXY_ASSERT(count <= capacity_ - size_);
  size_ += count;
}

void Buffer::append(std::string_view bytes) {
  char* to = reserve(bytes.size());
  if (to != nullptr) {
    copy_bytes(to, bytes.data(), bytes.size());
    size_ += bytes.size();
  }
}

void Buffer::append(char byte) {
  char* to = reserve(1);
  if (to != nullptr) {
    *to = byte;
    ++size_;
  }
}

void Buffer::consume(std::size_t count) {
  LLMPROXY_ASSERT(count <= size_);
  size_ -= count;
  if (size_ > 0 && count > 0) {
    std::memmove(data_, data_ + count, size_);
  }
}

void Buffer::release() {
  std::free(data_);
  static_cast<void>(resize_block(capacity_, 0));
  data_ = nullptr;
  size_ = 0;
  capacity_ = 0;
}

bool Buffer::grow(std::size_t capacity) {
  if (failed_ || !resize_block(capacity_, capacity)) {
    failed_ = true;
    return false;
  }
  auto* data = static_cast<char*>(std::realloc(data_, capacity));
  if (data == nullptr) {
    static_cast<void>(resize_block(capacity, capacity_));
    count_shortage();
    failed_ = true;
    return false;
  }
  data_ = data;
  capacity_ = capacity;
  return true;
}

}  // namespace llmproxy
