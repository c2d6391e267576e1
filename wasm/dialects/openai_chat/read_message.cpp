#include "dialects/openai_chat/read_message.h"

#include "base/limits.h"
#include "dialects/openai_chat/data_url.h"
#include "json/lenient.h"

#include <optional>
#include <string>
#include <vector>

namespace llmproxy::openai_chat {

using json::Kind;

// Thoughts come first: a client of another dialect wants them before the text.
void MessageEvents::read(json::Cursor& cursor, bool whole) {
  chat::Text thought;
  chat::Text same_thought;
  std::optional<json::Cursor> content;
  std::optional<json::Cursor> annotations;
  const auto later = [&](std::optional<json::Cursor>& at) {
    at = cursor;
    cursor.skip_value();
  };
  each_member(cursor, [&](const json::String& key) {
    if (key.is("content")) {
      later(content);
    } else if (key.equals("reasoning_content")) {
      read_text(cursor, thought);
    } else if (key.equals("reasoning")) {
      read_text(cursor, same_thought);
    } else if (key.equals("refusal")) {
      read_refusal(cursor);
    } else if (key.equals("tool_calls")) {
      calls_.read_list(cursor, whole);
    } else if (key.equals("function_call")) {
      calls_.read_old(cursor);
    } else if (key.equals("images")) {
      each_element(cursor, [&] { read_image(cursor); });
    } else if (key.equals("annotations")) {
      later(annotations);
    } else if (key.equals("audio")) {
      read_audio(cursor);
    } else {
      cursor.skip_value();
    }
  });
  if (cursor.failed()) {
    return;
  }
  take_thought(thought.empty() ? same_thought : thought);
  if (content) {
    read_parts(*content);
  }
  if (annotations) {
    each_element(*annotations, [&] { read_annotation(*annotations); });
  }
}

void MessageEvents::take_text(const chat::Text& text) {
  if (!text.empty()) {
    visible_ = true;
    sink_.take(chat::TextDelta{choice_, text});
  }
}

void MessageEvents::take_thought(const chat::Text& text) {
  if (!text.empty()) {
    sink_.take(chat::ThoughtDelta{choice_, text});
  }
}

// A text or, as Mistral sends it, a list of parts.
// https://docs.mistral.ai/capabilities/reasoning/
void MessageEvents::read_parts(json::Cursor& cursor) {
  chat::Text text;
  if (cursor.try_read_string(text)) {
    take_text(text);
    return;
  }
  each_element(cursor, [&] {
    each_member(cursor, [&](const json::String& key) {
      if (key.equals("text")) {
        chat::Text part;
        read_text(cursor, part);
        take_text(part);
      } else if (key.equals("thinking")) {
        read_thinking(cursor);
      } else {
        cursor.skip_value();
      }
    });
  });
}

void MessageEvents::read_thinking(json::Cursor& cursor) {
  each_element(cursor, [&] {
    each_member(cursor, [&](const json::String& key) {
      chat::Text part;
      if (key.equals("text")) {
        read_text(cursor, part);
      } else {
        cursor.skip_value();
      }
      take_thought(part);
    });
  });
}

void MessageEvents::read_refusal(json::Cursor& cursor) {
  chat::Text text;
  read_text(cursor, text);
  if (!text.empty()) {
    visible_ = true;
    sink_.take(chat::Refusal{choice_, text.decode()});
  }
}

// {"type":"image_url","image_url":{"url":"data:…"}}
// https://openrouter.ai/docs/features/multimodal/image-generation
void MessageEvents::read_image(json::Cursor& cursor) {
  chat::Text url;
  each_member(cursor, [&](const json::String& key) {
    if (!key.equals("image_url")) {
      cursor.skip_value();
      return;
    }
    each_member(cursor, [&](const json::String& inner) {
      if (inner.equals("url")) {
        read_text(cursor, url);
      } else {
        cursor.skip_value();
      }
    });
  });
  const std::optional<DataUrl> data = parse_data_url(url);
  if (data) {
    visible_ = true;
    sink_.take(chat::Media{choice_, {data->mime_type, false}, data->base64});
  }
}

void MessageEvents::read_annotation(json::Cursor& cursor) {
  chat::Citation citation;
  citation.choice = choice_;
  each_member(cursor, [&](const json::String& key) {
    if (!key.equals("url_citation")) {
      cursor.skip_value();
      return;
    }
    each_member(cursor, [&](const json::String& member) {
      if (member.equals("url")) {
        read_text(cursor, citation.url);
      } else if (member.equals("title")) {
        read_text(cursor, citation.title);
      } else if (member.equals("start_index")) {
        citation.begin = read_integer(cursor, 0);
      } else if (member.equals("end_index")) {
        citation.end = read_integer(cursor, 0);
      } else {
        cursor.skip_value();
      }
    });
  });
  if (!citation.url.empty()) {
    sink_.take(citation);
  }
}

void MessageEvents::read_audio(json::Cursor& cursor) {
  chat::Text data;
  chat::Text transcript;
  each_member(cursor, [&](const json::String& key) {
    if (key.equals("data")) {
      read_text(cursor, data);
    } else if (key.equals("transcript")) {
      read_text(cursor, transcript);
    } else {
      cursor.skip_value();
    }
  });
  visible_ = visible_ || !data.empty();
  if (!transcript.empty()) {
    sink_.take(chat::Transcript{choice_, transcript});
  }
  if (!data.empty()) {
    sink_.take(chat::Media{choice_, {sound_, false}, data});
  }
}

namespace {

// OpenAI gives 20 alternatives at most.
constexpr std::size_t kMaxAlternatives = 256;

// `alternatives`: nullptr for one of those.
// NOLINTNEXTLINE(readability-function-size,readability-function-cognitive-complexity,misc-no-recursion)
chat::TokenLogprob read_token(json::Cursor& cursor, std::vector<chat::TokenLogprob>* alternatives) {
  chat::TokenLogprob out{{}, "0"};
  each_member(cursor, [&](const json::String& key) {
    if (key.equals("token")) {
      read_text(cursor, out.token);
    } else if (key.equals("logprob") && cursor.kind() == Kind::number) {
      cursor.read_number(out.logprob);
    } else if (key.equals("bytes")) {
      cursor.skip_value(out.bytes);
    } else if (key.equals("top_logprobs") && alternatives != nullptr) {
      each_element(cursor, [&] {
        const chat::TokenLogprob other = read_token(cursor, nullptr);
        if (alternatives->size() < kMaxAlternatives) {
          alternatives->push_back(other);
        }
      });
    } else {
      cursor.skip_value();
    }
  });
  return out;
}

}  // namespace

bool read_logprobs(json::Cursor& cursor, std::uint32_t choice, chat::EventSink& sink) {
  std::size_t count = 0;
  each_member(cursor, [&](const json::String& key) {
    if (!key.equals("content")) {
      cursor.skip_value();
      return;
    }
    each_element(cursor, [&] {
      chat::TokenChoice token;
      token.chosen = read_token(cursor, &token.alternatives);
      if (!cursor.failed() && ++count <= kMaxLogprobs) {
        sink.take(chat::Logprobs{choice, {&token, 1}});
      }
    });
  });
  return count <= kMaxLogprobs;
}

}  // namespace llmproxy::openai_chat
