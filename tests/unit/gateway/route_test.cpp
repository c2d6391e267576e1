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
  gateway::Route found;
  if (Status status = gateway::find_route(head, found); !status) {
    return std::to_string(status.error().http_status());
  }
  switch (found.endpoint) {
    case Endpoint::index:
      return "index";
    case Endpoint::health:
      return "health";
    case Endpoint::preflight:
      return "preflight";
    default:
      break;
  }
  const std::string what = found.endpoint == Endpoint::chat ? "chat" : found.path;
  return what + " " + std::string(found.supplier != nullptr ? found.supplier->name : "by model");
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

TEST_CASE("the other endpoints") {
  CHECK(route("POST", "/v1/embeddings") == "embeddings by model");
  CHECK(route("POST", "/v1/v1/embeddings/") == "embeddings by model");
  CHECK(route("POST", "/v1/chat/completions/embeddings") == "embeddings by model");
  CHECK(route("POST", "/v2/gemini/completions") == "completions gemini");
  CHECK(route("POST", "/v2/gemini/v1/images/generations") == "images/generations gemini");
  CHECK(route("POST", "/v2/groq/audio/transcriptions") == "audio/transcriptions groq");
  CHECK(route("POST", "/audio/speech") == "audio/speech by model");
  CHECK(route("GET", "/v1/models") == "models by model");
  CHECK(route("GET", "/models/") == "models by model");
  CHECK(route("GET", "/v2/gemini/models") == "models gemini");
  CHECK(route("GET", "/v2/gemini/models/models/gemini-2.5-pro") == "models/gemini-2.5-pro gemini");
  CHECK(route("GET", "/v2/groq/models/qwen/qwen3-32b") == "models/qwen/qwen3-32b groq");
}

TEST_CASE("whatever else a supplier of the dialect has is there under its name, and only there") {
  CHECK(route("GET", "/v2/openai/files?limit=2&key=secret&after=x") ==
        "files?limit=2&after=x openai");
  CHECK(route("DELETE", "/v2/openai/v1/files/abc") == "files/abc openai");
  CHECK(route("POST", "/v1/responses", "supplier: groq\n") == "responses groq");
  CHECK(route("POST", "/v1/responses") == "404");
  CHECK(route("POST", "/v2/gemini/files") == "404");
  CHECK(route("DELETE", "/v2/gemini/models/x") == "404");
}

TEST_CASE("anything else is a 404") {
  for (const char* path :
       {"/v1/chat", "/v3/chat/completions", "/favicon.ico", "/openai/v1/models"}) {
    INFO(path);
    CHECK(route("POST", path) == "404");
    CHECK(route("GET", path) == "404");
  }
  CHECK(route("GET", "/v1/chat/completions") == "404");
  CHECK(route("DELETE", "/") == "404");
  CHECK(route("POST", "/health") == "404");
}
