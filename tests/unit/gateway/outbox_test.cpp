#include "gateway/outbox.h"

#include "native/catch.h"

using namespace llmproxy::gateway;

namespace {

Fetch fetch_of(const char* head) {
  Fetch fetch;
  fetch.head = head;
  return fetch;
}

}  // namespace

TEST_CASE("a fetch that is given up before the host was told of it is not made") {
  Outbox outbox;
  const std::uint32_t first = outbox.fetch(fetch_of("first"));
  const std::uint32_t second = outbox.fetch(fetch_of("second"));
  outbox.abort(first);
  CHECK(outbox.next().id == second);
  CHECK(outbox.next().kind == CommandKind::wait);
}

TEST_CASE("a fetch that was told of is aborted") {
  Outbox outbox;
  const std::uint32_t first = outbox.fetch(fetch_of("first"));
  const std::uint32_t second = outbox.fetch(fetch_of("second"));
  CHECK(outbox.next().id == first);
  outbox.abort(first);
  outbox.abort(second);
  const Command& command = outbox.next();
  CHECK(command.kind == CommandKind::abort);
  CHECK(command.id == first);
  CHECK(outbox.next().kind == CommandKind::wait);
}
