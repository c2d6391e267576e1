// Which of our endpoints a request is for, and which supplier it names.
#pragma once

#include "base/result.h"
#include "dialects/table.h"
#include "http/head.h"
#include "suppliers/table.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace llmproxy::policy {

using dialects::Endpoint;

struct Route {
  Endpoint endpoint = Endpoint::index;
  const dialects::ClientDialect* client = &dialects::default_client();
  // nullptr: the request names none, so the model has to tell.
  const suppliers::Supplier* supplier = nullptr;
  // Under the supplier's base URL, without a slash in front, percent-encoded; with the query where
  // the path is passed on.
  std::string path = {};
  // The name that `model` asks for.
  std::string model = {};
};

// Whether the supplier speaks the client's own dialect, so that the bytes pass. It must be known.
inline bool passes(const Route& route) {
  return route.supplier->dialect == route.client->name;
}

// Fills in a fresh `out`. An unknown path, an unknown supplier, a wrong method and a path that
// could leave the supplier's base URL are errors.
Status find_route(const http::RequestHead& head, const suppliers::Table& suppliers, Route& out);

// "a|b|c", as the rows come.
std::string supplier_choice(const suppliers::Table& suppliers);
// For the error of an unknown path, and for GET /.
std::string routes_text(const suppliers::Table& suppliers);

}  // namespace llmproxy::policy
