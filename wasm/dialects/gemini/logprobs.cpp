#include "dialects/gemini/logprobs.h"

#include "base/limits.h"
#include "json/lenient.h"

#include <cstddef>
#include <vector>

namespace llmproxy::gemini {
namespace {

// Gemini gives 20 at most.
// https://ai.google.dev/api/generate-content#generationconfig (logprobs)
constexpr std::size_t kMaxAlternatives = 256;
// Tokens and alternatives that are passed on at once.
constexpr std::size_t kHeld = 4096;

chat::TokenLogprob read_token(json::Cursor& cursor) {
  chat::TokenLogprob out{{}, "0"};
  each_member(cursor, [&](const json::String& key) {
    if (key.equals("token")) {
      read_text(cursor, out.token);
    } else if (key.equals("logProbability") && cursor.kind() == json::Kind::number) {
      cursor.read_number(out.logprob);
    } else {
      cursor.skip_value();
    }
  });
  return out;
}

// One more than kMaxAlternatives at most.
void add_alternative(json::Cursor& cursor, std::vector<chat::TokenLogprob>& out) {
  if (out.size() <= kMaxAlternatives) {
    out.push_back(read_token(cursor));
  } else {
    cursor.skip_value();
  }
}

// {"candidates": […]}. False: there are too many.
bool read_alternatives(json::Cursor& cursor, std::vector<chat::TokenLogprob>& out) {
  each_member(cursor, [&](const json::String& key) {
    if (key.equals("candidates")) {
      each_element(cursor, [&] { add_alternative(cursor, out); });
    } else {
      cursor.skip_value();
    }
  });
  return out.size() <= kMaxAlternatives;
}

}  // namespace

bool read_logprobs(std::string_view result, std::uint32_t choice, chat::EventSink& sink) {
  std::string_view chosen;
  std::string_view alternatives;
  json::Cursor members(result);
  each_member(members, [&](const json::String& key) {
    if (key.equals("chosenCandidates")) {
      members.skip_value(chosen);
    } else if (key.equals("topCandidates")) {
      members.skip_value(alternatives);
    } else {
      members.skip_value();
    }
  });
  std::vector<chat::TokenChoice> tokens;
  std::size_t held = 0;
  const auto tell = [&] {
    if (!tokens.empty()) {
      sink.take(chat::Logprobs{choice, tokens});
    }
    tokens.clear();
    held = 0;
  };
  // Both lists side by side, and so many at once that little is held.
  json::Cursor cursor(chosen);
  json::Cursor others(alternatives);
  bool more = others.try_enter_array();
  bool good = true;
  std::size_t count = 0;
  each_element(cursor, [&] {
    good = good && ++count <= kMaxLogprobs;
    if (!good) {
      cursor.skip_value();
      return;
    }
    chat::TokenChoice& token = tokens.emplace_back();
    token.chosen = read_token(cursor);
    more = more && others.next_element();
    good = !more || read_alternatives(others, token.alternatives);
    held += 1 + token.alternatives.size();
    if (held >= kHeld) {
      tell();
    }
  });
  tell();
  return good;
}

}  // namespace llmproxy::gemini
