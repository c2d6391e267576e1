#include "dialects/gemini/refusal.h"

#include "native/catch.h"

using namespace llmproxy;
using gemini::Refusal;

TEST_CASE("refusals that a smaller request mends") {
  const auto find = [](std::string_view message) { return gemini::find_refusal(400, message); };
  CHECK(find("Penalty is not enabled for models/gemini-2.5-flash") == Refusal::penalties);
  CHECK(find("Logprobs is not enabled for models/gemini-2.5-pro") == Refusal::logprobs);
  CHECK(find("Thinking is not enabled for models/gemini-2.0-flash") == Refusal::thinking);
  CHECK(find("Thinking level MINIMAL is not supported for this model.") == Refusal::thinking);
  CHECK(find("The model does not support setting thinking_budget to 0") == Refusal::thinking);
  CHECK(find("Corrupted thought signature.") == Refusal::signatures);
  CHECK(find("Function call is missing a thought_signature in functionCall parts.") ==
        Refusal::signatures);
  CHECK(find("Developer instruction is not enabled for models/gemma-3-27b-it") == Refusal::system);
  CHECK(find("The specified schema produces a constraint that has too many states for serving.") ==
        Refusal::json_schema);
  CHECK(find("A schema in GenerationConfig in the request exceeds the maximum allowed nesting "
             "depth.") == Refusal::json_schema);
  CHECK(find("parameters.properties: should be non-empty for OBJECT type") == Refusal::json_schema);
  CHECK(find("Cannot fetch content from the provided URL.") == Refusal::media_url);
  CHECK(find("temperature is not supported by this model") == Refusal::sampling);
}

TEST_CASE("other refusals stay what they are") {
  CHECK_FALSE(gemini::find_refusal(400, "API key not valid."));
  CHECK_FALSE(gemini::find_refusal(429, "Penalty is not enabled"));
  CHECK_FALSE(gemini::find_refusal(400, ""));
}
