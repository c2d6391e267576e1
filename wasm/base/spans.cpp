#include "base/spans.h"

#include <algorithm>

namespace llmproxy {

void SpanList::append_slice(std::string_view bytes) {
  if (!refers_to(bytes)) {
    append(bytes);
    return;
  }
  close_own_piece();
  pieces_.push_back({bytes.data(), 0, bytes.size()});
  foreign_size_ += bytes.size();
}

void SpanList::close_own_piece() {
  if (own_.size() > own_open_) {
    pieces_.push_back({nullptr, own_open_, own_.size() - own_open_});
    own_open_ = own_.size();
  }
}

std::string_view SpanList::one_piece() const {
  if (pieces_.empty()) {
    return own_.view();
  }
  const Piece& first = pieces_.front();
  const bool alone = pieces_.size() == 1 && own_.size() == own_open_;
  return alone && first.foreign != nullptr ? std::string_view(first.foreign, first.size)
                                           : std::string_view();
}

bool SpanList::is_same(const SpanList& other) const {
  if (size() != other.size()) {
    return false;
  }
  const std::vector<Span> theirs = other.spans();
  auto their = theirs.begin();
  std::size_t at = 0;  // in it
  for (const Span& ours : spans()) {
    std::string_view rest(ours.data, ours.size);
    while (!rest.empty()) {
      const std::size_t count = std::min(rest.size(), their->size - at);
      if (rest.substr(0, count) != std::string_view(their->data + at, count)) {
        return false;
      }
      rest.remove_prefix(count);
      at += count;
      if (at == their->size) {
        ++their;
        at = 0;
      }
    }
  }
  return true;
}

std::vector<Span> SpanList::spans() const {
  std::vector<Span> out;
  out.reserve(pieces_.size() + 1);
  const char* own = own_.view().data();
  for (const Piece& piece : pieces_) {
    out.push_back({piece.foreign != nullptr ? piece.foreign : own + piece.offset, piece.size});
  }
  if (own_.size() > own_open_) {
    out.push_back({own + own_open_, own_.size() - own_open_});
  }
  return out;
}

}  // namespace llmproxy
