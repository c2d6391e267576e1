#include "dialects/gemini/downgrade.h"

#include "json/string.h"
#include "native/catch.h"

#include <string>

using namespace llmproxy;
using gemini::Downgrade;
using gemini::Feature;

namespace {

// An error as Google sends it, and what is found in it.
std::optional<Downgrade> find(const std::string& message, const std::string& details = "") {
  return gemini::find_downgrade(400, R"({"error":{"code":400,"message":")" + json::escape(message) +
                                         R"(","status":"INVALID_ARGUMENT")" + details + "}}");
}

std::string violation(const std::string& field, const std::string& description) {
  return R"(,"details":[{"@type":"type.googleapis.com/google.rpc.BadRequest","fieldViolations":[)"
         R"({"field":")" +
         json::escape(field) + R"(","description":")" + json::escape(description) + R"("}]}])";
}

struct Text {
  const char* message;
  Feature what;
};

}  // namespace

TEST_CASE("what a model never takes") {
  for (const Text& row : {
           Text{"Penalty is not enabled for models/gemini-2.5-flash", Feature::penalties},
           Text{"Logprobs is not enabled for models/gemini-2.5-pro", Feature::logprobs},
           Text{"Logprobs is not supported for this model.", Feature::logprobs},
           Text{"Thinking is not enabled for models/gemini-2.0-flash", Feature::thinking},
           Text{"Unable to submit request because thinking is not supported by this model. Learn "
                "more: https://cloud.google.com/vertex-ai/generative-ai/docs/thinking",
                Feature::thinking},
           Text{"Unable to submit request because Thinking_level is not supported by this model.",
                Feature::thinking_level},
           Text{"Thinking level is not supported for this model.", Feature::thinking_level},
           Text{"Thinking budget is not supported for this model.", Feature::thinking_budget},
           Text{"JSON mode is not enabled for models/gemma-3-27b-it", Feature::json_mode},
           Text{"JSON mode is not enabled for this model", Feature::json_mode},
           Text{"Developer instruction is not enabled for models/gemma-3-27b-it", Feature::system},
           Text{"Multiple candidates is not enabled for this model", Feature::candidates},
           Text{"temperature is not supported by this model", Feature::temperature},
           Text{"The parameter `top_k` is not supported by this model.", Feature::top_k},
           Text{"This model does not support topP.", Feature::top_p},
           Text{"Invalid JSON payload received. Unknown name \"presencePenalty\" at "
                "'generation_config': Cannot find field.",
                Feature::presence_penalty},
           Text{"Invalid JSON payload received. Unknown name \"thinkingLevel\" at "
                "'generation_config.thinking_config': Cannot find field.",
                Feature::thinking_level},
           Text{"Invalid JSON payload received. Unknown name \"thinkingConfig\" at "
                "'generation_config': Cannot find field.",
                Feature::thinking},
           Text{"Invalid JSON payload received. Unknown name \"seed\" at 'generation_config': "
                "Cannot find field.",
                Feature::seed},
           Text{"Invalid JSON payload received. Unknown name \"responseLogprobs\" at "
                "'generation_config': Cannot find field.",
                Feature::logprobs},
           Text{"Invalid JSON payload received. Unknown name \"systemInstruction\": Cannot find "
                "field.",
                Feature::system},
       }) {
    INFO(row.message);
    const auto found = find(row.message);
    REQUIRE(found);
    CHECK(found->what == row.what);
    CHECK(found->of_model);
    CHECK_FALSE(found->bounds);
  }
}

