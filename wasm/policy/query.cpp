#include "policy/query.h"

#include "base/percent.h"
#include "base/text.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace llmproxy::policy {
namespace {

// The name of a field out of its escapes, which some clients apply twice.
std::string decode_name(std::string_view field) {
  constexpr int kMostTimes = 4;
  std::string name(field.substr(0, field.find('=')));
  for (int i = 0; i < kMostTimes && contains(name, "%"); ++i) {
    std::string decoded;
    percent_decode(name, decoded);
    name = std::move(decoded);
  }
  return name.substr(0, name.find('='));
}

// "Api-Key", "api_key", "apikey", "api_key1" and "api_key[0]" are one.
std::string bare_name(std::string_view name) {
  std::string out;
  for (const char c : lower(name)) {
    if ((c >= 'a' && c <= 'z') || is_digit(c)) {
      out.push_back(c);
    }
  }
  while (!out.empty() && is_digit(out.back())) {
    out.pop_back();
  }
  return out;
}

template <typename List>
bool ends_with_any(std::string_view text, const List& endings) {
  return std::any_of(endings.begin(), endings.end(),
                     [&](std::string_view ending) { return text.ends_with(ending); });
}

// A secret is told by how its name ends, as everybody puts other words in front of the same few
// ("vendor_key", "refresh_token", "auth.key"). Names that end in more than that say something
// about a secret, and are asked for ("api_key_ids"); so are numbers of tokens ("max_tokens").
bool is_secret(std::string_view bare) {
  constexpr std::array kEndings = std::to_array<std::string_view>(
      {"key",           "keys",     "token",     "accesstokens", "auth",
       "authorization", "bearer",   "secret",    "secrets",      "credential",
       "credentials",   "password", "passwords", "passwd",       "passphrase",
       "pwd",           "jwt",      "sig",       "signature",    "hmac"});
  // Where a page begins and what a list is sorted by; and the keys of caches and of repetitions.
  constexpr std::array kOthers = std::to_array<std::string_view>(
      {"pagetoken", "nexttoken", "continuationtoken", "cursortoken", "synctoken", "stoptoken",
       "cachekey", "sortkey", "orderkey", "groupkey", "partitionkey", "idempotencykey", "startkey",
       "endkey", "monkey"});
  return ends_with_any(bare, kEndings) && !ends_with_any(bare, kOthers);
}

// The names inside of `metadata[…]` are the caller's own words, for what it stored under them.
// https://platform.openai.com/docs/api-reference/chat/list
bool names_secret(std::string_view field) {
  const std::string name = decode_name(field);
  const std::string_view outer = std::string_view(name).substr(0, name.find('['));
  const bool inside = outer.size() < name.size() && !equals_ignoring_case(outer, "metadata");
  return is_secret(bare_name(outer)) || (inside && is_secret(bare_name(name)));
}

}  // namespace

std::string query_without_secrets(std::string_view url) {
  const std::size_t begin = url.find('?');
  std::string out;
  std::string_view rest = begin == std::string_view::npos ? "" : url.substr(begin + 1);
  rest = rest.substr(0, rest.find('#'));
  // Some servers take a semicolon for an ampersand.
  // https://www.w3.org/TR/html401/appendix/notes.html#h-B.2.2
  std::string_view separator = "&";
  while (!rest.empty()) {
    const std::string_view field = rest.substr(0, rest.find_first_of("&;"));
    if (!field.empty() && !names_secret(field)) {
      out.append(out.empty() ? "?" : separator).append(field);
    }
    rest.remove_prefix(field.size());
    separator = rest.substr(0, 1);
    rest.remove_prefix(separator.size());
  }
  return out;
}

}  // namespace llmproxy::policy
