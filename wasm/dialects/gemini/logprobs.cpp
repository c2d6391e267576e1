#include "dialects/gemini/logprobs.h"

#include "dialects/gemini/lenient.h"

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

}  // namespace

void read_logprobs(std::string_view result, std::uint32_t choice, chat::EventSink& sink) {
  std::vector<chat::TokenLogprob> chosen;
  std::vector<std::vector<chat::TokenLogprob>> alternatives;
  json::Cursor cursor(result);
  each_member(cursor, [&](const json::String& key) {
    if (key.equals("chosenCandidates")) {
      each_element(cursor, [&] { chosen.push_back(read_token(cursor)); });
    } else if (key.equals("topCandidates")) {
      each_element(cursor, [&] {
        std::vector<chat::TokenLogprob>& step = alternatives.emplace_back();
        each_member(cursor, [&](const json::String& member) {
          if (member.equals("candidates")) {
            each_element(cursor, [&] { step.push_back(read_token(cursor)); });
          } else {
            cursor.skip_value();
          }
        });
      });
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