TEST_CASE("a value that is not taken says nothing of the model") {
  for (const Text& row : {
           Text{"Unable to submit request because it has a topK value of 100 but the supported "
                "range is from 1 (inclusive) to 65 (exclusive). Update the value and try again.",
                Feature::top_k},
           Text{"The thinking budget 99999 is invalid. Please choose a value between 0 and 24576.",
                Feature::thinking_budget},
           Text{"The thinking budget (52428) is invalid.", Feature::thinking_budget},
           Text{"The model does not support setting thinking_budget to 0.",
                Feature::thinking_budget},
           Text{"Budget 0 is invalid. This model only works in thinking mode.",
                Feature::thinking_budget},
           Text{"Unable to submit request because thinking_budget is out of range; supported "
                "values are integers from 512 to 24576.",
                Feature::thinking_budget},
           Text{"You can only set only one of thinking budget and thinking level.",
                Feature::thinking_budget},
           Text{"Thinking level MINIMAL is not supported for this model. Please retry with other "
                "thinking level.",
                Feature::thinking_level},
           Text{"Thinking_config.include_thoughts is only enabled when thinking is enabled.",
                Feature::include_thoughts},
           Text{"Unable to submit request because it has a temperature value of 1000 but the "
                "supported range is from 0 (inclusive) to 2.0001 (exclusive). Update the value "
                "and try again.",
                Feature::temperature},
           Text{"Unable to submit request because it has a maxOutputTokens value of 100000 but "
                "the supported range is from 1 (inclusive) to 65537 (exclusive). Update the "
                "value and try again.",
                Feature::max_tokens},
           Text{"* GenerateContentRequest.generation_config.top_k: top_k must be in the range [1, "
                "41).\n",
                Feature::top_k},
           Text{"Invalid value at 'generation_config.top_k' (TYPE_INT32), 1.5", Feature::top_k},
           Text{"Invalid value at 'generation_config.seed' (TYPE_INT32), 4294967296",
                Feature::seed},
           Text{"* GenerateContentRequest.generation_config.logprobs: must be between 0 and 5",
                Feature::top_logprobs},
           Text{"* GenerateContentRequest.generation_config.response_mime_type: allowed mimetypes "
                "are `text/plain`.\n",
                Feature::json_mode},
           Text{"Requests ending with a model turn are not supported.", Feature::prefill},
       }) {
    INFO(row.message);
    const auto found = find(row.message);
    REQUIRE(found);
    CHECK(found->what == row.what);
    CHECK_FALSE(found->of_model);
  }
}

TEST_CASE("what holds under a condition, of a value or of a quoted name is no trait of the model") {
  for (const char* message : {
           "Thinking is not enabled for project 12345.",
           "Logprobs is not available on the free tier.",
           "Thinking is not available in your country.",
           "temperature is not supported when thinking is enabled.",
           "Logprobs is not supported when streaming.",
           "stop_sequences are not supported with response_json_schema.",
           "seed is not supported with candidate_count greater than 1.",
           "max_output_tokens is not supported above 8192",
           "* GenerateContentRequest.generation_config.temperature: temperature is not supported: "
           "2.0",
           "`temperature` is not supported",
           "\"temperature\" is not supported for this model.",
           "temperature is not supported as a function name.",
           "top_k is not supported by models that are called this model",
       }) {
    INFO(message);
    const auto found = find(message);
    CHECK((!found || !found->of_model));
  }
}

TEST_CASE("a response type that is named with its value is JSON mode") {
  const auto found = find("responseMimeType application/json is not supported by this model.");
  REQUIRE(found);
  CHECK(found->what == Feature::json_mode);
}

TEST_CASE("what never goes with a model is a trait of it") {
  for (const char* message : {
           "Logprobs is not enabled for models/gemini-2.5-flash",
           "Penalty is not enabled for this model",
           "Thinking is not supported by this model.",
           "seed is not supported",
           "Developer instruction is not enabled for models/gemma-3-27b-it.",
           "top_k is not supported yet.",
           "Logprobs are not supported for model gemini-2.5-flash-lite.",
       }) {
    INFO(message);
    const auto found = find(message);
    REQUIRE(found);
    CHECK(found->of_model);
  }
}

TEST_CASE("the bounds that an error tells") {
  const auto bounds = [](const std::string& message) {
    const auto found = find(message);
    return found && found->bounds ? found->bounds->low + ".." + found->bounds->high : "none";
  };
  CHECK(bounds("Unable to submit request because it has a topK value of 100 but the supported "
               "range is from 1 (inclusive) to 65 (exclusive).") == "1..64");
  CHECK(bounds("Unable to submit request because it has a temperature value of 1000 but the "
               "supported range is from 0 (inclusive) to 2.0001 (exclusive).") == "0..2");
  CHECK(bounds("Unable to submit request because it has a topP value of 0 but the supported "
               "range is from 0 (exclusive) to 1 (inclusive).") == "none");
  CHECK(bounds("Unable to submit request because it has a presencePenalty value of 9 but the "
               "supported range is from -2 (inclusive) to 2 (inclusive).") == "-2..2");
  CHECK(bounds("The thinking budget 99999 is invalid. Please choose a value between 0 and "
               "24576.") == "0..24576");
  CHECK(bounds("Thinking_budget is out of range; supported values are integers from 512 to "
               "24576.") == "512..24576");
  CHECK(bounds("* GenerateContentRequest.generation_config.top_k: top_k must be in the range [1, "
               "41).") == "1..40");
  CHECK(bounds("The thinking budget 7 is invalid, take one from -1 to -1.5.") == "-1..-1.5");
  CHECK(bounds("The thinking budget 7 is invalid, take one from - to 5.") == "none");
  CHECK(bounds("The thinking budget (52428) is invalid.") == "none");
  CHECK(bounds("The thinking budget 1 is invalid: between ten and twenty.") == "none");
  CHECK(bounds("The thinking budget 1 is invalid: between 1 and 99999999999999999999.") == "none");
  CHECK(bounds("The thinking budget 1 is invalid: between 5") == "none");
}

