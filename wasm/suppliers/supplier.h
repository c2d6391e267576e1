// The suppliers, as rows of data. A new one is a row here, a folder of cases and a line in the
// README.
#pragma once

#include "dialects/openai_chat/edit_request.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace llmproxy::suppliers {

struct Supplier {
  std::string_view name;          // in paths and in the header `supplier`
  std::string_view title;         // in messages to people
  std::string_view dialect;       // that it speaks, by the name of its row
  std::string_view base_url;      // the public one
  std::string_view base_url_var;  // the configuration variable that replaces it
  // The one header that carries the key, and what stands before it there.
  std::string_view key_header;
  std::string_view key_prefix;
  // Models that are plainly this supplier's, by the beginning of their names.
  std::span<const std::string_view> model_prefixes;
  // Headers of the client that mean something to this supplier. All others stay here.
  std::span<const std::string_view> request_headers;
  // A status of its own for "too busy", which OpenAI's clients would not take for a reason to
  // retry; 0: none.
  int overloaded_status;
  // Completions are stored, and GET of their path lists them.
  // https://platform.openai.com/docs/api-reference/chat/list
  bool stores_completions;
  // What this supplier refuses of the dialect it speaks; for openai_chat only.
  openai_chat::RequestEdits edits;
};

std::span<const Supplier> all();

// By name, in any case of letters; nullptr when there is none.
const Supplier* find(std::string_view name);

// Whose the model plainly is; nullptr when nothing says so.
const Supplier* find_by_model(std::string_view model);

// "gemini, groq, openai": for error messages.
std::string names();

}  // namespace llmproxy::suppliers
