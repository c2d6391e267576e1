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
  REQUIRE(suppliers::find_by_model("llama-3.3-70b-versatile")->name == "groq");
  REQUIRE(suppliers::find_by_model("openai/gpt-oss-120b")->name == "groq");
  REQUIRE(suppliers::find_by_model("gpt-4o") == nullptr);
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