TEST_CASE("downgrades of a schema, a signature or an address") {
  for (const Text& row : {
           Text{"The specified schema produces a constraint that has too many states for serving.",
                Feature::json_schema},
           Text{"A schema in GenerationConfig in the request exceeds the maximum allowed nesting "
                "depth.",
                Feature::json_schema},
           Text{"* GenerateContentRequest.tools[0].function_declarations[0].parameters.properties: "
                "should be non-empty for OBJECT type\n",
                Feature::json_schema},
           Text{"* GenerateContentRequest.tools[0].function_declarations[0].parameters.properties"
                "[url_list].items: missing field.\n",
                Feature::json_schema},
           Text{"* GenerateContentRequest.generation_config.response_schema.properties[a].items: "
                "missing field.\n",
                Feature::json_schema},
           Text{"Invalid JSON payload received. Unknown name \"additionalProperties\" at "
                "'tools[0].function_declarations[1].parameters': Cannot find field.",
                Feature::json_schema},
           Text{"Invalid JSON payload received. Unknown name \"temperature\" at "
                "'tools[0].function_declarations[1].parameters.properties[0].value': Cannot find "
                "field.",
                Feature::json_schema},
           Text{"Invalid JSON payload received. Unknown name \"parametersJsonSchema\" at "
                "'tools[0].function_declarations[0]': Cannot find field.",
                Feature::json_schema},
           Text{"Invalid value at 'tools[0].function_declarations[0].parameters.properties[0]."
                "value.type' (type.googleapis.com/google.ai.generativelanguage.v1beta.Type), "
                "\"thinking budget is invalid\"",
                Feature::json_schema},
           Text{"Request contains an invalid argument.", Feature::json_schema},
           Text{"Unable to submit request because `f` functionDeclaration `parameters.city` schema "
                "didn't specify the schema type field. Learn more: "
                "https://cloud.google.com/vertex-ai/generative-ai/docs/multimodal/function-calling",
                Feature::json_schema},
           Text{"Unable to submit request because `f` functionDeclaration `parameters.x` schema "
                "specified other fields alongside any_of. When using any_of, it must be the only "
                "field set.",
                Feature::json_schema},
           Text{"Unable to submit request because f functionDeclaration parameters.modes schema "
                "specified incorrect schema type field. For schema with enum values, schema type "
                "should not be OBJECT or ARRAY.",
                Feature::json_schema},
           Text{"Unable to submit request because `f` functionDeclaration `parameters` schema "
                "should be of type OBJECT.",
                Feature::json_schema},
           Text{"Unable to submit request because `it's` functionDeclaration `parameters.don't` "
                "schema didn't specify the schema type field.",
                Feature::json_schema},
           Text{"Unable to submit request because function parameters schema should be of type "
                "OBJECT.",
                Feature::json_schema},
           Text{"Unable to submit request because one or more function parameters didn't specify "
                "the schema type field.",
                Feature::json_schema},
           Text{"Unable to submit request because one or more function parameters didn't specify "
                "its type.",
                Feature::json_schema},
           Text{"Unable to submit request because the response schema didn't specify the schema "
                "type field.",
                Feature::json_schema},
           Text{"Corrupted thought signature.", Feature::invalid_signature},
           Text{"Thought signature is not valid", Feature::invalid_signature},
           Text{"Invalid value at 'contents[1].parts[0].thought_signature' (TYPE_BYTES), Base64 "
                "decoding failed for \"x\"",
                Feature::invalid_signature},
           Text{"Function call is missing a thought_signature in functionCall parts. This is "
                "required for tools to work correctly. Additional data, function call "
                "`default_api:temperature` , position 2.",
                Feature::missing_signature},
           Text{"Unable to submit request because function call `get` in the 5. content block is "
                "missing a `thought_signature`.",
                Feature::missing_signature},
           Text{"Image part is missing a thought_signature in content position 2, part position 1.",
                Feature::missing_signature},
           Text{"Cannot fetch content from the provided URL. Please ensure the URL is valid. "
                "Status: URL_ERROR-ERROR_NOT_FOUND",
                Feature::media_url},
           Text{"URL_ROBOTED-ROBOTED_DENIED", Feature::media_url},
           Text{"* GenerateContentRequest.contents[0].parts[1].file_data.file_uri: is not valid",
                Feature::media_url},
           Text{"Function calling with a response mime type: 'application/json' is unsupported",
                Feature::schema_and_tools},
       }) {
    INFO(row.message);
    const auto found = find(row.message);
    REQUIRE(found);
    CHECK(found->what == row.what);
    CHECK_FALSE(found->of_model);
  }
}

