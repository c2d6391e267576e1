#include "native/catch.h"
#include "suppliers/supplier.h"

#include <filesystem>
#include <set>
#include <string>

using namespace llmproxy;

TEST_CASE("suppliers are found by name in any case") {
  REQUIRE(suppliers::find("Gemini")->name == "gemini");
  REQUIRE(suppliers::find("GROQ")->name == "groq");
  REQUIRE(suppliers::find("open") == nullptr);
  REQUIRE(suppliers::names() == "gemini, groq, openai");
}

TEST_CASE("models that are plainly a supplier's") {
  REQUIRE(suppliers::find_by_model("gemini-2.5-flash")->name == "gemini");
  REQUIRE(suppliers::find_by_model("models/gemini-2.5-flash")->name == "gemini");
  REQUIRE(suppliers::find_by_model("gemma-3-27b-it")->name == "gemini");
  REQUIRE(suppliers::find_by_model("llama-3.1-8b-instant")->name == "groq");
  REQUIRE(suppliers::find_by_model("openai/gpt-oss-120b")->name == "groq");
  for (const char* model : {"canopylabs/orpheus-v1-english", "allam-2-7b", "playai-tts",
                            "distil-whisper-large-v3-en", "gemma2-9b-it", "compound-beta-mini",
                            "llama3-70b-8192", "deepseek-r1-distill-llama-70b", "qwen-qwq-32b"}) {
    INFO(model);
    CHECK(suppliers::find_by_model(model)->name == "groq");
  }
  for (const char* model : {"models/text-embedding-004", "text-embedding-004",
                            "imagen-4.0-generate-001", "nano-banana-pro-preview", "aqa"}) {
    INFO(model);
    CHECK(suppliers::find_by_model(model)->name == "gemini");
  }
  REQUIRE(suppliers::find_by_model("gpt-4o") == nullptr);
  REQUIRE(suppliers::find_by_model("text-embedding-3-small") == nullptr);
  REQUIRE(suppliers::find_by_model("my-gemini-2") == nullptr);
}

// The complete list of hosts the Worker can reach without being configured.
TEST_CASE("keys go to the suppliers' own hosts and no others") {
  std::set<std::string> hosts;
  for (const suppliers::Supplier& supplier : suppliers::all()) {
    hosts.insert(std::string(supplier.base_url));
  }
  REQUIRE(hosts == std::set<std::string>{"https://api.groq.com/openai/v1",
                                         "https://api.openai.com/v1",
                                         "https://generativelanguage.googleapis.com/v1beta"});
}

TEST_CASE("every supplier has a folder of cases") {
  for (const suppliers::Supplier& supplier : suppliers::all()) {
    INFO(supplier.name);
    CHECK(std::filesystem::is_directory(std::string(LLMPROXY_TESTS_DIR "/cases/") +
                                        std::string(supplier.name)));
  }
}
