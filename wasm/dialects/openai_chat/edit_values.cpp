#include "dialects/openai_chat/edit_values.h"

#include "base/text.h"
#include "dialects/openai_chat/field_path.h"
#include "dialects/openai_chat/reply_parts.h"
#include "dialects/openai_chat/signed_id.h"
#include "json/lenient.h"

#include <algorithm>
#include <array>

namespace llmproxy::openai_chat {
namespace {

using json::Kind;

// Sound whose id tells that it was made here: no other supplier knows it.
bool is_own_sound(std::string_view value) {
  json::Cursor cursor(value);
  json::String id;
  json::each_member(cursor, [&](const json::String& key) {
    if (key.equals("id")) {
      json::read_text(cursor, id);
    } else {
      cursor.skip_value();
    }
  });
  return id.raw.starts_with(kSoundId);
}

}  // namespace

bool read_text_of_part(json::Cursor& cursor, json::String& text) {
  if (cursor.try_read_string(text)) {
    return true;
  }
  if (cursor.kind() != Kind::object) {
    cursor.skip_value();
    return false;
  }
  json::String type{"text"};
  bool has_text = false;
  json::String key;
  cursor.enter_object();
  while (cursor.next_member(key)) {
    const bool is_text = key.equals("text") || key.equals("refusal");
    if (is_text && cursor.try_read_string(text)) {
      has_text = true;
    } else if (!key.equals("type") || !cursor.try_read_string(type)) {
      cursor.skip_value();
    }
  }
  // The last two are the Responses API's, whose histories clients send here, too.
  return has_text && (type.equals("text") || type.equals("refusal") || type.equals("output_text") ||
                      type.equals("input_text"));
}

bool matches(const EditRule& rule, std::string_view value) {
  switch (rule.match) {
    case Match::no_effect:
      return has_no_effect(value);
    case Match::value:
      return value == rule.from;
    case Match::signed_id:
      return size_of_id(value) < value.size();
    case Match::custom_call:
      return value != "null";
    case Match::reasoning:
      return value.starts_with('{');
    case Match::object:
      return value.starts_with('{') || value.starts_with('[');
    case Match::words:
      return value.starts_with('{') || value.starts_with('"');
    case Match::own_words:
      return is_own_sound(value);
    case Match::any:
    case Match::content:
      break;
  }
  return true;
}

bool has_value(std::string_view body, std::string_view name) {
  json::Cursor cursor(body);
  json::String key;
  std::string_view value;
  cursor.enter_object();
  while (cursor.next_member(key) && cursor.skip_value(value)) {
    if (key.equals(name) && value != "null") {
      return true;
    }
  }
  return false;
}

bool is_media_part(json::Cursor cursor) {
  constexpr std::array kMedia = std::to_array<std::string_view>(
      {"image_url", "image", "input_image", "input_audio", "audio", "file", "video_url"});
  json::String type;
  json::each_member(cursor, [&](const json::String& key) {
    if (key.equals("type")) {
      json::read_text(cursor, type);
    } else {
      cursor.skip_value();
    }
  });
  return std::any_of(kMedia.begin(), kMedia.end(),
                     [&type](std::string_view name) { return type.equals(name); });
}

MessageFacts read_facts(json::Cursor message) {
  MessageFacts facts;
  json::each_member(message, [&](const json::String& key) {
    std::string_view value;
    message.skip_value(value);
    if (value.empty()) {  // the body ends here
      return;
    }
    if (key.equals("role")) {
      facts.role = value;
    } else if (key.equals("audio")) {
      facts.audio = value;
    } else if (key.equals("refusal")) {
      facts.refusal = value;
    } else if (key.equals("content")) {
      facts.has_content = true;
      facts.says_something = facts.says_something || !has_no_effect(value);
    }
  });
  return facts;
}

std::string_view words_of(std::string_view value) {
  if (!value.starts_with('{')) {
    return value.starts_with('"') && value != "\"\"" ? value : std::string_view();
  }
  std::string_view words;
  json::Cursor cursor(value);
  json::each_member(cursor, [&](const json::String& key) {
    std::string_view inside;
    cursor.skip_value(inside);
    if (key.equals("transcript")) {
      words = inside.starts_with('"') && inside != "\"\"" ? inside : std::string_view();
    }
  });
  return words;
}

bool read_custom_call(std::string_view value, CustomCall& out) {
  json::Cursor cursor(value);
  json::String key;
  bool has_input = false;
  if (!cursor.try_enter_object()) {
    return false;
  }
  while (cursor.next_member(key)) {
    if (key.equals("input") && cursor.try_read_string(out.input)) {
      has_input = true;
    } else if (!key.equals("name") || !cursor.try_read_string(out.name)) {
      cursor.skip_value();
    }
  }
  return has_input && !out.name.empty();
}

void append_as_function(const CustomCall& call, SpanList& out) {
  out.append(R"("function":{"name":")");
  out.append_slice(call.name.raw);
  out.append(R"(","arguments":"{\"input\":\")");
  json::escape(call.input.raw, out.copied());  // a string inside of a string
  out.append(R"(\"}"})");
}

std::string_view read_reasoning_effort(std::string_view value, chat::Changes& changes) {
  const FieldPath param("reasoning");
  std::string_view effort;
  bool disabled = false;
  json::Cursor cursor(value);
  json::String key;
  cursor.enter_object();
  while (cursor.next_member(key)) {
    std::string_view inside;
    cursor.skip_value(inside);
    if (key.equals("effort") && inside.starts_with('"')) {
      effort = inside;
    } else if (key.equals("enabled") && (inside == "true" || inside == "false")) {
      disabled = inside == "false";
    } else if (!has_no_effect(inside) && !changes.is_full()) {
      changes.add(FieldPath(param, key.raw).text(), chat::Reason::dropped);
    }
  }
  return effort.empty() && disabled ? R"("none")" : effort;
}

}  // namespace llmproxy::openai_chat
