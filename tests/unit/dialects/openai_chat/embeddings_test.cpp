#include "dialects/openai_chat/embeddings.h"

#include "native/catch.h"

#include <nlohmann/json.hpp>

#include <cmath>
#include <string>
#include <string_view>
#include <vector>

using namespace llmproxy;

namespace {

// The vector as the response has it.
std::string written(const std::vector<std::string_view>& values, bool cut) {
  chat::EmbeddingsRequest request;
  if (cut) {
    request.dimensions = static_cast<std::int64_t>(values.size());
  }
  Buffer out;
  openai_chat::EmbeddingsWriter writer(request, out);
  writer.add(values);
  const std::string_view json = out.view();
  const std::size_t begin = json.rfind('[');
  return std::string(json.substr(begin, json.find(']') + 1 - begin));
}

}  // namespace

TEST_CASE("a vector of the model's own length is passed on as it stands") {
  CHECK(written({"0.010", "-1e-7", "3"}, false) == "[0.010,-1e-7,3]");
}

TEST_CASE("a vector that was cut is brought to length 1") {
  CHECK(written({"3", "-4"}, true) == "[0.6,-0.8]");
  CHECK(written({"0", "5e-3", "0"}, true) == "[0,1,0]");
  CHECK(written({"1", "2e-5"}, true) == "[1,0.00002]");
  CHECK(written({"1", "-3.3333333333e-12"}, true) == "[1,-0.00000000000333333333]");
}

TEST_CASE("a vector without a length is left alone") {
  CHECK(written({"0", "0.0"}, true) == "[0,0.0]");
  CHECK(written({"1e300", "1"}, true) == "[1e300,1]");
  CHECK(written({}, true) == "[]");
}

TEST_CASE("what is written has nine digits") {
  unsigned state = 7;
  std::vector<std::string> texts;
  for (int i = 0; i < 768; ++i) {
    state = state * 1664525U + 1013904223U;
    texts.push_back(std::to_string((static_cast<double>(state) / 4294967296.0 - 0.5) / 10));
  }
  const auto tree = nlohmann::json::parse(written({texts.begin(), texts.end()}, true));
  double length = 0;
  for (const std::string& text : texts) {
    length += std::stod(text) * std::stod(text);
  }
  length = std::sqrt(length);
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const double meant = std::stod(texts[i]) / length;
    CHECK(std::abs(tree[i].get<double>() - meant) <= std::abs(meant) * 5.01e-9);
  }
}
