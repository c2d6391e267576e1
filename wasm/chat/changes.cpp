#include "chat/changes.h"

#include "base/text.h"

#include <algorithm>

namespace llmproxy::chat {
namespace {

std::string_view word(Reason reason) {
  switch (reason) {
    case Reason::clamped:
      return "clamped";
    case Reason::rewritten:
      return "rewritten";
    case Reason::dropped:
      break;
  }
  return "dropped";
}

// Parts of a path come from the client: what no header can carry is left out of them.
bool is_printable(char c) {
  return c > ' ' && c < '\x7F' && c != ',' && c != '=';
}

}  // namespace

void Changes::add(std::string_view param, Reason reason) {
  if (is_full()) {
    return;
  }
  const std::string name = shorten(param, kMaxName);
  const auto same = [&](const Change& change) {
    return change.param == name && change.reason == reason;
  };
  if (std::none_of(list_.begin(), list_.end(), same)) {
    list_.push_back({name, reason});
  }
}

std::string Changes::text() const {
  constexpr std::string_view kMore = ", more";
  std::string out;
  for (const Change& change : list_) {
    std::string next = out.empty() ? "" : ", ";
    std::copy_if(change.param.begin(), change.param.end(), std::back_inserter(next), is_printable);
    next.append("=").append(word(change.reason));
    if (out.size() + next.size() + kMore.size() > kMaxChangesHeader) {
      return out.append(kMore);
    }
    out.append(next);
  }
  return is_full() ? out.append(kMore) : out;
}

}  // namespace llmproxy::chat
