#include "suppliers/read_edits.h"

#include "base/limits.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

namespace llmproxy::suppliers {
namespace {

using openai_chat::AllowedMembers;
using openai_chat::EditRule;
using openai_chat::Match;
using openai_chat::Place;
using openai_chat::RequestEdits;

// In the order of the enumerators.
constexpr std::array kPlaces = std::to_array<std::string_view>(
    {"request", "stream_options", "tool", "tool_function", "message", "part", "image_url",
     "tool_call", "function", "function_call"});
static_assert(kPlaces.size() == static_cast<std::size_t>(Place::function_call) + 1);

constexpr std::array kMatches =
    std::to_array<std::string_view>({"any", "content", "no_effect", "value", "signed_id",
                                     "custom_call", "reasoning", "object", "words", "own_words"});
static_assert(kMatches.size() == static_cast<std::size_t>(Match::own_words) + 1);

// Those that are about one kind of value, which stands in one place only.
std::optional<Place> only_place(Match match) {
  switch (match) {
    case Match::custom_call:
      return Place::tool_call;
    case Match::reasoning:
      return Place::request;
    case Match::content:
    case Match::words:
    case Match::own_words:
      return Place::message;
    default:
      return std::nullopt;
  }
}

// Of the others it is settled what comes in the place of the value.
bool takes_replacement(Match match) {
  return match == Match::any || match == Match::content || match == Match::no_effect ||
         match == Match::value;
}

bool is_in_message(Place place) {
  return place >= Place::message;
}

std::string read_role(Members& members, Place place) {
  members.expect(is_in_message(place) || !members.has("role"), "role",
                 "none: 'place' is outside of messages");
  const std::string role = members.optional_text("role");
  return members.has("role") ? members.json_text("role") : role;
}

void check_rule(Members& members, const EditRule& rule) {
  const std::optional<Place> only = only_place(rule.match);
  members.expect(!only || *only == rule.place, "match",
                 "another one: this one is only for one 'place', "
                 "which custom_call has in tool_call, reasoning in request, and content, words and "
                 "own_words in message");
  const bool of_words = rule.match == Match::words || rule.match == Match::own_words;
  members.expect(!of_words || rule.field == "audio" || rule.field == "refusal", "field",
                 "audio or refusal, which are what has words");
  members.expect(members.has("from") == (rule.match == Match::value), "from",
                 "a value where 'match' is value, and only there");
  members.expect(!members.has("to") || takes_replacement(rule.match), "to",
                 "none: it is only where 'match' is any, content, no_effect or value");
}

EditRule read_rule(Members& members) {
  EditRule rule;
  rule.place = static_cast<Place>(members.word("place", kPlaces));
  rule.field = members.text("field");
  if (members.has("match")) {
    rule.match = static_cast<Match>(members.word("match", kMatches));
  }
  rule.from = members.json_text("from");
  rule.to = members.json_text("to");
  rule.model = members.optional_text("model");
  rule.role = read_role(members, rule.place);
  check_rule(members, rule);
  members.finish();
  return rule;
}

AllowedMembers read_allowed(Members& members) {
  AllowedMembers allowed;
  allowed.place = static_cast<Place>(members.word("place", kPlaces));
  allowed.names = members.texts("names");
  members.expect(!allowed.names.empty(), "names", "a list of one at least");
  allowed.told = members.texts("told");
  members.expect(allowed.told.empty() || is_in_message(allowed.place), "told",
                 "none: 'place' is outside of messages, where the client is told anyway");
  allowed.role = read_role(members, allowed.place);
  members.finish();
  return allowed;
}

}  // namespace

RequestEdits read_edits(Members& row) {
  RequestEdits edits;
  for (Members& members : row.objects("edits", kMaxSupplierRules)) {
    edits.rules.push_back(read_rule(members));
  }
  for (Members& members : row.objects("allowed", kMaxSupplierList)) {
    edits.allowed.push_back(read_allowed(members));
  }
  edits.joins_texts = row.flag("joins_texts");
  edits.text_models = row.texts("text_models");
  return edits;
}

}  // namespace llmproxy::suppliers
