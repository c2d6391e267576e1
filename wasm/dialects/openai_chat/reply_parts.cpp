#include "dialects/openai_chat/reply_parts.h"

#include "base/limits.h"
#include "base/media_type.h"
#include "base/text.h"
#include "dialects/openai_chat/signed_id.h"
#include "json/writer.h"

#include <algorithm>
#include <functional>

namespace llmproxy::openai_chat {

std::string_view finish_name(chat::FinishReason reason, bool functions_form) {
  switch (reason) {
    case chat::FinishReason::length:
      return "length";
    case chat::FinishReason::tool_calls:
      return functions_form ? "function_call" : "tool_calls";
    case chat::FinishReason::content_filter:
      return "content_filter";
    case chat::FinishReason::stop:
      break;
  }
  return "stop";
}

void write_usage(const chat::Usage& usage, Buffer& out) {
  json::Writer writer(out);
  const auto field = [&writer](std::string_view name, std::int64_t count) {
    writer.key(name);
    writer.integer(count);
  };
  writer.begin_object();
  field("prompt_tokens", usage.prompt);
  field("completion_tokens", usage.completion);
  field("total_tokens", usage.total);
  writer.key("prompt_tokens_details");
  writer.begin_object();
  field("cached_tokens", usage.cached_prompt);
  field("audio_tokens", usage.audio_prompt);
  writer.end_object();
  writer.key("completion_tokens_details");
  writer.begin_object();
  field("reasoning_tokens", usage.reasoning);
  field("audio_tokens", usage.audio_completion);
  field("accepted_prediction_tokens", 0);
  field("rejected_prediction_tokens", 0);
  writer.end_object();
  writer.end_object();
}

void write_tool_call_begin(const chat::ToolCall& call, std::string_view id, Buffer& out) {
  out.append("\"id\":\"");
  out.append(id);
  out.append(call.input ? "\",\"type\":\"custom\",\"custom\":{\"name\":\""
                        : "\",\"type\":\"function\",\"function\":{\"name\":\"");
  out.append(call.name.raw);
  out.append(call.input ? "\",\"input\":\"" : "\",\"arguments\":\"");
}

void write_arguments(const chat::ToolCall& call, Buffer& out) {
  if (call.input) {
    out.append(call.input->raw);
  } else {
    json::escape(call.arguments, out);
  }
}

namespace {

void write_token(const chat::TokenLogprob& token, json::Writer& writer) {
  writer.key("token");
  writer.string(token.token);
  writer.key("logprob");
  writer.raw(token.logprob);
  writer.key("bytes");
  writer.begin_array();
  for (const char byte : token.token.decode()) {
    writer.integer(static_cast<unsigned char>(byte));
  }
  writer.end_array();
}

}  // namespace

void write_logprobs_content(const chat::Logprobs& logprobs, Buffer& out) {
  json::Writer writer(out);
  for (const chat::TokenChoice& step : logprobs.tokens) {
    writer.begin_object();
    write_token(step.chosen, writer);
    writer.key("top_logprobs");
    writer.begin_array();
    for (const chat::TokenLogprob& other : step.alternatives) {
      writer.begin_object();
      write_token(other, writer);
      writer.end_object();
    }
    writer.end_array();
    writer.end_object();
  }
}

std::string media_type(const chat::Media& media) {
  const std::size_t size = json::prefix_length(media.mime_type.raw, kMaxName);
  const chat::Text begin{media.mime_type.raw.substr(0, size), media.mime_type.has_escapes};
  return normal_media_type(begin.decode());
}

bool is_audio(const chat::Media& media) {
  return media_type(media).starts_with("audio/");
}

bool is_image(const chat::Media& media) {
  return media_type(media).starts_with("image/");
}

// Google's name for the place, which the clients that know signatures look in.
// https://ai.google.dev/gemini-api/docs/thought-signatures#openai
void write_signature(const chat::Text& signature, Buffer& out) {
  if (!signature.empty()) {
    out.append(",\"extra_content\":{\"google\":{\"thought_signature\":\"");
    out.append(signature.raw);
    out.append("\"}}");
  }
}

void write_tool_call_end(const chat::ToolCall& call, Buffer& out) {
  out.append("\"}");
  write_signature(call.signature, out);
}

// What stands behind an image is short, and room for it would be a quarter of all: buffers grow so.
void write_image(const chat::Media& media, Buffer& out) {
  if (media.base64.raw.size() >= kMaxCopiedBody) {
    static_cast<void>(out.reserve_exactly(media.base64.raw.size() + media.mime_type.raw.size() +
                                          media.signature.raw.size() + kMinReferencedSlice));
  }
  out.append("{\"type\":\"image_url\",\"image_url\":{\"url\":\"data:");
  out.append(media.mime_type.raw);
  out.append(";base64,");
  out.append(media.base64.raw);
  out.append("\"}");
  write_signature(media.signature, out);
  out.append("}");
}

void write_citation(const chat::Citation& citation, Buffer& out) {
  json::Writer writer(out);
  writer.begin_object();
  writer.key("type");
  writer.text("url_citation");
  writer.key("url_citation");
  writer.begin_object();
  writer.key("start_index");
  writer.integer(citation.begin);
  writer.key("end_index");
  writer.integer(citation.end);
  writer.key("url");
  writer.string(citation.url);
  writer.key("title");
  writer.string(citation.title);
  writer.end_object();
  writer.end_object();
}

void VendorNotes::take(const chat::VendorNote& note) {
  vendor_ = note.vendor;
  // Line breaks between tokens are left out: an event of a stream is one line.
  std::string value(note.value);
  std::erase_if(value, [](char c) { return c == '\n' || c == '\r'; });
  for (auto& [name, old] : notes_) {
    if (name == note.name) {
      old = std::move(value);
      return;
    }
  }
  notes_.emplace_back(note.name, std::move(value));
}

void VendorNotes::write(Buffer& out) const {
  out.append(concat({"\"extra_content\":{\"", vendor_, "\":"}));
  char before = '{';
  for (const auto& [name, value] : notes_) {
    out.append(before);
    out.append(concat({"\"", name, "\":"}));
    out.append(value);
    before = ',';
  }
  out.append("}}");
}

bool CallIds::claim(std::string_view id) {
  return claimed_.insert(std::hash<std::string_view>{}(id)).second;
}

std::string CallIds::next(const chat::ToolCall& call) {
  std::string id(call.id.raw);
  while (id.empty() || !claim(id)) {
    id = random_.identifier("call_");
  }
  return with_signatures_ ? sign_id(id, call.signature) : id;
}

}  // namespace llmproxy::openai_chat
