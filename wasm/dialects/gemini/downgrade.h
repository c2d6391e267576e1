// Which of Gemini's errors a smaller request would mend, or one in other words: see
// docs/glossary.md on downgrades.
//
// An error repeats names that the caller chose: of tools, of properties, of files. So what it is
// about is told by the path of its field first, and then by how Google's own sentences begin, and
// not by words that stand somewhere in it.
#pragma once

#include "chat/request.h"
#include "dialects/gemini/model.h"

#include <cstdint>
#include <optional>
#include <string_view>

namespace llmproxy::gemini {

// `body`: of a reply with this status. Nothing when no smaller request would help.
std::optional<Downgrade> find_downgrade(int status, std::string_view body);

// Whether it says something of a part of the request (its schemas, signatures or addresses), and
// nothing of the model.
bool is_of_request(Feature feature);

// A fingerprint of that part, for the caller with this key: of the schemas, or of the first
// signature or address in the history, which stays the first as the conversation grows. Nobody can
// tell that of another caller without the other's key. 0: the request holds no such part.
std::uint64_t subject_of(Feature feature, const chat::Request& request, std::string_view key);

}  // namespace llmproxy::gemini
