#include "json/plain_runs.h"

#include "json/string_scan.h"

#include <algorithm>

namespace llmproxy::json {
namespace {

// Fewer bytes than this at the end of a piece wait for the next one.
constexpr std::size_t kBlock = 64;

// How far the text is plain from `at` on, or up to a block less.
std::size_t end_of_plain(std::string_view text, std::size_t at) {
  const char* begin = text.data();
  return static_cast<std::size_t>(skip_plain_text(begin + at, begin + text.size()) - begin);
}

}  // namespace

void PlainRuns::extend(std::string_view text) {
  while (next_ + kBlock <= text.size()) {
    const std::size_t end = end_of_plain(text, next_);
    if (!runs_.empty() && runs_.back().end == next_) {
      runs_.back().end = end;
    } else if (end - next_ >= shortest_) {
      runs_.push_back({next_, end});
    }
    const bool goes_on = text.size() - end < kBlock;
    next_ = goes_on ? end : end + step_;
  }
}

std::size_t PlainRuns::skip(std::string_view text, std::size_t at) const {
  const auto run = std::partition_point(runs_.begin(), runs_.end(),
                                        [at](const Run& other) { return other.end <= at; });
  // Its string may have begun up to a step before the look that found it; and up to the shortest
  // run more, if a piece ended there.
  if (run == runs_.end() || run->begin > at + shortest_ + step_) {
    return at;
  }
  const bool reaches =
      run->begin <= at || end_of_plain(text.substr(0, run->begin + kBlock), at) >= run->begin;
  return reaches ? run->end : at;
}

}  // namespace llmproxy::json
