#include "chat/changes.h"

#include "base/hash.h"
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

bool is_plain(char c) {
  return c > ' ' && c < '\x7F' && c != ',' && c != '=' && c != '%';
}

// Parts of a path come from the client: what no header can carry, or what ends a name in this one,
// is a percent escape there.
void append_escaped(std::string_view name, std::string& out) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  for (const char c : name) {
    if (is_plain(c)) {
      out.push_back(c);
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out.append({'%', kDigits[byte >> 4U], kDigits[byte & 0xFU]});
    }
  }
}

// Takes the text between the numbers of elements of lists: "messages[", "].name".
template <typename Take>
void each_text(std::string_view param, Take take) {
  while (!param.empty()) {
    const std::size_t size = std::min(param.find('['), param.size() - 1) + 1;
    take(param.substr(0, size));
    param.remove_prefix(size);
    param.remove_prefix(std::min(param.find_first_not_of("0123456789"), param.size()));
  }
}

std::uint64_t kind_of(std::string_view param, Reason reason) {
  const char first = static_cast<char>(reason);
  std::uint64_t out = hash(kHashSeed, {&first, 1});
  each_text(param, [&](std::string_view text) { out = hash(out, text); });
  return out;
}

std::string without_numbers(std::string_view param) {
  std::string out;
  each_text(param, [&](std::string_view text) { out.append(text); });
  return out;
}

}  // namespace

void Changes::add(std::string_view param, Reason reason) {
  if (is_full()) {
    return;
  }
  const std::string name = param.empty() ? "\"\"" : shorten(param, kMaxName);
  ++added_;
  const auto [entry, is_new] = places_.try_emplace(kind_of(name, reason), list_.size());
  if (is_new) {
    list_.push_back({name, reason});
  } else if (std::string& known = list_[entry->second].param; known != name) {
    known = without_numbers(name);
  }
}

std::string Changes::text() const {
  constexpr std::string_view kMore = ", more";
  std::string out;
  for (const Change& change : list_) {
    std::string next = out.empty() ? "" : ", ";
    append_escaped(change.param, next);
    next.append("=").append(word(change.reason));
    if (out.size() + next.size() + kMore.size() > kMaxChangesHeader) {
      return out.append(kMore);
    }
    out.append(next);
  }
  return is_full() ? out.append(kMore) : out;
}

}  // namespace llmproxy::chat
