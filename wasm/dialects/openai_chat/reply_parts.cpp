#include "dialects/openai_chat/reply_parts.h"

#include "base/base64.h"
#include "base/limits.h"
#include "base/text.h"
#include "base/wav.h"
#include "dialects/openai_chat/data_url.h"
#include "dialects/openai_chat/signed_id.h"
#include "json/cursor.h"
#include "json/writer.h"

#include <algorithm>
#include <array>
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
  if (usage.cache_written > 0) {
    field("cache_write_tokens", usage.cache_written);
  }
  writer.end_object();
  writer.key("completion_tokens_details");
  writer.begin_object();
  field("reasoning_tokens", usage.reasoning);
  field("audio_tokens", usage.audio_completion);
  field("accepted_prediction_tokens", usage.accepted_prediction);
  field("rejected_prediction_tokens", usage.rejected_prediction);
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
  if (!token.bytes.empty()) {
    writer.raw(token.bytes);
    return;
  }
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
  return media_type_of(begin.decode(), media.base64);
}

bool read_text_data(const chat::Media& media, Buffer& raw) {
  const std::string type = media_type(media);
  if (!type.starts_with("text/") && type != "application/json") {
    return false;
  }
  Buffer bytes;
  if (!decode_base64(media.base64.raw, bytes)) {
    return false;
  }
  Buffer quoted;
  quoted.append("\"");
  json::escape(bytes.view(), quoted);
  quoted.append("\"");
  json::Cursor cursor(quoted.view());
  if (quoted.failed() || !cursor.skip_value() || !cursor.at_end()) {  // no UTF-8
    return false;
  }
  raw.append(quoted.view().substr(1, quoted.size() - 2));
  return true;
}

std::optional<Error> decode_sound(const chat::Media& media, Buffer& pcm) {
  Buffer bytes;
  const bool whole = decode_base64(media.base64.raw, bytes);
  pcm.append(is_compressed(media) ? bytes.view() : pcm_of_wav(bytes.view()));
  if (bytes.failed() || pcm.failed()) {
    return Error{ErrorCode::out_of_memory, "There is no memory for this answer at the moment.", ""};
  }
  return whole ? std::nullopt
               : std::optional(Error{
                     ErrorCode::upstream_malformed,
                     "The sound in the answer is not complete: its data is not base64 to its end.",
                     ""});
}

bool is_audio(const chat::Media& media) {
  return media_type(media).starts_with("audio/");
}

bool is_compressed(const chat::Media& media) {
  const std::string type = media_type(media);
  constexpr std::array kTypes = std::to_array<std::string_view>(
      {"audio/mp3", "audio/aac", "audio/flac", "audio/opus", "audio/ogg"});
  return std::find(kTypes.begin(), kTypes.end(), type) != kTypes.end();
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

namespace {

// What stands behind the data is short, and room for it would be a quarter of all: buffers grow so.
void write_data_url(std::string_view before, const chat::Media& media, Buffer& out) {
  if (media.base64.raw.size() >= kMaxCopiedBody) {
    static_cast<void>(out.reserve_exactly(media.base64.raw.size() + media.mime_type.raw.size() +
                                          media.signature.raw.size() + kMinReferencedSlice));
  }
  out.append(before);
  out.append("data:");
  out.append(media.mime_type.empty() ? json::escape(media_type(media)) : media.mime_type.raw);
  out.append(";base64,");
  out.append(media.base64.raw);
  out.append("\"}");
  write_signature(media.signature, out);
  out.append("}");
}

}  // namespace

void write_image(const chat::Media& media, Buffer& out) {
  write_data_url(R"({"type":"image_url","image_url":{"url":")", media, out);
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

void VendorNotes::take_file(const chat::Media& media) {
  files_.append(files_.size() > 0 ? "," : "");
  write_data_url(R"({"type":"file","file":{"file_data":")", media, files_);
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
  if (files_.size() > 0) {
    out.append(before);
    out.append("\"files\":[");
    out.append(files_.view());
    out.append("]");
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
