// Server-sent events, the way OpenAI writes them: one `data` line and a blank line per event.
// https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
#pragma once

#include "base/buffer.h"

#include <string_view>

namespace llmproxy::sse {

inline constexpr std::string_view kDataBegin = "data: ";
inline constexpr std::string_view kDataEnd = "\n\n";

// `data` holds no line end (JSON has none outside its strings unless somebody puts it there).
inline void write_event(std::string_view data, Buffer& out) {
  out.append(kDataBegin);
  out.append(data);
  out.append(kDataEnd);
}

}  // namespace llmproxy::sse
