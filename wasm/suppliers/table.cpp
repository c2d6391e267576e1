#include "base/text.h"
#include "suppliers/supplier.h"

#include <array>

namespace llmproxy::suppliers {
namespace {

using openai_chat::AllowedMembers;
using openai_chat::EditRule;
using openai_chat::Match;
using openai_chat::Place;

constexpr std::array<std::string_view, 0> kNone = {};

constexpr std::array kOpenAiHeaders =
    std::to_array<std::string_view>({"openai-organization", "openai-project", "openai-beta"});

// What answers of other suppliers left in the history, and OpenAI does not know.
constexpr std::array kOpenAiEdits = std::to_array<EditRule>({
    {Place::tool_call, "extra_content"},
    {Place::tool_call, "provider_specific_fields"},
    {Place::tool_call, "id", Match::signed_id},
    {Place::function, "thought_signature"},
    {Place::function, "provider_specific_fields"},
    {Place::part, "extra_content"},
    {Place::message, "tool_call_id", Match::signed_id},
    {Place::message, "extra_content"},
    {Place::message, "provider_specific_fields"},
    {Place::message, "reasoning_content"},
    {Place::message, "reasoning_details"},
    {Place::message, "thinking_blocks"},
    {Place::message, "images", Match::content},
});

constexpr std::array kGeminiModels = std::to_array<std::string_view>(
    {"gemini-", "gemma-", "learnlm-", "models/gemini-", "models/gemma-", "google/gemini-",
     "google/gemma-", "gemini/"});

// https://console.groq.com/docs/models (2026-08): no other supplier here has models of these names.
constexpr std::array kGroqModels =
    std::to_array<std::string_view>({"groq/", "llama-", "meta-llama/", "openai/gpt-oss-", "qwen/",
                                     "moonshotai/", "whisper-large-v3"});

// https://console.groq.com/docs/openai#currently-unsupported-openai-features, and the refusals that
// users report ("property 'store' is unsupported", "property 'reasoning_content' is unsupported").
// A field that asks for something stays, so that Groq can say that it is not to be had.
constexpr std::array kGroqEdits = std::to_array<EditRule>({
    {Place::request, "store"},
    {Place::request, "chat_template_kwargs"},
    {Place::request, "metadata"},
    {Place::request, "presence_penalty"},
    {Place::request, "frequency_penalty"},
    {Place::request, "verbosity"},
    {Place::request, "prediction"},
    {Place::request, "safety_identifier"},
    {Place::request, "prompt_cache_key"},
    {Place::request, "prompt_cache_options"},
    {Place::request, "prompt_cache_retention"},
    {Place::request, "moderation"},
    {Place::request, "logprobs", Match::no_effect},
    {Place::request, "top_logprobs", Match::no_effect},
    {Place::request, "logit_bias", Match::no_effect},
    {Place::request, "audio", Match::no_effect},
    {Place::request, "web_search_options", Match::value, "null"},
    {Place::request, "modalities", Match::no_effect},
    {Place::request, "modalities", Match::value, R"(["text"])"},
    {Place::request, "service_tier", Match::value, R"("default")", R"("on_demand")"},
    {Place::request, "service_tier", Match::value, R"("priority")", R"("performance")"},
    {Place::request, "service_tier", Match::value, R"("fast")", R"("performance")"},
    {Place::request, "service_tier", Match::value, R"("scale")", R"("auto")"},
    // Which efforts a model has: https://console.groq.com/docs/reasoning
    {Place::request, "reasoning_effort", Match::value, R"("none")", R"("low")", "openai/gpt-oss-"},
    {Place::request, "reasoning_effort", Match::value, R"("minimal")", R"("low")",
     "openai/gpt-oss-"},
    {Place::request, "reasoning_effort", Match::value, R"("xhigh")", R"("high")",
     "openai/gpt-oss-"},
    {Place::request, "reasoning_effort", Match::value, R"("max")", R"("high")", "openai/gpt-oss-"},
    {Place::request, "reasoning_effort", Match::value, R"("low")", R"("low")", "openai/gpt-oss-"},
    {Place::request, "reasoning_effort", Match::value, R"("medium")", R"("medium")",
     "openai/gpt-oss-"},
    {Place::request, "reasoning_effort", Match::value, R"("high")", R"("high")", "openai/gpt-oss-"},
    {Place::request, "reasoning_effort", Match::value, R"("none")", R"("none")", "qwen/"},
    {Place::request, "reasoning_effort", Match::any, {}, R"("default")", "qwen/"},
    {Place::request, "reasoning_effort"},
    {Place::stream_options, "include_obfuscation"},
    {Place::message, "role", Match::value, R"("developer")", R"("system")"},
    {Place::tool, "cache_control"},
    {Place::message, "function_call", Match::no_effect},
    {Place::message, "tool_call_id", Match::signed_id},
    {Place::tool_call, "id", Match::signed_id},
});

// Groq refuses whatever it does not know inside of a message ("property 'id' is unsupported"). Its
// API knows `name`, too, and refuses it for most models; `reasoning` likewise.
// https://github.com/groq/groq-python (types/chat/chat_completion_*_param.py)
constexpr std::array kGroqMessage = std::to_array<std::string_view>(
    {"role", "content", "tool_calls", "tool_call_id", "function_call"});
constexpr std::array kGroqMessageTold =
    std::to_array<std::string_view>({"name", "images", "audio", "refusal"});
// A part that asks for something stays, so that Groq can say that it is not to be had.
constexpr std::array kGroqPart = std::to_array<std::string_view>(
    {"type", "text", "image_url", "document", "input_audio", "file", "video_url", "refusal"});
constexpr std::array kGroqImageUrl = std::to_array<std::string_view>({"url", "detail"});
constexpr std::array kGroqToolCall = std::to_array<std::string_view>({"id", "type", "function"});
constexpr std::array kGroqFunction = std::to_array<std::string_view>({"name", "arguments"});
constexpr std::array kGroqAllowed = std::to_array<AllowedMembers>({
    {Place::message, kGroqMessage, kGroqMessageTold},
    {Place::part, kGroqPart},
    {Place::image_url, kGroqImageUrl},
    {Place::tool_call, kGroqToolCall},
    {Place::function, kGroqFunction},
});

// Groq's 498: https://console.groq.com/docs/errors
constexpr std::array kSuppliers = std::to_array<Supplier>({
    {"gemini",
     "Gemini",
     Dialect::gemini,
     "https://generativelanguage.googleapis.com/v1beta",
     "GEMINI_BASE_URL",
     {"v1beta", "openai"},  // https://ai.google.dev/gemini-api/docs/openai
     "x-goog-api-key",
     "",
     kGeminiModels,
     kNone,
     0,
     {}},
    {"groq",
     "Groq",
     Dialect::openai_chat,
     "https://api.groq.com/openai/v1",
     "GROQ_BASE_URL",
     {"openai",
      "v1"},  // https://github.com/groq/groq-python/blob/main/src/groq/resources/chat/completions.py
     "authorization",
     "Bearer ",
     kGroqModels,
     kNone,
     498,
     {kGroqEdits, kGroqAllowed, true}},
    {"openai",
     "OpenAI",
     Dialect::openai_chat,
     "https://api.openai.com/v1",
     "OPENAI_BASE_URL",
     {},
     "authorization",
     "Bearer ",
     kNone,
     kOpenAiHeaders,
     0,
     {kOpenAiEdits}},
});

}  // namespace

std::span<const Supplier> all() {
  return kSuppliers;
}

const Supplier* find(std::string_view name) {
  for (const Supplier& supplier : kSuppliers) {
    if (equals_ignoring_case(supplier.name, name)) {
      return &supplier;
    }
  }
  return nullptr;
}

const Supplier* find_by_model(std::string_view model) {
  for (const Supplier& supplier : kSuppliers) {
    for (const std::string_view prefix : supplier.model_prefixes) {
      if (model.starts_with(prefix)) {
        return &supplier;
      }
    }
  }
  return nullptr;
}

std::string names() {
  std::string out;
  for (const Supplier& supplier : kSuppliers) {
    out.append(out.empty() ? "" : ", ");
    out.append(supplier.name);
  }
  return out;
}

}  // namespace llmproxy::suppliers
