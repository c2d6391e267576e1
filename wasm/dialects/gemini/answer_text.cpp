#include "dialects/gemini/answer_text.h"

#include <algorithm>

namespace llmproxy::gemini {
namespace {

std::int64_t count_characters(std::string_view utf8) {
  return std::count_if(utf8.begin(), utf8.end(),
                       [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; });
}

}  // namespace

void AnswerText::add(std::int64_t part, const json::String& text) {
  raw_.append(text.raw);
  if (pieces_.size() > first_ && pieces_.back().part == part) {
    pieces_.back().end = raw_.size();
    if (ends_.size() == pieces_.size()) {  // it was decoded up to its old end
      ends_.pop_back();
      utf8_.resize(ends_.empty() ? 0 : ends_.back());
    }
  } else {
    pieces_.push_back({part, raw_.size()});
  }
}

void AnswerText::decode() {
  for (std::size_t i = ends_.size(); i < pieces_.size(); ++i) {
    const std::size_t begin = i == 0 ? 0 : pieces_[i - 1].end;
    const std::string_view raw = raw_.view().substr(begin, pieces_[i].end - begin);
    utf8_.append(json::String{raw, true}.decode());
    ends_.push_back(utf8_.size());
  }
}

std::int64_t AnswerText::size() {
  decode();
  return count_characters(utf8_);
}

AnswerText::Range AnswerText::find(std::int64_t part, std::int64_t begin, std::int64_t end,
                                   std::string_view text) {
  decode();
  std::size_t base = first_ == 0 ? 0 : ends_[first_ - 1];
  for (std::size_t i = first_; i < pieces_.size(); ++i) {
    if (pieces_[i].part >= part) {
      base = i == 0 ? 0 : ends_[i - 1];
      break;
    }
  }
  const auto within = [&](std::int64_t offset) {
    const std::size_t at = base + static_cast<std::size_t>(std::max<std::int64_t>(offset, 0));
    return std::min(at, utf8_.size());
  };
  std::size_t from = within(begin);
  std::size_t to = std::max(from, within(end));
  const std::string_view all = utf8_;
  if (!text.empty() && all.substr(from, to - from) != text) {
    const std::size_t call = first_ == 0 ? 0 : ends_[first_ - 1];
    const std::size_t found = all.find(text, call);
    if (found != std::string_view::npos) {
      from = found;
      to = found + text.size();
    }
  }
  return {count_characters(all.substr(0, from)), count_characters(all.substr(0, to))};
}

}  // namespace llmproxy::gemini
