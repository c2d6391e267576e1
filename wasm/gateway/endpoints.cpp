#include "gateway/endpoints.h"

#include "base/limits.h"
#include "dialects/openai_chat/images.h"
#include "dialects/openai_chat/read_request.h"
#include "dialects/openai_chat/speech.h"
#include "http/multipart.h"

#include <algorithm>
#include <array>
#include <utility>

namespace llmproxy::gateway {
namespace {

using openai_chat::ReplyOptions;

constexpr CompletionKind kChat{
    [](const Context& context, chat::Request& out) {
      return openai_chat::read_request(context.body.view(), out, context.known_plain());
    },
    [](const chat::Request& request, const ReplyOptions& options, Buffer& out) {
      return request.stream ? openai_chat::make_stream_writer(options, out)
                            : openai_chat::make_whole_writer(options, out);
    },
    nullptr};

constexpr CompletionKind kCompletions{
    [](const Context& context, chat::Request& out) {
      return openai_chat::read_completion_request(context.body.view(), out);
    },
    [](const chat::Request& request, const ReplyOptions& options, Buffer& out) {
      return request.stream ? openai_chat::make_stream_completion_writer(options, out)
                            : openai_chat::make_whole_completion_writer(options, out);
    },
    nullptr};

constexpr CompletionKind kImages{
    [](const Context& context, chat::Request& out) {
      return openai_chat::read_image_request(context.body.view(), out);
    },
    [](const chat::Request& request, const ReplyOptions& options, Buffer& out) {
      return openai_chat::make_image_writer(request.sampling.choices, options, out);
    },
    nullptr};

constexpr CompletionKind kSpeech{
    [](const Context& context, chat::Request& out) {
      return openai_chat::read_speech_request(context.body.view(), out);
    },
    [](const chat::Request& /*request*/, const ReplyOptions& options, Buffer& out) {
      return openai_chat::make_speech_writer(options, out);
    },
    [](const chat::Request& request) -> std::string_view {
      return request.audio.format.equals("pcm16") ? "audio/pcm" : "audio/wav";
    }};

Error too_long(std::string_view param, std::size_t size, std::size_t limit) {
  return {
      ErrorCode::string_too_long,
      {"Invalid '", param, "': string too long. Expected a string with maximum length ",
       std::to_string(limit), ", but got a string with length ", std::to_string(size), " instead."},
      param};
}

Status read_transcription(const Context& context, chat::Request& out) {
  const std::string_view type = context.head.headers.find("content-type").value_or("");
  Result<std::vector<http::FormPart>> parts = http::parse_multipart(type, context.body.view());
  if (!parts) {
    return parts.error();
  }
  openai_chat::TranscriptionForm form;
  const std::array texts = std::to_array<std::pair<std::string_view, std::string*>>({
      {"model", &form.model},
      {"language", &form.language},
      {"prompt", &form.prompt},
      {"response_format", &form.response_format},
      {"temperature", &form.temperature},
      {"stream", &form.stream},
  });
  for (const http::FormPart& part : *parts) {
    const auto text = std::find_if(texts.begin(), texts.end(),
                                   [&](const auto& row) { return row.first == part.name; });
    if (part.name == "file") {
      form.file = part.body;
      form.file_type = part.content_type;
      form.file_name = part.file_name;
    } else if (text == texts.end()) {
      if (!part.name.empty()) {
        form.others.push_back(part.name);
      }
    } else if (const std::size_t limit = part.name == "prompt" ? kMaxJoinedText : kMaxName;
               part.body.size() > limit) {
      return too_long(part.name, part.body.size(), limit);
    } else {
      *text->second = part.body;
    }
  }
  return openai_chat::read_transcription_request(form, out);
}

constexpr CompletionKind kTranscriptions{
    &read_transcription,
    [](const chat::Request& request, const ReplyOptions& /*options*/, Buffer& out) {
      return request.stream ? openai_chat::make_transcription_stream_writer(out)
                            : openai_chat::make_transcription_writer(request.bare_text, out);
    },
    [](const chat::Request& request) -> std::string_view {
      return request.bare_text ? "text/plain; charset=utf-8" : "application/json";
    }};

}  // namespace

const CompletionKind* find_completion_kind(Endpoint endpoint) {
  switch (endpoint) {
    case Endpoint::chat:
      return &kChat;
    case Endpoint::completions:
      return &kCompletions;
    case Endpoint::images:
      return &kImages;
    case Endpoint::speech:
      return &kSpeech;
    case Endpoint::transcriptions:
      return &kTranscriptions;
    default:
      return nullptr;
  }
}

}  // namespace llmproxy::gateway
