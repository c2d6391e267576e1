#include "dialects/openai_chat/signed_id.h"

#include "base/hash.h"
#include "base/limits.h"
#include "base/text.h"

#include <algorithm>
#include <array>
#include <utility>

namespace llmproxy::openai_chat {

namespace {

constexpr std::string_view kOurs = "__ts_";
constexpr std::string_view kLiteLlm = "__thought__";

constexpr char kEscape = '_';
// What there is in base64 beside letters and digits, in both alphabets.
// https://www.rfc-editor.org/rfc/rfc4648#section-4 and #section-5
constexpr std::array kEscapes = std::to_array<std::pair<char, char>>({
    {'+', 'p'},
    {'/', 's'},
    {'=', 'e'},
    {'-', 'm'},
    {'_', 'u'},
});

bool is_letter_or_digit(char c) {
  return is_digit(c) || (to_lower(c) >= 'a' && to_lower(c) <= 'z');
}

// False when `c` is none of base64.
bool encode(char c, std::string& out) {
  if (is_letter_or_digit(c)) {
    out.push_back(c);
    return true;
  }
  for (const auto& [plain, escaped] : kEscapes) {
    if (c == plain) {
      out.push_back(kEscape);
      out.push_back(escaped);
      return true;
    }
  }
  return false;
}

char unescape(char c) {
  for (const auto& [plain, escaped] : kEscapes) {
    if (c == escaped) {
      return plain;
    }
  }
  return c;
}

std::string decode(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escaped = text[i] == kEscape && i + 1 < text.size();
    out.push_back(escaped ? unescape(text[++i]) : text[i]);
  }
  return out;
}

IdSignature read_ours(std::string_view text) {
  if (text.size() <= kHashDigits) {
    return {{}, true};
  }
  IdSignature out{decode(text.substr(kHashDigits)), false};
  if (hash_digits(out.signature) != text.substr(0, kHashDigits)) {
    return {{}, true};
  }
  return out;
}

// No base64 has a length like this.
bool is_cut(std::string_view base64) {
  return base64.size() % 4 == 1;
}

}  // namespace

std::size_t size_of_id(std::string_view raw) {
  return std::min({raw.find(kOurs), raw.find(kLiteLlm), raw.size()});
}

std::string sign_id(std::string_view id, const json::String& signature) {
  if (signature.empty() || signature.raw.size() > kMaxSignatureInId) {
    return std::string(id);
  }
  const std::string text = signature.decode();
  std::string out = concat({id, kOurs, hash_digits(text)});
  for (const char c : text) {
    if (!encode(c, out)) {
      return std::string(id);
    }
  }
  return out;
}

IdSignature read_signature(const json::String& id) {
  const std::size_t size = size_of_id(id.raw);
  if (size == id.raw.size()) {
    return {};
  }
  const std::string text = json::String{id.raw.substr(size), id.has_escapes}.decode();
  if (text.starts_with(kOurs)) {
    return read_ours(std::string_view(text).substr(kOurs.size()));
  }
  std::string signature = text.substr(kLiteLlm.size());
  return is_cut(signature) ? IdSignature{{}, true} : IdSignature{std::move(signature), false};
}

}  // namespace llmproxy::openai_chat