TEST_CASE("the field that Google names decides before all words") {
  const std::string message =
      "Invalid JSON payload received. Unknown name \"temperature\" at 'generation_config': Cannot "
      "find field.";
  const auto schema =
      find(message, violation("tools[0].function_declarations[0].parameters.properties[0].value",
                              "Unknown name \"temperature\" at 'tools[0]': Cannot find field."));
  REQUIRE(schema);
  CHECK(schema->what == Feature::json_schema);
  const auto temperature =
      find("Request contains an invalid argument.", violation("generation_config", message));
  REQUIRE(temperature);
  CHECK(temperature->what == Feature::temperature);
  CHECK(temperature->of_model);
  CHECK_FALSE(find("Penalty is not enabled", violation("contents[0].role", "x")));
}

TEST_CASE("names that the caller chose are no words of Google's") {
  for (const char* message : {
           "Duplicate function declaration found: HassClimateSetTemperature",
           "Duplicate function declaration found: temperature",
           "Duplicate function declaration found: thinking_budget",
           "Duplicate function declaration found: url_error",
           "Duplicate function declaration found: schema_invalid",
           "Unable to submit request because `schema type field` functionDeclaration `name` is "
           "too long.",
           "Unable to submit request because function call `x functionDeclaration schema y` has no "
           "response.",
           "Tool `alongside any_of, schema should be of type` was not found.",
           "* GenerateContentRequest.tools[0].function_declarations[0].name: Invalid function "
           "name. topK is not supported",
           "* GenerateContentRequest.tools[0].function_declarations[0].parametersX: x",
           "Tool 'Penalty is not enabled for models/x' was not found.",
           "Function \"thinking budget\" has an \"invalid\" response.",
           "File [corrupted thought signature.png] cannot be read.",
           "Function `missing a thought_signature` is not declared.",
           "Please ensure that function call turn comes immediately after a user turn or after a "
           "function response turn.",
           "The temperature tool says: Logprobs is not enabled for models/x",
           "* GenerateContentRequest.contents[3].parts: contents.parts must not be empty.\n",
       }) {
    INFO(message);
    CHECK_FALSE(find(message));
  }
}

TEST_CASE("a name with line breaks in it tells nothing of the model") {
  const std::string end =
      "\" at 'tools[0].function_declarations[0].parameters': Cannot find field.";
  const std::string begin = "Invalid JSON payload received. Unknown name \"";
  const std::string fake = "topK\" at 'generation_config': Cannot find field.";
  for (const std::string& message : {
           begin + fake + "\n" + end,
           begin + fake + "\n" + begin + "x" + end,
           begin + "x\n" + begin + fake + "\n" + end,
       }) {
    INFO(message);
    const auto found = find(message);
    CHECK((!found || !found->of_model));
  }
  // Without one it cannot hide where it stands.
  const auto found = find(begin + fake + end);
  REQUIRE(found);
  CHECK(found->what == Feature::json_schema);
}

TEST_CASE("errors that no smaller request mends") {
  CHECK_FALSE(find("API key not valid. Please pass a valid API key."));
  CHECK_FALSE(find(""));
  CHECK_FALSE(find("User location is not supported for the API use."));
  CHECK_FALSE(
      find("The input token count (1048577) exceeds the maximum number of tokens allowed "
           "(1048576)."));
  CHECK_FALSE(find("Function calling is not enabled for models/gemma-3-27b-it"));
  CHECK_FALSE(find("Image input modality is not enabled for models/gemini-2.0-flash-lite"));
  CHECK_FALSE(find("This model only supports text output."));
  const std::string no =
      R"({"error":{"code":429,"message":"Penalty is not enabled for models/x"}})";
  CHECK(gemini::find_downgrade(400, no));
  CHECK_FALSE(gemini::find_downgrade(429, no));
  // Only what stands in the error's own message.
  CHECK_FALSE(gemini::find_downgrade(400, "Penalty is not enabled for models/x"));
  CHECK_FALSE(gemini::find_downgrade(400, R"({"message":"Penalty is not enabled for models/x"})"));
  CHECK_FALSE(gemini::find_downgrade(400, R"({"error":"Penalty is not enabled for models/x"})"));
  CHECK_FALSE(gemini::find_downgrade(400, ""));
  CHECK(gemini::find_downgrade(400, "[" + no + "]"));
}
