// A reply of OpenAI's chat dialect means the same however its bytes arrive, and what is written of
// it is JSON. The first byte says where the rest is cut.
#include "base/assert.h"
#include "base/limits.h"
#include "dialects/openai_chat/read_reply.h"
#include "dialects/openai_chat/write_reply.h"
#include "json/cursor.h"
#include "sse/parser.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace {

using namespace llmproxy;
using openai_chat::Framing;

openai_chat::ReplyOptions options() {
  openai_chat::ReplyOptions out;
  out.model = "m";
  out.include_usage = true;
  return out;
}

std::string stream(std::string_view text, std::size_t piece) {
  Buffer out;
  const auto writer = openai_chat::make_stream_writer(options(), out);
  openai_chat::ReplyReader reader(Framing::stream, "audio/l16");
  sse::Parser parser(kMaxStreamEvent);
  Status status;
  const auto drain = [&] {
    while (status) {
      const auto event = parser.next();
      if (!event) {
        return;
      }
      status = reader.read(event->data, *writer);
    }
  };
  for (std::size_t at = 0; at < text.size() && status; at += piece) {
    parser.feed(text.substr(at, piece));
    drain();
  }
  parser.finish();
  drain();
  status = status ? reader.at_end(*writer) : std::move(status);
  if (status) {
    writer->end();
  } else {
    writer->fail(status.error());
  }
  return std::string(out.view());
}

void check_json(std::string_view text) {
  json::Cursor cursor(text);
  LLMPROXY_ASSERT(cursor.skip_value() && cursor.at_end());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) {
    return 0;
  }
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::string whole = stream(text, text.size() + 1);
  LLMPROXY_ASSERT(whole == stream(text, 1 + data[0] % 64));
  sse::Parser parser(kMaxStreamEvent);
  parser.feed(whole);
  while (const auto event = parser.next()) {
    if (event->data != "[DONE]") {
      check_json(event->data);
    }
  }
  Buffer out;
  const auto writer = openai_chat::make_whole_writer(options(), out);
  openai_chat::ReplyReader reader(Framing::whole, "audio/wav");
  if (reader.read(text, *writer) && reader.at_end(*writer)) {
    writer->end();
    check_json(out.view());
  }
  return 0;
}
