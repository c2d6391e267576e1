#include "dialects/gemini/logprobs.h"

#include "json/lenient.h"

#include <algorithm>
#include <vector>

namespace llmproxy::gemini {
namespace {

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

// {"candidates": […]}
std::vector<chat::TokenLogprob> read_alternatives(json::Cursor& cursor) {
  std::vector<chat::TokenLogprob> out;
  each_member(cursor, [&](const json::String& key) {
    if (key.equals("candidates")) {
      each_element(cursor, [&] { out.push_back(read_token(cursor)); });
    } else {
      cursor.skip_value();
    }
  });
  return out;
}

}  // namespace

void read_logprobs(std::string_view result, std::uint32_t choice, chat::EventSink& sink) {
  std::vector<chat::TokenLogprob> chosen;
  std::vector<std::vector<chat::TokenLogprob>> alternatives;
  json::Cursor cursor(result);
  each_member(cursor, [&](const json::String& key) {
    if (key.equals("chosenCandidates")) {
      each_element(cursor, [&] { chosen.push_back(read_token(cursor)); });
    } else if (key.equals("topCandidates")) {
      each_element(cursor, [&] { alternatives.push_back(read_alternatives(cursor)); });
    } else {
      cursor.skip_value();
    }
  });
  std::vector<chat::TokenChoice> tokens;
  tokens.reserve(chosen.size());
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    tokens.push_back({chosen[i], i < alternatives.size() ? std::move(alternatives[i])
                                                         : std::vector<chat::TokenLogprob>{}});
  }
  if (!tokens.empty()) {
    sink.take(chat::Logprobs{choice, tokens});
  }
}

}  // namespace llmproxy::gemini
