// The text of an answer as it went to the client, kept for what comes late and points into it:
// sources are given by bytes of UTF-8 within one of Gemini's parts, and told to OpenAI's clients by
// characters of the whole.
#pragma once

#include "base/buffer.h"
#include "json/string.h"

#include <cstdint>
#include <string_view>
#include <vector>

namespace llmproxy::gemini {

class AnswerText {
 public:
  struct Range {
    std::int64_t begin;  // characters (code points)
    std::int64_t end;
  };

  // Parts are counted anew: another call goes on with the answer.
  void begin_call() { first_ = pieces_.size(); }
  // A piece of part `part`.
  void add(std::int64_t part, const json::String& text);

  // Bytes [begin, end) of part `part`. `text`: what is said to stand there, which decides where the
  // numbers disagree with it; empty: not said.
  Range find(std::int64_t part, std::int64_t begin, std::int64_t end, std::string_view text);
  // All of it, in characters.
  std::int64_t size();

 private:
  struct Piece {
    std::int64_t part;
    std::size_t end;  // in raw_
  };
  void decode();
  std::int64_t count_before(std::size_t end);

  Buffer raw_;
  std::vector<Piece> pieces_;
  std::size_t first_ = 0;  // piece of the call at hand
  // The same decoded, and where each piece ends in it, as far as that was needed.
  Buffer utf8_;
  std::vector<std::size_t> ends_;
  // Characters before each kBlock-th byte of it.
  std::vector<std::int64_t> counts_;
  std::size_t searched_ = 0;  // bytes, for texts that do not stand where they are said to
};

}  // namespace llmproxy::gemini
