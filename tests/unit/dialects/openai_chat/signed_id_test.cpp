#include "dialects/openai_chat/signed_id.h"

#include "base/limits.h"
#include "native/catch.h"

#include <algorithm>
#include <cctype>
#include <string>

using namespace llmproxy;

namespace {

std::string sign(const std::string& id, const std::string& signature) {
  return openai_chat::sign_id(id, {signature, signature.find('\\') != std::string::npos});
}

openai_chat::IdSignature read(const std::string& id) {
  return openai_chat::read_signature({id, false});
}

bool is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

}  // namespace

TEST_CASE("what goes into an id comes out of it") {
  const std::string signature = "Cv+/ab==-_p_s09AZ";
  const std::string id = sign("call_a", signature);
  CHECK(std::all_of(id.begin(), id.end(), is_word));
  CHECK(id.substr(0, openai_chat::size_of_id(id)) == "call_a");
  CHECK(read(id).signature == signature);
  CHECK_FALSE(read(id).damaged);
  // In JSON an equals sign may be written by its number, as Google does.
  CHECK(sign("call_a", "ab\\u003d\\u003d") == sign("call_a", "ab=="));
}

TEST_CASE("an id without a signature is an id") {
  CHECK(sign("call_a", "") == "call_a");
  CHECK(sign("call_a", "not base64") == "call_a");
  CHECK(sign("call_a", std::string(kMaxSignatureInId + 1, 'a')) == "call_a");
  CHECK(openai_chat::size_of_id("call_a") == 6);
  CHECK(read("call_a").signature.empty());
  CHECK_FALSE(read("call_a").damaged);
}

TEST_CASE("an id that was cut or changed has no signature, and is still the same id") {
  const std::string id = sign("call_0123456789abcdefghijklmn", "Cv8BARFNMg+/abcdefghijklmnopqrs==");
  const std::size_t begin = openai_chat::size_of_id(id);
  for (std::size_t size = begin + 5; size < id.size(); ++size) {
    const std::string cut = id.substr(0, size);
    CHECK(openai_chat::size_of_id(cut) == begin);
    CHECK(read(cut).signature.empty());
    CHECK(read(cut).damaged);
  }
  for (std::size_t at = begin + 5; at < id.size(); ++at) {
    std::string changed = id;
    changed[at] = changed[at] == 'x' ? 'y' : 'x';
    CHECK(read(changed).signature.empty());
    CHECK(read(changed).damaged);
  }
}

TEST_CASE("LiteLLM's ids are read") {
  const std::string id = "call_a__thought__ab+/cd==";
  CHECK(openai_chat::size_of_id(id) == 6);
  CHECK(read(id).signature == "ab+/cd==");
  CHECK(openai_chat::read_signature({"call_a__thought__ab\\/cd\\u003d", true}).signature ==
        "ab/cd=");
  CHECK(read("call_a__thought__abcde").damaged);
}
