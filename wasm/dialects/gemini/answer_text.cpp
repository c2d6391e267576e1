#include "dialects/gemini/answer_text.h"

#include <algorithm>

namespace llmproxy::gemini {
namespace {

constexpr std::size_t kBlock = 1024;
// Beyond it the numbers of a source hold, whatever its text is.
constexpr std::size_t kMaxSearched = std::size_t{64} << 20U;

// Parts behind so many count as one with the last of them.
constexpr std::size_t kMaxPieces = 65'536;

std::int64_t count_characters(std::string_view utf8) {
  return std::count_if(utf8.begin(), utf8.end(),
                       [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; });
}

}  // namespace

void AnswerText::add(std::int64_t part, const json::String& text) {
  raw_.append(text.raw);
  if (pieces_.size() > first_ &&
      (pieces_.back().part == part || pieces_.size() >= first_ + kMaxPieces)) {
    pieces_.back().end = raw_.size();
    if (ends_.size() == pieces_.size()) {  // it was decoded up to its old end
      ends_.pop_back();
      utf8_.truncate(ends_.empty() ? 0 : ends_.back());
      counts_.resize(std::min(counts_.size(), utf8_.size() / kBlock));
    }
  } else {
    pieces_.push_back({part, raw_.size()});
  }
}

void AnswerText::decode() {
  for (std::size_t i = ends_.size(); i < pieces_.size(); ++i) {
    const std::size_t begin = i == 0 ? 0 : pieces_[i - 1].end;
    json::decode({raw_.view().substr(begin, pieces_[i].end - begin), true}, utf8_);
    ends_.push_back(utf8_.size());
  }
}

std::int64_t AnswerText::size() {
  decode();
  return count_before(utf8_.size());
}

// Thousands of sources may point into an answer of megabytes.
std::int64_t AnswerText::count_before(std::size_t end) {
  const std::string_view all = utf8_.view();
  while (counts_.size() < end / kBlock) {
    const std::int64_t before = counts_.empty() ? 0 : counts_.back();
    counts_.push_back(before + count_characters(all.substr(counts_.size() * kBlock, kBlock)));
  }
  const std::size_t block = end / kBlock;
  const std::int64_t before = block == 0 ? 0 : counts_[block - 1];
  return before + count_characters(all.substr(block * kBlock, end - block * kBlock));
}

AnswerText::Range AnswerText::find(std::int64_t part, std::int64_t begin, std::int64_t end,
                                   std::string_view text) {
  decode();
  std::size_t base = first_ == 0 ? 0 : ends_[first_ - 1];
  // Parts are counted upwards.
  const auto begin_of_call = pieces_.begin() + static_cast<std::ptrdiff_t>(first_);
  const auto piece =
      std::lower_bound(begin_of_call, pieces_.end(), part,
                       [](const Piece& one, std::int64_t wanted) { return one.part < wanted; });
  if (piece != pieces_.end()) {
    const auto i = static_cast<std::size_t>(piece - pieces_.begin());
    base = i == 0 ? 0 : ends_[i - 1];
  }
  const auto within = [&](std::int64_t offset) {
    const std::size_t at = base + static_cast<std::size_t>(std::max<std::int64_t>(offset, 0));
    return std::min(at, utf8_.size());
  };
  std::size_t from = within(begin);
  std::size_t to = std::max(from, within(end));
  const std::string_view all = utf8_.view();
  if (!text.empty() && all.substr(from, to - from) != text && searched_ < kMaxSearched) {
    searched_ += all.size();
    const std::size_t call = first_ == 0 ? 0 : ends_[first_ - 1];
    const std::size_t found = all.find(text, call);
    if (found != std::string_view::npos) {
      from = found;
      to = found + text.size();
    }
  }
  return {count_before(from), count_before(to)};
}

}  // namespace llmproxy::gemini
