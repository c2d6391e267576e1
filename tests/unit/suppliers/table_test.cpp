#include "suppliers/table.h"

#include "json/tree.h"
#include "native/catch.h"
#include "suppliers/document.h"
#include "suppliers/read_suppliers.h"

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <string_view>

using namespace llmproxy;

namespace {

// Without what only people read.
json::Tree without_notes(const json::Tree& value) {
  json::Tree out = value;
  if (out.is_object()) {
    json::erase(out, "note");
    json::erase(out, "sources");
  }
  for (auto& inner : out) {
    inner = inner.is_structured() ? without_notes(inner) : inner;
  }
  return out;
}

}  // namespace

TEST_CASE("what is compiled in is suppliers.json as it stands, and is read without an error") {
  std::ifstream file(LLMPROXY_TESTS_DIR "/../wasm/suppliers/suppliers.json");
  std::ostringstream stream;
  stream << file.rdbuf();
  const std::string text = stream.str();
  const json::Tree whole = json::read_tree(text);
  REQUIRE(whole.is_object());
  CHECK(without_notes(json::read_tree(suppliers::document())) == without_notes(whole));
  CHECK(suppliers::document().size() < text.size() * 3 / 4);
  for (const std::string_view document : {suppliers::document(), std::string_view(text)}) {
    auto rows = suppliers::read_suppliers(document);
    INFO((rows ? std::string() : rows.error().message));
    CHECK(rows);
  }
}

TEST_CASE(
    "models that are nobody's go to one supplier, and one is played while the Worker starts") {
  CHECK(suppliers::built_in().find_default()->name == "openai");
  CHECK(suppliers::built_in().find_warm_up()->name == "gemini");
}

TEST_CASE("what base URLs have in their paths") {
  for (const char* segment : {"v1", "v1beta", "openai"}) {
    CHECK(suppliers::built_in().is_base_segment(segment));
  }
  for (const char* segment : {"v2", "models", "groq", ""}) {
    CHECK_FALSE(suppliers::built_in().is_base_segment(segment));
  }
}

TEST_CASE("suppliers are found by name in any case") {
  REQUIRE(suppliers::built_in().find("Gemini")->name == "gemini");
  REQUIRE(suppliers::built_in().find("GROQ")->name == "groq");
  REQUIRE(suppliers::built_in().find("open") == nullptr);
  REQUIRE(suppliers::built_in().names() == "gemini, groq, openai");
}

TEST_CASE("models that are plainly a supplier's") {
  REQUIRE(suppliers::built_in().find_by_model("gemini-2.5-flash")->name == "gemini");
  REQUIRE(suppliers::built_in().find_by_model("models/gemini-2.5-flash")->name == "gemini");
  REQUIRE(suppliers::built_in().find_by_model("gemma-3-27b-it")->name == "gemini");
  REQUIRE(suppliers::built_in().find_by_model("llama-3.1-8b-instant")->name == "groq");
  REQUIRE(suppliers::built_in().find_by_model("openai/gpt-oss-120b")->name == "groq");
  for (const char* model : {"canopylabs/orpheus-v1-english", "allam-2-7b", "playai-tts",
                            "distil-whisper-large-v3-en", "gemma2-9b-it", "compound-beta-mini",
                            "llama3-70b-8192", "deepseek-r1-distill-llama-70b", "qwen-qwq-32b"}) {
    INFO(model);
    CHECK(suppliers::built_in().find_by_model(model)->name == "groq");
  }
  for (const char* model : {"models/text-embedding-004", "text-embedding-004",
                            "imagen-4.0-generate-001", "nano-banana-pro-preview", "aqa"}) {
    INFO(model);
    CHECK(suppliers::built_in().find_by_model(model)->name == "gemini");
  }
  REQUIRE(suppliers::built_in().find_by_model("gpt-4o") == nullptr);
  REQUIRE(suppliers::built_in().find_by_model("text-embedding-3-small") == nullptr);
  REQUIRE(suppliers::built_in().find_by_model("my-gemini-2") == nullptr);
}

// The complete list of hosts the Worker can reach without being configured.
TEST_CASE("keys go to the suppliers' own hosts and no others") {
  std::set<std::string> hosts;
  for (const suppliers::Supplier& supplier : suppliers::built_in().all()) {
    hosts.insert(std::string(supplier.base_url));
  }
  REQUIRE(hosts == std::set<std::string>{"https://api.groq.com/openai/v1",
                                         "https://api.openai.com/v1",
                                         "https://generativelanguage.googleapis.com/v1beta"});
}

TEST_CASE("every supplier has a folder of cases") {
  for (const suppliers::Supplier& supplier : suppliers::built_in().all()) {
    INFO(supplier.name);
    CHECK(std::filesystem::is_directory(std::string(LLMPROXY_TESTS_DIR "/cases/") +
                                        std::string(supplier.name)));
  }
}
