#include "chat/changes.h"

#include "base/limits.h"

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
  const auto same = [&](const Change& change) {
    return change.param == param && change.reason == reason;
  };
  if (std::none_of(list_.begin(), list_.end(), same)) {
    list_.push_back({std::string(param), reason});
  }
}

std::string Changes::text() const {
  std::string out;
  for (const Change& change : list_) {
    if (out.size() > kMaxChangesHeader) {
      return out.append(", more");
    }
    out.append(out.empty() ? "" : ", ");
    std::copy_if(change.param.begin(), change.param.end(), std::back_inserter(out), is_printable);
    out.append("=").append(word(change.reason));
  }
  return out;
}

}  // namespace llmproxy::chat
