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
    {Place::tool_call, "thought_signature"},
    {Place::tool_call, "id", Match::signed_id},
    {Place::function, "thought_signature"},
    {Place::function, "extra_content"},
    {Place::function, "provider_specific_fields"},
    {Place::function_call, "thought_signature"},
    {Place::function_call, "extra_content"},
    {Place::function_call, "provider_specific_fields"},
    {Place::part, "extra_content"},
    {Place::part, "provider_specific_fields"},
    {Place::part, "thought_signature"},
    {Place::message, "tool_call_id", Match::signed_id},
    {Place::message, "extra_content"},
    {Place::message, "provider_specific_fields"},
    {Place::message, "reasoning_content"},
    {Place::message, "reasoning"},
    {Place::message, "reasoning_details"},
    {Place::message, "thinking_blocks"},
    {Place::message, "images", Match::content},
    {Place::message, "audio", Match::own_words},
});

constexpr std::array kGeminiModels = std::to_array<std::string_view>(
    {"gemini-", "gemma-", "learnlm-", "imagen-", "veo-", "nano-banana", "text-embedding-004", "aqa",
     "models/", "google/gemini-", "google/gemma-", "gemini/"});

// https://console.groq.com/docs/models (2026-08) and https://console.groq.com/docs/deprecations, as
// what ended is still asked for: no other supplier here has models of these names.
constexpr std::array kGroqModels = std::to_array<std::string_view>(
    {"groq/", "llama-", "meta-llama/", "openai/gpt-oss-", "qwen/", "moonshotai/",
     "whisper-large-v3", "canopylabs/", "allam-", "playai-tts", "distil-whisper-", "gemma2-",
     "compound-beta", "llama3-", "deepseek-r1-distill-", "qwen-qwq-"});

// What Groq knows and does not take in every value:
// https://console.groq.com/docs/openai#currently-unsupported-openai-features
// A field that asks for something stays, so that Groq can say that it is not to be had.
constexpr std::array kGroqEdits = std::to_array<EditRule>({
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
    {Place::request, "reasoning", Match::reasoning},
    {Place::request, "reasoning_effort", Match::value, "null"},
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
    {Place::tool, "id"},
    {Place::tool, "index"},
    {Place::tool_function, "cache_control"},
    {Place::tool_function, "description", Match::value, "null"},
    {Place::tool_function, "parameters", Match::value, "null"},
    {Place::tool_function, "strict", Match::value, "null"},
    {Place::message, "audio", Match::words},
    {Place::message, "refusal", Match::words},
    // "value must be a string": https://github.com/CherryHQ/cherry-studio/issues/3307
    {Place::message, "content", Match::value, "null", R"("")", {}, R"("tool")"},
    {Place::message, "content", Match::object, {}, {}, {}, R"("tool")"},
    {Place::part, "type", Match::value, R"("input_text")", R"("text")"},
    {Place::part, "type", Match::value, R"("output_text")", R"("text")"},
    {Place::function, "arguments", Match::value, "null", R"("{}")"},
    {Place::function, "arguments", Match::value, R"("")", R"("{}")"},
    {Place::function, "arguments", Match::value, "[]", R"("{}")"},
    {Place::function, "arguments", Match::object},
    {Place::function_call, "arguments", Match::value, "null", R"("{}")"},
    {Place::function_call, "arguments", Match::value, R"("")", R"("{}")"},
    {Place::function_call, "arguments", Match::value, "[]", R"("{}")"},
    {Place::function_call, "arguments", Match::object},
    // "Value is not nullable": https://github.com/BerriAI/litellm/issues/5839; a list without calls
    // is refused as OpenAI does: https://github.com/openai/openai-node/pull/1341
    {Place::message, "function_call", Match::no_effect},
    {Place::message, "tool_calls", Match::no_effect},
    {Place::message, "tool_call_id", Match::value, "null"},
    {Place::message, "tool_call_id", Match::signed_id},
    {Place::tool_call, "id", Match::signed_id},
    {Place::tool_call, "type", Match::value, R"("custom")", R"("function")"},
    {Place::tool_call, "custom", Match::custom_call},
    {Place::tool_call, "function", Match::value, "null"},
});

