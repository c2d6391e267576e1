#include "dialects/openai_chat/read_usage.h"

#include "json/lenient.h"

#include <span>
#include <string_view>

namespace llmproxy::openai_chat {
namespace {

struct Count {
  std::string_view name;
  std::int64_t chat::Usage::*field;
};

constexpr Count kTotals[] = {{"prompt_tokens", &chat::Usage::prompt},
                             {"completion_tokens", &chat::Usage::completion},
                             {"total_tokens", &chat::Usage::total},
                             // DeepSeek's, which others have with the details.
                             {"prompt_cache_hit_tokens", &chat::Usage::cached_prompt}};
constexpr Count kPrompt[] = {{"cached_tokens", &chat::Usage::cached_prompt},
                             {"cache_write_tokens", &chat::Usage::cache_written},
                             {"audio_tokens", &chat::Usage::audio_prompt},
                             {"image_tokens", &chat::Usage::image_prompt}};
constexpr Count kCompletion[] = {{"reasoning_tokens", &chat::Usage::reasoning},
                                 {"audio_tokens", &chat::Usage::audio_completion},
                                 {"accepted_prediction_tokens", &chat::Usage::accepted_prediction},
                                 {"rejected_prediction_tokens", &chat::Usage::rejected_prediction}};

bool read_count(json::Cursor& cursor, const json::String& key, std::span<const Count> counts,
                chat::Usage& out) {
  for (const Count& count : counts) {
    if (key.equals(count.name)) {
      out.*count.field = read_integer(cursor, 0);
      return true;
    }
  }
  return false;
}

void read_details(json::Cursor& cursor, std::span<const Count> counts, chat::Usage& out) {
  each_member(cursor, [&](const json::String& key) {
    if (!read_count(cursor, key, counts, out)) {
      cursor.skip_value();
    }
  });
}

}  // namespace

std::optional<chat::Usage> read_usage(json::Cursor& cursor) {
  chat::Usage usage;
  bool any = false;
  usage.total = -1;
  each_member(cursor, [&](const json::String& key) {
    if (read_count(cursor, key, kTotals, usage)) {
      any = true;
    } else if (key.equals("prompt_tokens_details")) {
      read_details(cursor, kPrompt, usage);
    } else if (key.equals("completion_tokens_details")) {
      read_details(cursor, kCompletion, usage);
    } else {
      cursor.skip_value();
    }
  });
  if (!any) {
    return std::nullopt;
  }
  usage.total = usage.total < 0 ? usage.prompt + usage.completion : usage.total;
  return usage;
}

}  // namespace llmproxy::openai_chat
