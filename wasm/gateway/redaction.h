// What a supplier's words lose before a client reads them: people paste errors into reports.
#pragma once

#include <string>
#include <string_view>

namespace llmproxy::gateway {

// `text` with "***" in place of the key, also where JSON or a URL escapes it, and in place of the
// first eight characters of it or more at the end of a text that was cut off. A key of fewer
// characters is none that has to be hidden, and may be a word.
std::string without_key(std::string_view text, std::string_view key);

// The same for the names and values of a document, which stays JSON if it was.
std::string without_key_in_json(std::string_view body, std::string_view key);

// A message of a supplier's, without the key already: Google's quote numbers of projects, and some
// clients put keys of others where they end up in messages. Then it is cut to kMaxErrorMessage: a
// part of a key would be neither found nor recognized.
std::string redact(std::string_view message);

}  // namespace llmproxy::gateway
