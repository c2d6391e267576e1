#include "chat/changes.h"

#include "native/catch.h"

using namespace llmproxy;
using chat::Reason;

TEST_CASE("changes are told once each, and as a header can") {
  chat::Changes changes;
  CHECK(changes.empty());
  changes.add("temperature", Reason::dropped);
  changes.add("temperature", Reason::dropped);
  changes.add("seed", Reason::clamped);
  changes.add("a,b=c\n\xE4", Reason::rewritten);
  CHECK(changes.text() == "temperature=dropped, seed=clamped, abc=rewritten");
  for (int i = 0; i < 1000; ++i) {
    changes.add("messages[" + std::to_string(i) + "].name", Reason::dropped);
  }
  CHECK(changes.text().size() < 2200);
  CHECK(changes.text().ends_with(", more"));
}
