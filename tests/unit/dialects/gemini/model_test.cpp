#include "dialects/gemini/model.h"

#include "native/catch.h"

using namespace llmproxy;
using chat::ReasoningEffort;
using gemini::parse_model;

TEST_CASE("prefixes of the name mean nothing") {
  CHECK(parse_model("models/gemini-2.5-flash").name == "gemini-2.5-flash");
  CHECK(parse_model("google/gemini-2.5-flash").name == "gemini-2.5-flash");
  CHECK(parse_model("gemini/gemini-2.5-flash").name == "gemini-2.5-flash");
}

TEST_CASE("parameters per generation") {
  struct Row {
    const char* name;
    bool sampling, penalties, candidates, prefill, signatures;
  };
  for (const Row& row : {Row{"gemini-1.5-pro", true, true, true, true, false},
                         Row{"gemini-2.0-flash", true, true, true, true, false},
                         Row{"gemini-2.5-flash", true, false, true, true, false},
                         Row{"gemini-3-pro-preview", true, false, false, true, true},
                         Row{"gemini-3.5-flash", true, false, false, true, true},
                         Row{"gemini-3.5-flash-lite", false, false, false, false, true},
                         Row{"gemini-3.8-flash", false, false, false, false, true},
                         Row{"gemini-4-argon", false, false, false, false, true},
                         Row{"gemini-flash-latest", false, false, false, false, true},
                         Row{"gemini-99-new", false, false, false, false, true},
                         Row{"gemma-3-27b-it", true, false, true, true, false}}) {
    INFO(row.name);
    const gemini::Model model = parse_model(row.name);
    for (const gemini::Feature parameter :
         {gemini::Feature::temperature, gemini::Feature::top_p, gemini::Feature::top_k}) {
      CHECK(model.takes(parameter) == row.sampling);
    }
    CHECK(model.takes(gemini::Feature::presence_penalty) == row.penalties);
    CHECK(model.takes(gemini::Feature::frequency_penalty) == row.penalties);
    CHECK(model.candidates == row.candidates);
    CHECK(model.prefill == row.prefill);
    CHECK(model.signatures == row.signatures);
  }
  CHECK_FALSE(parse_model("gemma-3-27b-it").system);
}

TEST_CASE("efforts by model") {
  const auto effort = [](const char* name, ReasoningEffort value) {
    return std::string(gemini::map_effort(parse_model(name), value).value_or("nothing"));
  };
  CHECK(effort("gemini-2.5-pro", ReasoningEffort::none) == "128");
  CHECK(effort("gemini-2.5-flash", ReasoningEffort::none) == "0");
  CHECK(effort("gemini-2.5-flash-lite", ReasoningEffort::medium) == "8192");
  CHECK(effort("gemini-3-pro-preview", ReasoningEffort::medium) == "\"HIGH\"");
  CHECK(effort("gemini-3.1-pro-preview", ReasoningEffort::minimal) == "\"LOW\"");
  CHECK(effort("gemini-3-flash-preview", ReasoningEffort::none) == "\"MINIMAL\"");
  CHECK(effort("gemini-3.6-flash", ReasoningEffort::max) == "\"HIGH\"");
  CHECK(effort("gemini-3.8-flash", ReasoningEffort::minimal) == "\"LOW\"");
  CHECK(effort("gemini-4-hydrogen", ReasoningEffort::xhigh) == "\"XHIGH\"");
  CHECK(effort("gemini-4-argon", ReasoningEffort::minimal) == "\"LOW\"");
  CHECK(effort("gemini-flash-latest", ReasoningEffort::none) == "\"LOW\"");
  CHECK(effort("gemini-2.0-flash", ReasoningEffort::high) == "nothing");
  CHECK(effort("gemma-3-27b-it", ReasoningEffort::high) == "nothing");
  CHECK(effort("gemini-3.1-flash-image", ReasoningEffort::low) == "\"MINIMAL\"");
}
