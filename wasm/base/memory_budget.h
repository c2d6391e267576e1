// How much memory the instance holds of what callers and suppliers decide about. Without exceptions
// an allocation by `new` that fails ends the instance, and every stream on it; so what may be large
// is counted here before it is taken, and refused while there is still room for everything small.
//
// Two thirds of linear memory are for what is counted (see cmake/wasm.cmake). The last third is for
// what is not, which limits.h bounds for each request, for the stack, and for holes between blocks.
// This is a count of the instance's and says nothing of any exchange.
#pragma once

#include <cstddef>
#include <cstdint>

namespace llmproxy {

inline constexpr std::size_t kMemoryBudget = std::size_t{64} << 20U;
// A block up to this size is counted, but never refused: errors can always be told. Their number is
// bounded by the exchanges that are open, each of which claims memory when it begins.
inline constexpr std::size_t kSmallBlock = std::size_t{16} << 10U;

// A block grows from a size to another, and both are there while it is copied. False: there is no
// room for that, and nothing is counted. Sizes are bytes; 0 is no block.
bool resize_block(std::size_t from, std::size_t to);
std::size_t counted_memory();
// How often there was no memory. Whoever writes into several Buffers need not ask each of them:
// where this has changed meanwhile, one of them has a gap.
std::size_t memory_shortages();
// One more: there was room by this count, and still no memory.
void count_shortage();
// For tests: another budget, and the one that was there before.
std::size_t set_memory_budget(std::size_t bytes);

// What one purpose may take at most, so that something is left for others. It is counted apart from
// the budget.
enum class MemoryPool : std::uint8_t {
  uploads,       // bodies of which the end has not come
  first_pieces,  // what the host holds of bodies of which nothing has come
};
inline constexpr std::size_t kMemoryPools = 2;
inline constexpr std::size_t kMaxUploads = std::size_t{52} << 20U;
inline constexpr std::size_t kMaxFirstPieces = std::size_t{16} << 20U;

// A part of a pool, as long as this lives.
class PoolClaim {
 public:
  explicit PoolClaim(MemoryPool pool) : pool_(pool) {}
  ~PoolClaim() { release(); }
  PoolClaim(const PoolClaim&) = delete;
  PoolClaim& operator=(const PoolClaim&) = delete;

  // So many bytes in all. False: the pool has no room, and nothing more is counted.
  [[nodiscard]] bool grow_to(std::size_t bytes);
  void release();

 private:
  MemoryPool pool_;
  std::size_t size_ = 0;
};

// Memory that is held by other means than a Buffer, counted as long as this lives.
class MemoryClaim {
 public:
  MemoryClaim() = default;
  ~MemoryClaim() { resize_block(size_, 0); }
  MemoryClaim(const MemoryClaim&) = delete;
  MemoryClaim& operator=(const MemoryClaim&) = delete;

  // So many bytes more. False: there is no room, and nothing more is counted.
  [[nodiscard]] bool add(std::size_t bytes);

 private:
  std::size_t size_ = 0;
};

}  // namespace llmproxy
