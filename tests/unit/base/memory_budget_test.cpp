#include "base/memory_budget.h"

#include "base/buffer.h"
#include "native/catch.h"

#include <string>

using namespace llmproxy;

namespace {

class Budget {
 public:
  explicit Budget(std::size_t bytes) : before_(set_memory_budget(bytes)) {}
  ~Budget() { set_memory_budget(before_); }
  Budget(const Budget&) = delete;
  Budget& operator=(const Budget&) = delete;

 private:
  std::size_t before_;
};

}  // namespace

TEST_CASE("what Buffers hold is counted, and is given back") {
  const std::size_t before = counted_memory();
  {
    Buffer buffer;
    buffer.append(std::string(100'000, 'x'));
    CHECK(counted_memory() >= before + 100'000);
    Buffer moved = std::move(buffer);
    CHECK(counted_memory() >= before + 100'000);
    CHECK(counted_memory() < before + 300'000);
  }
  CHECK(counted_memory() == before);
}

TEST_CASE("over the budget a large block is refused, and a small one is not") {
  const Budget budget(counted_memory() + 100'000);
  const std::size_t shortages = memory_shortages();
  Buffer large;
  large.append(std::string(90'000, 'x'));
  CHECK_FALSE(large.failed());
  Buffer other;
  other.append(std::string(50'000, 'x'));
  CHECK(other.failed());
  CHECK(memory_shortages() == shortages + 1);
  Buffer small;
  small.append("an error can always be told");
  CHECK_FALSE(small.failed());
}

TEST_CASE("both blocks count while one is copied into the other") {
  const Budget budget(counted_memory() + 100'000);
  Buffer buffer;
  buffer.append(std::string(60'000, 'x'));
  CHECK(buffer.reserve_exactly(10'000) == nullptr);
  CHECK(buffer.size() == 60'000);
}

TEST_CASE("a buffer that failed takes nothing more until it is cleared") {
  const Budget budget(counted_memory() + 50'000);
  Buffer buffer;
  buffer.append("before");
  buffer.append(std::string(100'000, 'x'));
  buffer.append("behind the gap");
  CHECK(buffer.failed());
  CHECK(buffer.view() == "before");
  CHECK(buffer.reserve(1) == nullptr);
  buffer.clear();
  buffer.append("anew");
  CHECK(buffer.view() == "anew");
}

TEST_CASE("a claim is counted as long as it lives") {
  const std::size_t before = counted_memory();
  {
    const Budget budget(before + 1000);
    MemoryClaim claim;
    CHECK(claim.add(600));
    CHECK_FALSE(claim.add(600));
    CHECK(claim.add(400));
    CHECK(counted_memory() == before + 1000);
  }
  CHECK(counted_memory() == before);
}

TEST_CASE("a pool leaves what is not its own to others") {
  PoolClaim first(MemoryPool::first_pieces);
  CHECK(first.grow_to(kMaxFirstPieces - 1000));
  PoolClaim second(MemoryPool::first_pieces);
  CHECK_FALSE(second.grow_to(2000));
  CHECK(second.grow_to(1000));
  CHECK(second.grow_to(500));  // no less than before
  PoolClaim other(MemoryPool::uploads);
  CHECK(other.grow_to(kMaxUploads));
  first.release();
  CHECK(second.grow_to(kMaxFirstPieces));
}
