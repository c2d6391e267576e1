#include "base/memory_budget.h"

#include <array>
#include <utility>

namespace llmproxy {
namespace {

std::size_t budget = kMemoryBudget;  // NOLINT: changed by tests alone
std::size_t counted = 0;             // NOLINT: of the instance
std::size_t shortages = 0;           // NOLINT: the same

constexpr std::array<std::size_t, kMemoryPools> kLimits = {kMaxUploads, kMaxFirstPieces};
std::array<std::size_t, kMemoryPools> pools = {};  // NOLINT: of the instance, what of each is taken

}  // namespace

bool resize_block(std::size_t from, std::size_t to) {
  if (to > kSmallBlock && (counted > budget || to > budget - counted)) {
    ++shortages;
    return false;
  }
  counted += to - from;
  return true;
}

std::size_t counted_memory() {
  return counted;
}

std::size_t memory_shortages() {
  return shortages;
}

void count_shortage() {
  ++shortages;
}

std::size_t set_memory_budget(std::size_t bytes) {
  return std::exchange(budget, bytes);
}

bool PoolClaim::grow_to(std::size_t bytes) {
  std::size_t& used = pools[static_cast<std::size_t>(pool_)];
  const std::size_t more = bytes > size_ ? bytes - size_ : 0;
  if (more > kLimits[static_cast<std::size_t>(pool_)] - used) {
    ++shortages;
    return false;
  }
  used += more;
  size_ += more;
  return true;
}

void PoolClaim::release() {
  pools[static_cast<std::size_t>(pool_)] -= std::exchange(size_, 0);
}

bool MemoryClaim::add(std::size_t bytes) {
  if (counted > budget || bytes > budget - counted) {
    ++shortages;
    return false;
  }
  counted += bytes;
  size_ += bytes;
  return true;
}

}  // namespace llmproxy