// Groq refuses whatever it does not know ("property 'store' is unsupported"). This is what its API
// has, less what no model of it takes: metadata, store and the penalties; and what asks for so much
// that it is better to be refused: audio, modalities and web_search_options.
// https://console.groq.com/docs/api-reference#chat-create
// https://github.com/groq/groq-python (types/chat/completion_create_params.py)
constexpr std::array kGroqRequest = std::to_array<std::string_view>({
    "messages",
    "model",
    "stream",
    "stream_options",
    "temperature",
    "top_p",
    "max_completion_tokens",
    "max_tokens",
    "tools",
    "tool_choice",
    "parallel_tool_calls",
    "disable_tool_validation",
    "functions",
    "function_call",
    "response_format",
    "reasoning_effort",
    "reasoning_format",
    "include_reasoning",
    "seed",
    "stop",
    "n",
    "user",
    "service_tier",
    "logprobs",
    "top_logprobs",
    "logit_bias",
    "citation_options",
    "documents",
    "compound_custom",
    "search_settings",
    "include_domains",
    "exclude_domains",
    "audio",
    "modalities",
    "web_search_options",
});
constexpr std::array kGroqStreamOptions = std::to_array<std::string_view>({"include_usage"});

// And inside of a message ("property 'id' is unsupported"). Its API knows `name`, too, and refuses
// it for most models, but for the answer of a function, which must have it; `reasoning` likewise.
// https://github.com/groq/groq-python (types/chat/chat_completion_*_param.py)
constexpr std::array kGroqMessage = std::to_array<std::string_view>(
    {"role", "content", "tool_calls", "tool_call_id", "function_call"});
constexpr std::array kGroqMessageTold = std::to_array<std::string_view>({"name", "images"});
constexpr std::array kGroqFunctionMessage = std::to_array<std::string_view>({"name"});
// A part that asks for something stays, so that Groq can say that it is not to be had.
constexpr std::array kGroqPart = std::to_array<std::string_view>(
    {"type", "text", "image_url", "document", "input_audio", "file", "video_url", "refusal"});
constexpr std::array kGroqImageUrl = std::to_array<std::string_view>({"url", "detail"});
constexpr std::array kGroqToolCall = std::to_array<std::string_view>({"id", "type", "function"});
constexpr std::array kGroqFunction = std::to_array<std::string_view>({"name", "arguments"});
// Of a tool it knows the first two (types/chat/chat_completion_tool_param.py). The others ask for
// something, so they stay, too.
constexpr std::array kGroqTool = std::to_array<std::string_view>(
    {"type", "function", "custom", "name", "description", "parameters", "strict", "container",
     "server_label", "server_url", "server_description", "headers", "allowed_tools",
     "require_approval", "connector_id"});
constexpr std::array kGroqToolFunction =
    std::to_array<std::string_view>({"name", "description", "parameters", "strict"});
// These see no images, and agents cannot keep their tools from making some.
// https://console.groq.com/docs/vision names those that do, whose results may have them
// (types/chat/chat_completion_tool_message_param.py)
constexpr std::array kGroqTextModels = std::to_array<std::string_view>(
    {"openai/gpt-oss-", "llama-3", "moonshotai/kimi-k2-", "qwen/qwen3-32b"});
constexpr std::array kGroqAllowed = std::to_array<AllowedMembers>({
    {Place::request, kGroqRequest},
    {Place::stream_options, kGroqStreamOptions},
    {Place::message, kGroqMessage, kGroqMessageTold},
    {Place::message, kGroqFunctionMessage, {}, R"("function")"},
    {Place::part, kGroqPart},
    {Place::tool, kGroqTool},
    {Place::tool_function, kGroqToolFunction},
    {Place::image_url, kGroqImageUrl},
    {Place::tool_call, kGroqToolCall},
    {Place::function, kGroqFunction},
    {Place::function_call, kGroqFunction},
});

// Groq's 498: https://console.groq.com/docs/errors
constexpr std::array kSuppliers = std::to_array<Supplier>({
    {"gemini",
     "Gemini",
     "gemini",
     "https://generativelanguage.googleapis.com/v1beta",
     "GEMINI_BASE_URL",
     "x-goog-api-key",
     "",
     kGeminiModels,
     kNone,
     0,
     false,
     {}},
    {"groq",
     "Groq",
     "openai_chat",
     "https://api.groq.com/openai/v1",
     "GROQ_BASE_URL",
     "authorization",
     "Bearer ",
     kGroqModels,
     kNone,
     498,
     false,
     {kGroqEdits, kGroqAllowed, true, kGroqTextModels}},
    {"openai",
     "OpenAI",
     "openai_chat",
     "https://api.openai.com/v1",
     "OPENAI_BASE_URL",
     "authorization",
     "Bearer ",
     kNone,
     kOpenAiHeaders,
     0,
     true,
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
