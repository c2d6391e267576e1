#include "policy/supplier_choice.h"

#include "native/catch.h"

#include <string>

using namespace llmproxy;

namespace {

std::string choose(const std::string& named, const std::string& model, bool by_model = true) {
  const suppliers::Table& table = suppliers::built_in();
  policy::Route route;
  route.supplier = table.find(named);
  auto chosen = policy::choose_supplier(route, model, by_model, table);
  return chosen ? (*chosen)->name : std::to_string(chosen.error().http_status());
}

}  // namespace

TEST_CASE("the supplier that is named answers, whatever the model is") {
  CHECK(choose("groq", "gemini-2.5-flash") == "groq");
  CHECK(choose("gemini", "gpt-5", false) == "gemini");
}

TEST_CASE("without a name it is the one whose model it plainly is") {
  CHECK(choose("", "gemini-2.5-flash") == "gemini");
  CHECK(choose("", "gpt-5") == "openai");
  CHECK(choose("", "a model of nobody's") == "openai");
}

TEST_CASE("where models do not choose, one has to be named") {
  CHECK(choose("", "gemini-2.5-flash", false) == "400");
}
