#include "policy/route.h"

#include "base/text.h"
#include "http/url.h"
#include "policy/query.h"

#include <algorithm>
#include <array>
#include <span>
#include <utility>
#include <vector>

namespace llmproxy::policy {
namespace {

using dialects::EndpointPath;
using Segments = std::span<const std::string_view>;
using suppliers::Table;

Error unknown_route(const http::RequestHead& head, const Table& suppliers) {
  return {ErrorCode::unknown_route,
          {"Unknown request URL: ", shorten(head.method, 16), " ", shorten(head.path, 200),
           ". Available: ", routes_text(suppliers), "."},
          ""};
}

Error invalid_path(const http::RequestHead& head) {
  return {ErrorCode::invalid_path,
          {"Invalid URL: ", shorten(head.path, 200),
           " holds a part that no path here has: '.' or '..', a backslash, a control character, or "
           "an escape inside an escape."},
          ""};
}

Error method_not_allowed(const http::RequestHead& head, std::string_view allowed) {
  Error error(ErrorCode::method_not_allowed,
              {"Not allowed to ", shorten(head.method, 16), " on ", shorten(head.path, 200),
               ". Allowed: ", allowed, "."},
              "");
  error.allow = allowed;
  return error;
}

Error unknown_supplier(std::string_view name, const Table& suppliers) {
  return {ErrorCode::unknown_supplier,
          {"Unknown supplier '", shorten(trim(name), 40), "'. Known suppliers: ", suppliers.names(),
           "."},
          "supplier"};
}

// Our own base URL is /v1. What those of the suppliers have behind their hosts, their SDKs put in
// front of a path, under the name of any supplier. No path of theirs begins so.
// https://github.com/groq/groq-python/blob/main/src/groq/resources/chat/completions.py
// https://ai.google.dev/gemini-api/docs/openai
bool is_base(std::string_view segment, const Table& suppliers) {
  return segment == "v1" || suppliers.is_base_segment(segment);
}

bool are_base(Segments segments, const Table& suppliers) {
  return std::all_of(segments.begin(), segments.end(),
                     [&](std::string_view segment) { return is_base(segment, suppliers); });
}

// Base URLs are pasted in every form: doubled, with the whole path, with /models at the end. So any
// of these may stand before the last part that is known.
bool are_noise(Segments segments, const Table& suppliers) {
  return std::all_of(segments.begin(), segments.end(), [&](std::string_view segment) {
    return is_base(segment, suppliers) || segment == "models" || segment == "chat" ||
           segment == "completions";
  });
}

bool ends_with(Segments segments, const EndpointPath& known) {
  const std::size_t count = known.segments[1].empty() ? 1 : 2;
  return segments.size() >= count && std::equal(segments.end() - static_cast<std::ptrdiff_t>(count),
                                                segments.end(), known.segments.begin());
}

// Each part of a path, encoded anew: no matter what was escaped how, it stays what it is.
std::string encode(Segments segments) {
  std::string out;
  for (const std::string_view segment : segments) {
    out.append(out.empty() ? "" : "/").append(http::encode_segment(segment));
  }
  return out;
}

bool match_post(Segments segments, const Table& suppliers, Route& route) {
  for (const EndpointPath& known : route.client->paths) {
    const std::size_t count = known.segments[1].empty() ? 1 : 2;
    if (ends_with(segments, known) &&
        are_noise(segments.first(segments.size() - count), suppliers)) {
      route.endpoint = known.endpoint;
      route.path = known.path;
      return true;
    }
  }
  // The base alone is the first of them.
  const bool bare = are_base(segments, suppliers);
  if (bare) {
    route.endpoint = route.client->paths.front().endpoint;
    route.path = route.client->paths.front().path;
  }
  return bare;
}

bool match_get(Segments segments, const Table& suppliers, Route& route) {
  const auto models = std::find(segments.begin(), segments.end(), "models");
  if (models == segments.end() || !are_noise({segments.begin(), models}, suppliers)) {
    return false;
  }
  Segments rest(models + 1, segments.end());
  // "models/models", from a base URL with /models at its end; and "models/models/x" is Google's
  // name.
  while (!rest.empty() && rest.front() == "models") {
    rest = rest.subspan(1);
  }
  route.model = join(rest, "/");
  if (route.model.empty()) {
    route.endpoint = Endpoint::models;
    route.path = "models";
    return true;
  }
  route.endpoint = Endpoint::model;
  // SDKs escape the slash of an id: it is one all the same.
  route.path = "models";
  for (std::string_view id = route.model; !id.empty();) {
    const std::string_view part = id.substr(0, id.find('/'));
    route.path.append("/").append(http::encode_segment(part));
    id.remove_prefix(std::min(id.size(), part.size() + 1));
  }
  return true;
}

bool match_known(std::string_view method, Segments segments, const Table& suppliers, Route& route) {
  return method == "POST" ? match_post(segments, suppliers, route)
                          : method == "GET" && match_get(segments, suppliers, route);
}

// What is forwarded without a look at it. TRACE would send the key back in the body of the answer.
constexpr std::string_view kForwardedMethods = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";

bool is_forwarded(std::string_view method) {
  constexpr std::array kMethods =
      std::to_array<std::string_view>({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"});
  return std::find(kMethods.begin(), kMethods.end(), method) != kMethods.end();
}

// Whatever else suppliers of the client's dialect have, they have it here as well; but only if they
// were named.
bool match_other(const http::RequestHead& head, Segments segments, const Table& suppliers,
                 Route& route) {
  while (!segments.empty() && is_base(segments.front(), suppliers)) {
    segments = segments.subspan(1);
  }
  if (route.supplier == nullptr || segments.empty() || !passes(route)) {
    return false;
  }
  route.endpoint = Endpoint::other;
  route.path = encode(segments) + query_without_secrets(head.url);
  return true;
}

// What is answered here.
bool match_here(std::string_view method, Segments segments, Route& route) {
  if (method != "GET" && method != "HEAD") {
    return false;
  }
  if (segments.empty()) {
    route.endpoint = Endpoint::index;
    return true;
  }
  if (segments.size() == 1 && segments.front() == "health") {
    route.endpoint = Endpoint::health;
    return true;
  }
  return false;
}

// Some clients escape the slashes of a path; a path that is known is that one all the same.
std::vector<std::string_view> split_segments(Segments segments) {
  std::vector<std::string_view> out;
  out.reserve(segments.size());
  for (std::string_view segment : segments) {
    while (!segment.empty()) {
      const std::string_view part = segment.substr(0, segment.find('/'));
      if (!part.empty()) {
        out.push_back(part);
      }
      segment.remove_prefix(std::min(segment.size(), part.size() + 1));
    }
  }
  return out;
}

// Of a path that is known, for the header `allow`; empty: it is not. `all` are the segments of the
// request, `segments` those behind the supplier.
std::string_view methods_of(Segments all, Segments segments, const Table& suppliers,
                            const suppliers::Supplier* supplier) {
  Route route;
  const bool here = match_here("GET", all, route);
  if (match_post(segments, suppliers, route)) {
    const bool bare = are_base(segments, suppliers);
    const bool lists = route.endpoint == Endpoint::chat && !bare && supplier != nullptr &&
                       supplier->stores_completions;
    return here ? "GET, HEAD, POST, OPTIONS" : lists ? "GET, POST, OPTIONS" : "POST, OPTIONS";
  }
  if (here) {
    return "GET, HEAD, OPTIONS";
  }
  if (!match_get(segments, suppliers, route)) {
    return "";
  }
  // Of the suppliers that are forwarded to, whatever a model of the caller's own may be asked.
  const bool forwards = supplier != nullptr && supplier->dialect == route.client->name;
  return !forwards                           ? "GET, OPTIONS"
         : route.endpoint == Endpoint::model ? "GET, HEAD, DELETE, OPTIONS"
                                             : "GET, HEAD, OPTIONS";
}

// Whether `method` is one of a list "GET, POST".
bool is_allowed(std::string_view method, std::string_view list) {
  while (!list.empty()) {
    const std::string_view item = list.substr(0, list.find(','));
    if (trim(item) == method) {
      return true;
    }
    list.remove_prefix(std::min(list.size(), item.size() + 1));
  }
  return false;
}

// What neither a POST nor a GET that is known here asks for. A path that is known takes its own
// methods and no others; every other goes on as it is, where the supplier was named.
Status match_rest(const http::RequestHead& head, Segments all, Segments segments,
                  const Table& suppliers, Route& route) {
  const std::vector<std::string_view> parts = split_segments(segments);
  if (match_known(head.method, parts, suppliers, route)) {
    return {};
  }
  const std::string_view allowed = methods_of(all, parts, suppliers, route.supplier);
  if (!allowed.empty() && !is_allowed(head.method, allowed)) {
    return method_not_allowed(head, allowed);
  }
  if (!match_other(head, segments, suppliers, route)) {
    return allowed.empty() ? unknown_route(head, suppliers) : method_not_allowed(head, allowed);
  }
  if (Route known; !allowed.empty() &&
                   (match_post(parts, suppliers, known) || match_get(parts, suppliers, known))) {
    route.path = known.path + query_without_secrets(head.url);
  }
  return is_forwarded(head.method) ? Status() : method_not_allowed(head, kForwardedMethods);
}

Status api_route(const http::RequestHead& head, Segments all, const Table& suppliers,
                 Route& route) {
  const bool v2 = !all.empty() && all.front() == "v2";
  if (v2 && all.size() < 2) {
    return unknown_route(head, suppliers);
  }
  const auto header = head.headers.find("supplier");
  if (v2 || header) {
    const std::string_view name = v2 ? all[1] : *header;
    route.supplier = suppliers.find(trim(name));
    if (route.supplier == nullptr) {
      return unknown_supplier(name, suppliers);
    }
  }
  const Segments segments = all.subspan(v2 ? 2 : 0);
  return match_known(head.method, segments, suppliers, route)
             ? Status()
             : match_rest(head, all, segments, suppliers, route);
}

}  // namespace

Status find_route(const http::RequestHead& head, const Table& suppliers, Route& out) {
  if (head.method == "OPTIONS") {
    out.endpoint = Endpoint::preflight;
    return {};
  }
  std::string decoded;
  const auto segments = http::segments_of(head.path, decoded);
  if (!segments) {
    return invalid_path(head);
  }
  return head.method != "POST" && match_here(head.method, *segments, out)
             ? Status()
             : api_route(head, *segments, suppliers, out);
}

std::string supplier_choice(const Table& suppliers) {
  return join(suppliers.all_names(), "|");
}

std::string routes_text(const Table& suppliers) {
  constexpr std::string_view kOthers =
      "and in the same places /completions, /embeddings, /models, /models/{id}, "
      "/images/generations, /audio/speech and /audio/transcriptions; GET /health, GET /";
  const std::string choice = supplier_choice(suppliers);
  return concat({"POST /v1/chat/completions with header 'supplier: ", choice,
                 "' (or none: the model decides), ", "POST /v2/{", choice, "}/chat/completions, ",
                 kOthers});
}

}  // namespace llmproxy::policy
