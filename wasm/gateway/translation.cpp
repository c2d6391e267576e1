#include "gateway/translation.h"

#include "base/limits.h"

#include <utility>

namespace llmproxy::gateway {
namespace {

Error too_large() {
  return {ErrorCode::upstream_malformed, "The reply of the supplier is larger than can be held.",
          ""};
}

class WholeTranslation final : public Translation {
 public:
  WholeTranslation(std::unique_ptr<chat::ReplyReader> reader,
                   std::unique_ptr<chat::ReplyWriter> writer)
      : Translation(false, std::move(reader), std::move(writer)) {}

  char* reserve(std::size_t count) override {
    return body_.size() + count > kMaxWholeReply ? nullptr : body_.reserve(count);
  }
  Status take(std::size_t count) override {
    body_.commit(count);
    return {};
  }
  Status at_end() override {
    if (Status status = reader().read(body_.view(), writer()); !status) {
      return status;
    }
    return reader().at_end(writer());
  }

 private:
  Buffer body_;
};

class StreamTranslation final : public Translation {
 public:
  StreamTranslation(std::unique_ptr<chat::ReplyReader> reader,
                    std::unique_ptr<chat::ReplyWriter> writer)
      : Translation(true, std::move(reader), std::move(writer)), parser_(kMaxStreamEvent) {}

  char* reserve(std::size_t count) override { return parser_.reserve(count); }
  Status take(std::size_t count) override {
    parser_.commit(count);
    return read_events();
  }
  Status at_end() override {
    parser_.finish();
    if (Status status = read_events(); !status) {
      return status;
    }
    return reader().at_end(writer());
  }

 private:
  Status read_events() {
    while (const std::optional<sse::Event> event = parser_.next()) {
      if (Status status = reader().read(event->data, writer()); !status) {
        return status;
      }
    }
    return parser_.overflowed() ? Status(too_large()) : Status();
  }

  sse::Parser parser_;
};

}  // namespace

std::unique_ptr<Translation> translate_whole(std::unique_ptr<chat::ReplyReader> reader,
                                             std::unique_ptr<chat::ReplyWriter> writer) {
  return std::make_unique<WholeTranslation>(std::move(reader), std::move(writer));
}

std::unique_ptr<Translation> translate_stream(std::unique_ptr<chat::ReplyReader> reader,
                                              std::unique_ptr<chat::ReplyWriter> writer) {
  return std::make_unique<StreamTranslation>(std::move(reader), std::move(writer));
}

}  // namespace llmproxy::gateway
