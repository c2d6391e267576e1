// One reply on its way from a supplier's dialect to the client's: framing, reading, writing.
#pragma once

#include "base/buffer.h"
#include "base/result.h"
#include "chat/reply.h"
#include "sse/parser.h"

#include <cstdint>
#include <memory>
#include <string_view>

namespace llmproxy::gateway {

class Translation {
 public:
  virtual ~Translation() = default;
  // Room for the next `count` bytes of the reply; nullptr when there is none.
  [[nodiscard]] virtual char* reserve(std::size_t count) = 0;
  // They are there.
  virtual Status take(std::size_t count) = 0;
  virtual Status at_end() = 0;

  chat::ReplyWriter& writer() { return *writer_; }
  bool is_stream() const { return is_stream_; }

 protected:
  Translation(bool is_stream, std::unique_ptr<chat::ReplyReader> reader,
              std::unique_ptr<chat::ReplyWriter> writer)
      : is_stream_(is_stream), reader_(std::move(reader)), writer_(std::move(writer)) {}
  chat::ReplyReader& reader() { return *reader_; }

 private:
  bool is_stream_;
  std::unique_ptr<chat::ReplyReader> reader_;
  std::unique_ptr<chat::ReplyWriter> writer_;
};

// The reply is one document, and so is the response.
std::unique_ptr<Translation> translate_whole(std::unique_ptr<chat::ReplyReader> reader,
                                             std::unique_ptr<chat::ReplyWriter> writer);
// The reply is a stream of events, and so is the response.
std::unique_ptr<Translation> translate_stream(std::unique_ptr<chat::ReplyReader> reader,
                                              std::unique_ptr<chat::ReplyWriter> writer);

}  // namespace llmproxy::gateway
