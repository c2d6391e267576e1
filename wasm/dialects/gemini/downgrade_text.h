// What an error message of Gemini's says about a parameter or another feature of the request.
#pragma once

#include "dialects/gemini/model.h"

#include <optional>
#include <string>
#include <string_view>

namespace llmproxy::gemini {

// A parameter by its name in any spelling: "topK", "top_k", "generation_config.top_k", "Top k".
std::optional<Feature> parameter_named(std::string_view name);

// By the path of the field, as "generation_config.top_k", or as
// "tools[0].function_declarations[0].parameters.properties[a].items". `text`: what is said of it.
std::optional<Downgrade> find_by_path(std::string_view path, std::string_view text);

// By how the first sentence begins: "Penalty is not enabled for models/…".
std::optional<Downgrade> find_by_sentence(std::string_view message);

// By words that only Google says, in a message without what stands in quotes and brackets there.
std::optional<Downgrade> find_by_words(std::string_view message);

}  // namespace llmproxy::gemini
