#include "dialects/openai_chat/client.h"

#include "base/limits.h"
#include "base/text.h"
#include "dialects/openai_chat/embeddings.h"
#include "dialects/openai_chat/error_body.h"
#include "dialects/openai_chat/images.h"
#include "dialects/openai_chat/read_request.h"
#include "dialects/openai_chat/speech.h"
#include "dialects/openai_chat/transcription.h"
#include "dialects/openai_chat/transcription_form.h"
#include "dialects/openai_chat/write_reply.h"

#include <array>

namespace llmproxy::openai_chat {
namespace {

using dialects::Conversation;
using dialects::Endpoint;
using dialects::RequestInput;
using dialects::WriterOptions;

bool wants_raw_audio(const chat::Request& request) {
  return request.audio.format.equals("pcm16");
}

ReplyOptions options_of(const chat::Request& request, const WriterOptions& given) {
  ReplyOptions options;
  options.model = request.model;
  options.created = given.created;
  options.seed = given.seed;
  options.include_usage = request.include_usage;
  options.functions_form = request.functions_form;
  options.signatures_in_ids = given.proofs_in_ids && !request.damaged_ids;
  options.strict = given.strict;
  options.raw_audio = wants_raw_audio(request);
  return options;
}

constexpr Conversation kChat{
    Endpoint::chat,
    [](const RequestInput& input, chat::Request& out) { return read_request(input.body, out); },
    [](const chat::Request& request, const WriterOptions& options, Buffer& out) {
      const ReplyOptions all = options_of(request, options);
      return request.stream ? make_stream_writer(all, out) : make_whole_writer(all, out);
    }};

constexpr Conversation kCompletions{
    Endpoint::completions,
    [](const RequestInput& input, chat::Request& out) {
      return read_completion_request(input.body, out);
    },
    [](const chat::Request& request, const WriterOptions& options, Buffer& out) {
      const ReplyOptions all = options_of(request, options);
      return request.stream ? make_stream_completion_writer(all, out)
                            : make_whole_completion_writer(all, out);
    }};

constexpr Conversation kImages{
    Endpoint::images,
    [](const RequestInput& input, chat::Request& out) {
      return read_image_request(input.body, out);
    },
    [](const chat::Request& request, const WriterOptions& options, Buffer& out) {
      return make_image_writer(request.sampling.choices, options_of(request, options), out);
    },
    nullptr, true};

constexpr Conversation kSpeech{
    Endpoint::speech,
    [](const RequestInput& input, chat::Request& out) {
      return read_speech_request(input.body, out);
    },
    [](const chat::Request& request, const WriterOptions& options, Buffer& out) {
      return make_speech_writer(options_of(request, options), out);
    },
    [](const chat::Request& request) -> std::string_view {
      return wants_raw_audio(request) ? "audio/pcm" : "audio/wav";
    }};

constexpr Conversation kTranscriptions{
    Endpoint::transcriptions, &read_transcription_form,
    [](const chat::Request& request, const WriterOptions& /*options*/, Buffer& out) {
      return request.stream ? make_transcription_stream_writer(out)
                            : make_transcription_writer(request.bare_text, out);
    },
    [](const chat::Request& request) -> std::string_view {
      return request.bare_text ? "text/plain; charset=utf-8" : "application/json";
    }};

constexpr std::array kConversations = {kChat, kCompletions, kImages, kSpeech, kTranscriptions};

std::string find_model_in(Endpoint endpoint, const RequestInput& input) {
  return endpoint == Endpoint::transcriptions ? find_model_in_form(input) : find_model(input.body);
}

void write_embeddings(const chat::EmbeddingsRequest& request,
                      std::span<const chat::EmbeddingsReply> replies, Buffer& out) {
  EmbeddingsWriter writer(request, out);
  std::int64_t tokens = 0;
  for (const chat::EmbeddingsReply& reply : replies) {
    tokens += reply.tokens;
    for (const auto& vector : reply.vectors) {
      writer.add(vector);
    }
  }
  writer.end(tokens);
}

// https://platform.openai.com/docs/api-reference
constexpr std::array kPaths = std::to_array<dialects::EndpointPath>({
    {{"chat", "completions"}, Endpoint::chat, "chat/completions"},
    {{"images", "generations"}, Endpoint::images, "images/generations"},
    {{"audio", "speech"}, Endpoint::speech, "audio/speech"},
    {{"audio", "transcriptions"}, Endpoint::transcriptions, "audio/transcriptions"},
    {{"completions", ""}, Endpoint::completions, "completions"},
    {{"embeddings", ""}, Endpoint::embeddings, "embeddings"},
});

constexpr dialects::ClientDialect kDialect{
    "openai_chat",
    "OpenAI",
    kPaths,
    kConversations,
    &find_model_in,
    [](const RequestInput& input, chat::EmbeddingsRequest& out) {
      return read_embeddings_request(input.body, out);
    },
    &write_embeddings,
    &write_models,
    &write_model,
    &write_error,
    &write_error_event,
    &write_upstream_error};

}  // namespace

const dialects::ClientDialect& client_dialect() {
  return kDialect;
}

}  // namespace llmproxy::openai_chat
