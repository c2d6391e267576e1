#include "policy/route.h"

#include "native/catch.h"

#include <string>

using namespace llmproxy;
using policy::Endpoint;

namespace {

// Endpoint and supplier as text; "404" and "400" for errors.
std::string route(const std::string& method, const std::string& path,
                  const std::string& header = "") {
  std::string text = method + "\nhttps://x.test" + path + "\n" + header;
  const auto head = http::RequestHead::parse(text);
  policy::Route found;
  if (Status status = policy::find_route(head, suppliers::built_in(), found); !status) {
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

TEST_CASE("a supplier that is named is that one or an error") {
  CHECK(route("POST", "/v1", "supplier:  GeMini \n") == "chat gemini");
  CHECK(route("POST", "/v1", "supplier: gemni\n") == "400");
  CHECK(route("POST", "/v1", "supplier: \n") == "400");
  CHECK(route("POST", "/v2/gemni/chat/completions") == "400");
  CHECK(route("POST", "/v2/") == "404");
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
  CHECK(route("DELETE", "/v2/gemini/files/x") == "404");
}

TEST_CASE("paths that SDKs and base URLs of a supplier bring along") {
  CHECK(route("POST", "/v2/groq/openai/v1/chat/completions") == "chat groq");
  CHECK(route("POST", "/v2/groq/openai/v1/openai/v1/chat/completions") == "chat groq");
  CHECK(route("POST", "/v2/groq/v1/openai/v1") == "chat groq");
  CHECK(route("GET", "/v2/groq/openai/v1/models") == "models groq");
  CHECK(route("GET", "/v2/groq/openai/v1/models/qwen/qwen3-32b") == "models/qwen/qwen3-32b groq");
  CHECK(route("POST", "/v2/groq/openai/v1/audio/transcriptions") == "audio/transcriptions groq");
  CHECK(route("POST", "/v2/groq/openai/v1/responses") == "responses groq");
  CHECK(route("POST", "/openai/v1/chat/completions", "supplier: groq\n") == "chat groq");
  CHECK(route("POST", "/v2/gemini/v1beta/openai/chat/completions") == "chat gemini");
  CHECK(route("POST", "/v2/gemini/v1beta/openai/v1/chat/completions") == "chat gemini");
  CHECK(route("POST", "/v2/gemini/v1beta/openai/") == "chat gemini");
  CHECK(route("GET", "/v2/gemini/v1beta/openai/models") == "models gemini");
  CHECK(route("POST", "/v2/gemini/v1beta/openai/embeddings") == "embeddings gemini");
  // The same in part, of one supplier's under another's name, and where none is named.
  CHECK(route("POST", "/v2/groq/openai/chat/completions") == "chat groq");
  CHECK(route("POST", "/v2/openai/openai/v1/chat/completions") == "chat openai");
  CHECK(route("POST", "/v2/openai/openai/v1/responses?x=1") == "responses?x=1 openai");
  CHECK(route("POST", "/v2/openai/v1beta/openai/embeddings") == "embeddings openai");
  CHECK(route("POST", "/v2/gemini/openai/chat/completions") == "chat gemini");
  CHECK(route("POST", "/v2/gemini/openai/v1/chat/completions") == "chat gemini");
  CHECK(route("GET", "/v2/gemini/v1beta/models") == "models gemini");
  CHECK(route("GET", "/v2/gemini/v1beta/openai/models/gemini-2.5-pro") ==
        "models/gemini-2.5-pro gemini");
  CHECK(route("POST", "/v1beta/openai/chat/completions") == "chat by model");
  CHECK(route("POST", "/v1beta/openai/chat/completions", "supplier: gemini\n") == "chat gemini");
  CHECK(route("POST", "/openai/v1/chat/completions") == "chat by model");
  CHECK(route("GET", "/openai/v1/models") == "models by model");
  // Google's own API is not offered.
  CHECK(route("POST", "/v2/gemini/v1beta/models/gemini-2.5-pro:generateContent") == "405");
}

TEST_CASE("a known path is that one where its slashes are escaped") {
  CHECK(route("POST", "/v2/openai/chat%2Fcompletions") == "chat openai");
  CHECK(route("POST", "/v2/groq/openai%2fv1%2fchat%2fcompletions") == "chat groq");
  CHECK(route("POST", "/v2/gemini/v1/audio%2Fspeech") == "audio/speech gemini");
  CHECK(route("GET", "/v2/groq/v1%2Fmodels%2Fqwen%2Fqwen3-32b") == "models/qwen/qwen3-32b groq");
  CHECK(route("GET", "/v2/openai/models/tunedModels%2Fx") == "models/tunedModels/x openai");
  CHECK(route("DELETE", "/v2/openai/chat%2Fcompletions") == "405");
}

TEST_CASE("a path stays under the supplier's base URL") {
  for (const char* path :
       {"/v2/openai/../../x", "/v2/openai/%2e%2e/%2E%2E/x", "/v2/openai/..%2f..%2fx",
        "/v2/openai/..\\x", "/v2/openai/%5c..%5cx", "/v2/openai/%252e%252e/x", "/v2/openai/files/.",
        "/v2/groq/openai/v1/../x", "/v2/gemini/models/..%2f..%2fx",
        "/v2/openai/models/a%2F..%2Fb"}) {
    for (const char* method : {"GET", "POST", "DELETE", "HEAD"}) {
      INFO(method << " " << path);
      CHECK(route(method, path) == "400");
    }
    INFO(path);
    CHECK(route("POST", path, "supplier: openai\n") == "400");
  }
  CHECK(route("GET", "/v2/openai/files/a%2Fb%3Fc%23d") == "files/a%2Fb%3Fc%23d openai");
  CHECK(route("GET", "/v2/openai/files/a%20b") == "files/a%20b openai");
}

TEST_CASE("the id of a model is decoded once") {
  CHECK(route("GET", "/v2/gemini/models/models%2Fgemini-2.5-flash") ==
        "models/models/gemini-2.5-flash gemini");
  CHECK(route("GET", "/v2/groq/models/qwen%2Fqwen3-32b") == "models/qwen/qwen3-32b groq");
  CHECK(route("GET", "/v2/openai/models/ft%3Agpt-4o%3Aorg%3A%3Aid") ==
        "models/ft:gpt-4o:org::id openai");
}

TEST_CASE("a secret in the query stays here, whatever its name") {
  for (const char* name :
       {"key", "KEY", "k%65y", "api_key", "api-key", "apikey", "apiKey", "API%5FKEY", "x-api-key",
        "x-goog-api-key", "access_token", "accessToken", "token", "auth_token", "authorization",
        "bearer", "client_secret", "password", "subscription-key"}) {
    INFO(name);
    CHECK(route("GET", std::string("/v2/openai/files?limit=2&") + name + "=s3cret&after=x") ==
          "files?limit=2&after=x openai");
    CHECK(route("GET", std::string("/v2/openai/files?") + name + "=s3cret") == "files openai");
    CHECK(route("GET", std::string("/v2/openai/files?") + name) == "files openai");
  }
  for (const char* name :
       {"openai_key",    "api_key1",      "refresh_token",  "user_token",    "private_key",
        "jwt",           "sig",           "Signature",      "auth.key",      "user_key",
        "api_key[0]",    "api_key[]",     "api_key%5B0%5D", "keys[a]",       "%2574oken",
        "%25252574oken", "x%2Dapi%2Dkey", "key%3Dx",        "session-token", "oauth"}) {
    INFO(name);
    CHECK(route("GET", std::string("/v2/openai/files?limit=2&") + name + "=s3cret&after=x") ==
          "files?limit=2&after=x openai");
  }
  CHECK(route("GET", "/v2/openai/files?a=1;key=x") == "files?a=1 openai");
  CHECK(route("GET", "/v2/openai/files?a=1;b=2;key=x&c=3") == "files?a=1;b=2&c=3 openai");
  for (const char* field : {"after=x",          "limit=2",           "order=asc",
                            "before=x",         "include[]=a",       "include%5B%5D=b",
                            "starting_after=x", "max_tokens=5",      "purpose=x",
                            "page_token=x",     "next_page_token=x", "prompt_cache_key=x",
                            "model=gpt-5",      "bucket_width=1d",   "group_by[]=model",
                            "project_ids[]=x",  "api_key_ids[]=x",   "metadata[user_key]=x",
                            "token_type=x",     "stream=true",       "config=x",
                            "author=x",         "design=x",          "variant=thumbnail",
                            "sort_key=x"}) {
    INFO(field);
    CHECK(route("GET", std::string("/v2/openai/files?") + field) ==
          std::string("files?") + field + " openai");
  }
  CHECK(route("GET", "/v2/openai/organization/usage/costs?api_key_ids%5B%5D=a&page_token=b") ==
        "organization/usage/costs?api_key_ids%5B%5D=a&page_token=b openai");
}

TEST_CASE("anything else is a 404") {
  for (const char* path : {"/v1/chat", "/v3/chat/completions", "/favicon.ico", "/openai/v1/x"}) {
    INFO(path);
    CHECK(route("POST", path) == "404");
    CHECK(route("GET", path) == "404");
  }
}

TEST_CASE("a known path with another method is a 405 that names those it takes") {
  const auto allowed = [](const std::string& method, const std::string& path) {
    const std::string text = method + "\nhttps://x.test" + path + "\n";
    const auto head = http::RequestHead::parse(text);
    policy::Route found;
    Status status = policy::find_route(head, suppliers::built_in(), found);
    if (status || status.error().http_status() != 405) {
      return std::string("no 405");
    }
    return std::string(status.error().allow);
  };
  CHECK(allowed("GET", "/v1/chat/completions") == "POST, OPTIONS");
  CHECK(allowed("GET", "/v1/v1/embeddings/") == "POST, OPTIONS");
  CHECK(allowed("GET", "/v1") == "POST, OPTIONS");
  CHECK(allowed("PUT", "/v2/gemini/chat/completions") == "POST, OPTIONS");
  CHECK(allowed("GET", "/v2/gemini/v1beta/openai/chat/completions") == "POST, OPTIONS");
  CHECK(allowed("POST", "/v1/models") == "GET, OPTIONS");
  CHECK(allowed("DELETE", "/v2/gemini/models/x") == "GET, OPTIONS");
  CHECK(allowed("DELETE", "/") == "GET, HEAD, POST, OPTIONS");
  CHECK(allowed("POST", "/health") == "GET, HEAD, OPTIONS");
  // What is passed on has methods of its own; one that would send the key back is none of them.
  CHECK(allowed("TRACE", "/v2/openai/chat/completions") == "GET, POST, OPTIONS");
  CHECK(allowed("TRACE", "/v2/groq/files") == "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
  CHECK(allowed("TRACE", "/v2/gemini/chat/completions") == "POST, OPTIONS");
  for (const char* method : {"HEAD", "PUT", "DELETE", "PATCH"}) {
    INFO(method);
    CHECK(allowed(method, "/v2/openai/chat/completions") == "GET, POST, OPTIONS");
    CHECK(allowed(method, "/v2/openai/v1/chat/completions/") == "GET, POST, OPTIONS");
    CHECK(allowed(method, "/v2/groq/chat/completions") == "POST, OPTIONS");
    CHECK(allowed(method, "/v2/openai/embeddings") == "POST, OPTIONS");
  }
  CHECK(allowed("GET", "/v2/groq/openai/v1/chat/completions") == "POST, OPTIONS");
  CHECK(allowed("GET", "/v2/openai") == "POST, OPTIONS");
  CHECK(allowed("GET", "/v2/openai/audio/speech") == "POST, OPTIONS");
  CHECK(allowed("POST", "/v2/openai/models") == "GET, HEAD, OPTIONS");
  CHECK(allowed("PUT", "/v2/groq/models/x") == "GET, HEAD, DELETE, OPTIONS");
  // OpenAI lists the completions that it stored, and gives, changes and deletes each.
  CHECK(route("GET", "/v2/openai/chat/completions") == "chat/completions openai");
  CHECK(route("GET", "/v2/openai/v1/chat/completions/chat/completions?limit=2&key=x") ==
        "chat/completions?limit=2 openai");
  for (const char* method : {"GET", "POST", "DELETE"}) {
    INFO(method);
    CHECK(route(method, "/v2/openai/chat/completions/chatcmpl-1") ==
          "chat/completions/chatcmpl-1 openai");
  }
  CHECK(route("GET", "/v2/openai/chat/completions/chatcmpl-1/messages") ==
        "chat/completions/chatcmpl-1/messages openai");
  CHECK(route("DELETE", "/v2/openai/models/ft:x") == "models/ft:x openai");
}
