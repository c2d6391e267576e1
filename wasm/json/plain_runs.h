// Where a document that arrives piece by piece has long runs of bytes that mean nothing to JSON, as
// images in base64 do. A piece is looked at while it is in the processor's cache: that takes a
// third of the time that it takes to read megabytes from memory once all of them are there.
//
// A run is of plain ASCII: no quote, no backslash, no control character. Whoever reads a string and
// comes to a run goes on behind it.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace llmproxy::json {

class PlainRuns {
 public:
  // Runs of fewer than `shortest` bytes are not noted. Where there is none the next look is `step`
  // bytes further on, so that what is no image costs nothing.
  explicit PlainRuns(std::size_t shortest = std::size_t{16} << 10U,
                     std::size_t step = std::size_t{4} << 10U)
      : shortest_(shortest), step_(step) {}

  // `text`: the document so far. What was there at the last call must be the same, but may stand
  // elsewhere.
  void extend(std::string_view text);

  bool empty() const { return runs_.empty(); }
  // `at` is inside a string of the same text. The end of the run that this is in, or that begins a
  // little behind it with nothing but plain bytes before; `at` if there is none.
  std::size_t skip(std::string_view text, std::size_t at) const;

 private:
  struct Run {
    std::size_t begin;
    std::size_t end;
  };

  std::size_t shortest_;
  std::size_t step_;
  std::vector<Run> runs_;  // in their order
  std::size_t next_ = 0;   // where the next look is
};

}  // namespace llmproxy::json
