#include "chat/changes.h"

#include "base/limits.h"
#include "native/catch.h"

#include <string>

using namespace llmproxy;
using chat::Reason;

TEST_CASE("changes are told once each, and as a header can") {
  chat::Changes changes;
  CHECK(changes.empty());
  changes.add("temperature", Reason::dropped);
  changes.add("temperature", Reason::dropped);
  changes.add("seed", Reason::clamped);
  changes.add("a,b=c\n\xE4", Reason::rewritten);
  changes.add("messages[0].\u00E9", Reason::dropped);
  changes.add("\u540D\u524D", Reason::dropped);
  changes.add("a%2Cb", Reason::dropped);
  changes.add("", Reason::dropped);
  CHECK(changes.text() ==
        "temperature=dropped, seed=clamped, a%2Cb%3Dc%0A%E4=rewritten, messages[0].%C3%A9=dropped, "
        "%E5%90%8D%E5%89%8D=dropped, a%252Cb=dropped, \"\"=dropped");
  for (int i = 0; i < 1000; ++i) {
    changes.add("name" + std::to_string(i), Reason::dropped);
  }
  CHECK(changes.text().size() <= kMaxChangesHeader);
  CHECK(changes.all().size() == kMaxNamedChanges);
  CHECK(changes.text().ends_with(", more"));
}

TEST_CASE("what happens to many elements of a list is named once") {
  chat::Changes changes;
  for (int i = 0; i < 1000; ++i) {
    changes.add("messages[" + std::to_string(i) + "].name", Reason::dropped);
    changes.add("messages[" + std::to_string(i) + "].content[1].detail", Reason::rewritten);
  }
  changes.add("tools[3]", Reason::dropped);
  changes.add("tools[3]", Reason::dropped);
  changes.add("messages[9].name", Reason::rewritten);
  changes.add("seed", Reason::dropped);
  CHECK(changes.text() ==
        "messages[].name=dropped, messages[].content[].detail=rewritten, tools[3]=dropped, "
        "messages[9].name=rewritten, seed=dropped");
}

TEST_CASE("the size of the header is looked at before a name is added") {
  chat::Changes changes;
  for (int i = 0; i < 20; ++i) {
    changes.add(std::string(20'000, static_cast<char>('a' + i)), Reason::dropped);
    CHECK(changes.text().size() <= kMaxChangesHeader);
  }
  CHECK(changes.all().front().param.size() < kMaxName + 4);
  CHECK(changes.text().ends_with("=dropped, more"));
}

TEST_CASE("any number of changes takes work in proportion") {
  chat::Changes changes;
  for (int i = 0; i < 200'000; ++i) {
    changes.add("messages[" + std::to_string(i) + "].name", Reason::dropped);
  }
  CHECK(changes.is_full());
  CHECK(changes.text() == "messages[].name=dropped, more");
}
