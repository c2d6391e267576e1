// What of a request did not reach the supplier as the client wrote it. Names of parameters and a
// reason word, never their content.
#pragma once

#include "base/limits.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace llmproxy::chat {

enum class Reason : std::uint8_t {
  dropped,    // the supplier has nothing like it
  clamped,    // moved to the nearest value it takes
  rewritten,  // said in other words, which may mean a little less
};

struct Change {
  std::string param;
  Reason reason;
};

class Changes {
 public:
  // Beyond kMaxNamedChanges it is only known that there are more; a name may be cut. What happens
  // to several elements of a list is named once, without their numbers: "messages[].name".
  void add(std::string_view param, Reason reason);
  // Another one would not be named.
  bool is_full() const { return list_.size() >= kMaxNamedChanges || added_ >= kMaxAddedChanges; }
  bool empty() const { return list_.empty(); }
  const std::vector<Change>& all() const { return list_; }
  // "temperature=dropped, seed=clamped": the value of a header, of at most kMaxChangesHeader bytes,
  // in ASCII: "%C3%A9" for "é".
  std::string text() const;

 private:
  std::vector<Change> list_;
  std::unordered_map<std::uint64_t, std::size_t> places_;  // by kind, in the list
  std::size_t added_ = 0;
};

}  // namespace llmproxy::chat
