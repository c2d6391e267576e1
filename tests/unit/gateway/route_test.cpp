#include "gateway/route.h"

#include "native/catch.h"

#include <string>

using namespace llmproxy;
using gateway::Endpoint;

namespace {

// Endpoint and supplier as text; "404" and "400" for errors.
std::string route(const std::string& method, const std::string& path,
                  const std::string& header = "") {
  std::string text = method + "\nhttps://x.test" + path + "\n" + header;
  const auto head = http::RequestHead::parse(text);
  auto found = gateway::find_route(head);
  if (!found) {
    return std::to_string(found.error().http_status());
  }
  switch (found->endpoint) {
    case Endpoint::index:
      return "index";
    case Endpoint::health:
      return "health";
    case Endpoint::preflight:
      return "preflight";
    case Endpoint::chat:
      break;
  }
  return "chat " + std::string(found->supplier != nullptr ? found->supplier->name : "by model");
}

}  // namespace

TEST_CASE("the routes") {
  for (const char* path : {"/chat/completions", "/v1/chat/completions", "/v1", "/"}) {
    INFO(path);
    CHECK(route("POST", path) == "chat by model");
    CHECK(route("POST", path, "supplier: groq\n") == "chat groq");
  }
  CHECK(route("POST", "/v2/gemini/chat/completions") == "chat gemini");
  CHECK(route("POST", "/v2/gemini/v1/chat/completions") == "chat gemini");
  CHECK(route("POST", "/v2/openai", "supplier: groq\n") == "chat openai");
  CHECK(route("GET", "/") == "index");
  CHECK(route("HEAD", "/") == "index");
  CHECK(route("GET", "/health") == "health");
  CHECK(route("OPTIONS", "/anything/at/all") == "preflight");
}

TEST_CASE("base URLs as people paste them") {
  for (const char* path :
       {"/v1/v1/chat/completions", "//v1//chat/completions", "/v1/chat/completions/",
        "/v1/chat/completions/chat/completions", "/chat/completions/v1/chat/completions", "/v1/",
        "/v1/models/chat/completions", "/v1/chat/completions?key=x"}) {
    INFO(path);
    CHECK(route("POST", path) == "chat by model");
  }
  CHECK(route("POST", "/v2/groq/") == "chat groq");
  CHECK(route("POST", "/v2/groq/v1/v1/chat/completions/") == "chat groq");
  CHECK(route("POST", "/v2/Groq/chat/completions") == "chat groq");
}

TEST_CASE("a supplier is never guessed") {
  CHECK(route("POST", "/v1", "supplier:  GeMini \n") == "chat gemini");
  CHECK(route("POST", "/v1", "supplier: gemni\n") == "400");
  CHECK(route("POST", "/v1", "supplier: \n") == "400");
  CHECK(route("POST", "/v2/gemni/chat/completions") == "400");
  CHECK(route("POST", "/v2/") == "404");
  CHECK(route("POST", "/openai/v1/chat/completions") == "404");
}

TEST_CASE("anything else is a 404") {
  for (const char* path :
       {"/v1/embeddings", "/v1/chat", "/v3/chat/completions", "/v1/models", "/favicon.ico"}) {
    INFO(path);
    CHECK(route("POST", path) == "404");
    CHECK(route("GET", path) == "404");
  }
  CHECK(route("GET", "/v1/chat/completions") == "404");
  CHECK(route("DELETE", "/") == "404");
  CHECK(route("POST", "/health") == "404");
}
