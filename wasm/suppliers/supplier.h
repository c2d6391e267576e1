// A supplier, as a row of data. Rows come from JSON documents (read_suppliers.h): from
// suppliers.json, which is compiled in, and from whoever configures more.
#pragma once

#include "dialects/openai_chat/edit_request.h"

#include <optional>
#include <string>
#include <vector>

namespace llmproxy::suppliers {

// An exchange that is played while the Worker starts, in the supplier's dialect.
struct WarmUp {
  std::string model;
  std::string reply;  // JSON text: a whole one, and the only event of a streamed one
};

struct Supplier {
  std::string name;               // in paths and in the header `supplier`
  std::string title;              // in messages to people
  std::string dialect;            // that it speaks, by the name of its row
  std::string base_url;           // the public one, without a slash at its end
  std::string base_url_variable;  // of the configuration, which replaces it; empty: none does
  // The one header that carries the key, and what stands before it there.
  std::string key_header;
  std::string key_prefix;
  // Models that are plainly nobody's go to this one.
  bool is_default = false;
  // Models that are plainly this supplier's, by the beginning of their names.
  std::vector<std::string> model_prefixes;
  // Headers of the client that mean something to this supplier. All others stay here.
  std::vector<std::string> request_headers;
  // Beginnings of names of headers of its replies that mean something to its clients.
  std::vector<std::string> reply_headers;
  // A status of its own for "too busy", which OpenAI's clients would not take for a reason to
  // retry; 0: none.
  int overloaded_status = 0;
  // Completions are stored, and GET of their path lists them.
  // https://platform.openai.com/docs/api-reference/chat/list
  bool stores_completions = false;
  // What this supplier refuses of the dialect it speaks, if requests in that dialect pass.
  openai_chat::RequestEdits edits;
  std::optional<WarmUp> warm_up;
};

}  // namespace llmproxy::suppliers
