#include "dialects/gemini/downgrade_text.h"

#include "base/text.h"
#include "dialects/gemini/downgrade_bounds.h"

#include <algorithm>
#include <array>
#include <utility>

namespace llmproxy::gemini {
namespace {

constexpr bool is_letter(char c) {
  return to_lower(c) >= 'a' && to_lower(c) <= 'z';
}

// The letters alone, small: "top_k", "topK" and "Top k" are one name.
std::string letters_of(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (is_letter(c)) {
      out.push_back(to_lower(c));
    }
  }
  return out;
}

struct Name {
  std::string_view letters;
  Feature what;
};

constexpr std::array kParameters = std::to_array<Name>({
    {"temperature", Feature::temperature},
    {"topp", Feature::top_p},
    {"topk", Feature::top_k},
    {"presencepenalty", Feature::presence_penalty},
    {"frequencypenalty", Feature::frequency_penalty},
    {"penalty", Feature::penalties},
    {"penalties", Feature::penalties},
    {"responselogprobs", Feature::logprobs},
    {"logprobs", Feature::logprobs},
    {"maxoutputtokens", Feature::max_tokens},
    {"seed", Feature::seed},
    {"stopsequences", Feature::stop},
    {"thinking", Feature::thinking},
    {"thinkingconfig", Feature::thinking},
    {"thinkingbudget", Feature::thinking_budget},
    {"budget", Feature::thinking_budget},
    {"thinkinglevel", Feature::thinking_level},
    {"includethoughts", Feature::include_thoughts},
    {"mediaresolution", Feature::media_resolution},
    {"candidatecount", Feature::candidates},
    {"multiplecandidates", Feature::candidates},
    {"jsonmode", Feature::json_mode},
    {"responsemimetype", Feature::json_mode},
    {"responsemimetypeapplicationjson", Feature::json_mode},
    {"responseschema", Feature::json_schema},
    {"responsejsonschema", Feature::json_schema},
    {"systeminstruction", Feature::system},
    {"developerinstruction", Feature::system},
});

// Of what can be counted: the bounds of these are whole numbers.
bool is_whole(Feature what) {
  return what == Feature::top_k || what == Feature::max_tokens || what == Feature::seed ||
         what == Feature::thinking_budget || what == Feature::top_logprobs;
}

// Its value was not taken.
Downgrade value_of(Feature what, std::string_view text) {
  // "logprobs" is the number of alternatives there.
  const Feature part = what == Feature::logprobs ? Feature::top_logprobs : what;
  return {part, false, find_bounds(text, is_whole(part))};
}

std::string_view without_prefix(std::string_view text, std::string_view prefix) {
  return text.starts_with(prefix) ? text.substr(prefix.size()) : text;
}

// "MINIMAL" of "Thinking level MINIMAL".
std::optional<Feature> level_named(std::string_view letters) {
  constexpr std::string_view kLevel = "thinkinglevel";
  if (!letters.starts_with(kLevel)) {
    return std::nullopt;
  }
  letters.remove_prefix(kLevel.size());
  for (const std::string_view level :
       {"minimal", "low", "medium", "high", "xhigh", "max", "none"}) {
    if (letters == level) {
      return Feature::thinking_level;
    }
  }
  return std::nullopt;
}

struct Verb {
  std::string_view words;
  bool of_model;
};

constexpr std::array kVerbs = std::to_array<Verb>({
    {" is not enabled", true},
    {" are not enabled", true},
    {" is not supported", true},
    {" are not supported", true},
    {" is unsupported", true},
    {" is not available", true},
    {" is invalid", false},
    {" is out of range", false},
    {" is only ", false},
    {" is too ", false},
    {" must ", false},
    {" should ", false},
    {" exceeds ", false},
});

// Longer is no name of a parameter.
constexpr std::size_t kMaxSubject = 64;

// What may stand behind "is not supported" where the model never takes it. Whatever else does is a
// condition (a project, a country, another parameter, a value), and says nothing of others.
bool is_of_model(std::string_view rest) {
  rest = rest.substr(0, rest.find(". "));
  rest = without_prefix(rest, " yet");
  for (const std::string_view word : {" for", " by", " with", " in", " on"}) {
    rest = without_prefix(rest, word);
  }
  const bool named = rest.starts_with(" models/") || rest.starts_with(" model ");
  rest = without_prefix(without_prefix(rest, " this model"), " the model");
  if (named) {
    rest = rest.substr(std::min(rest.find(' ', rest.starts_with(" model ") ? 7 : 1), rest.size()));
  }
  return trim(rest).empty() || trim(rest) == ".";
}

// "<parameter> is not supported for this model."
std::optional<Downgrade> find_subject(std::string_view text) {
  const Verb* verb = nullptr;
  std::size_t end = kMaxSubject;
  for (const Verb& row : kVerbs) {
    const std::size_t at = text.find(row.words);
    if (at < end) {
      end = at;
      verb = &row;
    }
  }
  if (verb == nullptr) {
    return std::nullopt;
  }
  const std::string_view subject = text.substr(0, end);
  const std::optional<Feature> what = parameter_named(subject);
  if (!what) {
    const std::optional<Feature> level = level_named(letters_of(subject));
    return level ? std::optional(value_of(*level, text)) : std::nullopt;
  }
  // A name in quotes or with a number is a value, or the caller's; but "The parameter `top_k`".
  const std::string_view bare = without_prefix(subject, "the parameter `");
  const bool marked = bare.size() < subject.size() && bare.ends_with('`');
  const std::string_view name = marked ? bare.substr(0, bare.size() - 1) : subject;
  const bool plain = std::all_of(name.begin(), name.end(), [](char c) {
    return is_letter(c) || c == '_' || c == '.' || c == ' ';
  });
  const std::string_view rest = text.substr(end + verb->words.size());
  return verb->of_model && plain && is_of_model(rest) ? Downgrade{*what, true}
                                                      : value_of(*what, text);
}

// "The model does not support setting thinking_budget to 0.", "This model does not support topK."
std::optional<Downgrade> find_object(std::string_view text) {
  constexpr std::string_view kVerb = "does not support ";
  const std::size_t at = text.find(kVerb);
  if (at > kMaxSubject || !contains(text.substr(0, at), "model")) {
    return std::nullopt;
  }
  std::string_view object = text.substr(at + kVerb.size());
  const bool with_value = object.starts_with("setting ");
  object = without_prefix(object, "setting ");
  for (const std::string_view end : {" to ", " for ", ". ", "\n"}) {
    object = object.substr(0, object.find(end));
  }
  const std::optional<Feature> what = parameter_named(object);
  if (!what) {
    return std::nullopt;
  }
  return with_value ? value_of(*what, text) : Downgrade{*what, true};
}

// "it has a topK value of 100 but the supported range is from 1 (inclusive) to 65 (exclusive)."
std::optional<Downgrade> find_value(std::string_view text) {
  const std::size_t end = text.find(" value of ");
  if (!text.starts_with("it has a") || end > kMaxSubject) {
    return std::nullopt;
  }
  constexpr std::size_t kArticle = 8;
  std::string_view name = text.substr(kArticle, end - kArticle);
  name = without_prefix(name, "n ");
  const std::optional<Feature> what = parameter_named(name);
  return what ? std::optional(value_of(*what, text)) : std::nullopt;
}

// What is behind an opening quote or bracket at `at`: the end of it, or 0 when there is none.
std::size_t end_of_quote(std::string_view text, std::size_t at) {
  const char c = text[at];
  if (c == '[') {
    const std::size_t end = text.find(']', at);
    return end == std::string_view::npos ? text.size() : end + 1;
  }
  const bool opens = c == '"' || c == '`' || (c == '\'' && (at == 0 || !is_letter(text[at - 1])));
  const std::size_t end = opens ? text.find(c, at + 1) : std::string_view::npos;
  return end == std::string_view::npos ? 0 : end + 1;
}

// In small letters, without what is quoted or in brackets there, except the one name of Google's
// that is told in quotes, and without a name behind a colon at the end.
std::string own_words(std::string_view message) {
  std::string out;
  for (std::size_t i = 0; i < message.size();) {
    const std::size_t end = end_of_quote(message, i);
    if (end == 0) {
      out.push_back(to_lower(message[i++]));
      continue;
    }
    const std::string_view quoted = message.substr(i, end - i);
    if (quoted == "`thought_signature`") {
      out.append("thought_signature");
    }
    i = end;
  }
  const std::size_t colon = out.rfind(": ");
  if (colon != std::string::npos && trim(out).find(' ', colon + 2) == std::string_view::npos) {
    out.resize(colon);
  }
  return out;
}

struct Row {
  Feature what;
  std::string_view words;
  std::string_view and_words = {};
};

// The first row that fits decides. The texts are those that users of Gemini report.
constexpr std::array kRows = std::to_array<Row>({
    {Feature::missing_signature, "missing a thought_signature"},
    {Feature::invalid_signature, "corrupted thought signature"},
    {Feature::invalid_signature, "invalid thought signature"},
    {Feature::invalid_signature, "thought signature is not valid"},
    {Feature::schema_and_tools, "function calling with a response mime type"},
    {Feature::schema_and_tools, "function calling with response mime type"},
    // Google's own tools. https://github.com/tbphp/gpt-load/issues/188, and Vertex:
    // https://github.com/pollinations/pollinations/issues/6834
    {Feature::schema_and_tools, "tool use with a response mime type"},
    {Feature::schema_and_tools, "controlled generation is not supported with"},
    {Feature::candidates, "multiple candidates"},
    {Feature::prefill, "requests ending with a model turn"},
    {Feature::thinking_budget, "only works in thinking mode"},
    {Feature::thinking_budget, "thinking budget", "invalid"},
    {Feature::thinking_budget, "thinking_budget", "invalid"},
    {Feature::thinking_budget, "thinking_budget", "range"},
    {Feature::thinking_budget, "thinking budget", "thinking level"},
    {Feature::thinking_level, "thinking_level", "support"},
    {Feature::thinking_level, "thinking level", "support"},
    {Feature::media_url, "cannot fetch content"},
    {Feature::media_url, "url_roboted"},
    {Feature::media_url, "url_error"},
    {Feature::media_url, "url_rejected"},
    {Feature::media_url, "url_unreachable"},
    {Feature::media_url, "url_", "denied"},
    {Feature::media_url, "unsupported file uri"},
    {Feature::json_schema, "too many states"},
    {Feature::json_schema, "nesting depth"},
    {Feature::json_schema, "reference to undefined schema"},
    {Feature::json_schema, "should be non-empty for object type"},
    {Feature::json_schema, "missing field", "parameters"},
    {Feature::json_schema, "missing field", "schema"},
    {Feature::json_schema, "proto field is not repeating"},
    {Feature::json_schema, "only allowed for string type"},
    // Vertex: "Unable to submit request because `f` functionDeclaration `parameters.a` schema …".
    // https://github.com/google-gemini/gemini-cli/issues/2282
    // https://github.com/spring-projects/spring-ai/issues/1373
    {Feature::json_schema, " functiondeclaration ", " schema "},
    {Feature::json_schema, "schema type field"},
    {Feature::json_schema, "schema should be of type"},
    {Feature::json_schema, "alongside any_of"},
    {Feature::json_schema, "when using any_of"},
    {Feature::json_schema, " function parameters didn't specify"},
    {Feature::json_schema, "schema", "invalid"},
    {Feature::json_schema, "schema", "not supported"},
});

// All that a schema with too many bounds on arrays is told.
// https://github.com/vercel/ai/issues/21192
constexpr std::string_view kBare = "Request contains an invalid argument.";

// The names of a path, as long as they are Google's: "[0]" is passed over, and at a key in brackets
// it ends.
std::vector<std::string> names_of(std::string_view path) {
  std::vector<std::string> names;
  while (!path.empty() && names.size() < 5) {
    const std::size_t end = path.find_first_of(".[");
    names.push_back(letters_of(path.substr(0, end)));
    path = end == std::string_view::npos ? "" : path.substr(end);
    if (path.starts_with('[')) {
      const std::size_t close = path.find(']');
      const std::string_view index =
          path.substr(1, close == std::string_view::npos ? 0 : close - 1);
      if (index.empty() || !parse_integer(index)) {
        break;
      }
      path.remove_prefix(close + 1);
    }
    path = without_prefix(path, ".");
  }
  return names;
}

std::optional<Downgrade> find_in_contents(const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    if (name == "filedata") {
      return Downgrade{Feature::media_url};
    }
    if (name == "thoughtsignature") {
      return Downgrade{Feature::invalid_signature};
    }
    if (name == "mediaresolution") {
      return Downgrade{Feature::media_resolution};
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<Feature> parameter_named(std::string_view name) {
  const std::string letters = letters_of(name);
  std::string_view rest = letters;
  for (const std::string_view prefix : {"the", "parameter", "generationconfig"}) {
    rest = without_prefix(rest, prefix);
  }
  const std::string_view inner = without_prefix(rest, "thinkingconfig");
  rest = inner.empty() ? rest : inner;
  for (const Name& row : kParameters) {
    if (rest == row.letters) {
      return row.what;
    }
  }
  return std::nullopt;
}

std::optional<Downgrade> find_by_path(std::string_view path, std::string_view text) {
  std::vector<std::string> names = names_of(path);
  if (!names.empty() && names.front() == "generatecontentrequest") {
    names.erase(names.begin());
  }
  const std::string_view root = names.empty() ? std::string_view() : names.front();
  const bool unknown = contains(text, "Cannot find field");
  if (root == "contents") {
    return find_in_contents(names);
  }
  if (root == "tools") {
    const bool schema = names.size() > 2 && names[1] == "functiondeclarations" &&
                        (names[2] == "parameters" || names[2] == "parametersjsonschema");
    return schema ? std::optional(Downgrade{Feature::json_schema}) : std::nullopt;
  }
  if (root == "systeminstruction" && unknown && names.size() == 1) {
    return Downgrade{Feature::system, true};
  }
  if (root != "generationconfig" || names.size() < 2) {
    return std::nullopt;
  }
  const bool inner = names[1] == "thinkingconfig" && names.size() > 2;
  const std::optional<Feature> what = parameter_named(inner ? names[2] : names[1]);
  if (!what) {
    return std::nullopt;
  }
  const std::optional<Downgrade> said = find_by_sentence(text);
  const bool of_model = unknown || (said && said->what == *what && said->of_model);
  return of_model ? Downgrade{*what, *what != Feature::json_schema} : value_of(*what, lower(text));
}

std::optional<Downgrade> find_by_sentence(std::string_view message) {
  const std::string small = lower(trim(message));
  const std::string_view text = without_prefix(small, "unable to submit request because ");
  if (auto value = find_value(text)) {
    return value;
  }
  if (auto object = find_object(text)) {
    return object;
  }
  return find_subject(text);
}

std::optional<Downgrade> find_by_words(std::string_view message) {
  if (trim(message) == kBare) {
    return Downgrade{Feature::json_schema};
  }
  const std::string text = own_words(message);
  for (const Row& row : kRows) {
    if (contains(text, row.words) && contains(text, row.and_words)) {
      return value_of(row.what, text);
    }
  }
  return std::nullopt;
}

}  // namespace llmproxy::gemini
