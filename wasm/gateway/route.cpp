#include "gateway/route.h"

#include "base/inline.h"
#include "base/percent.h"
#include "base/text.h"
#include "http/url.h"

#include <algorithm>
#include <array>
#include <span>
#include <utility>
#include <vector>

namespace llmproxy::gateway {
namespace {

using Segments = std::span<const std::string_view>;

struct Known {
  std::array<std::string_view, 2> segments;  // the last ones of the path; the second may be empty
  Endpoint endpoint;
  std::string_view path;
};

constexpr std::array kPosts = std::to_array<Known>({
    {{"chat", "completions"}, Endpoint::chat, "chat/completions"},
    {{"images", "generations"}, Endpoint::images, "images/generations"},
    {{"audio", "speech"}, Endpoint::speech, "audio/speech"},
    {{"audio", "transcriptions"}, Endpoint::transcriptions, "audio/transcriptions"},
    {{"completions", ""}, Endpoint::completions, "completions"},
    {{"embeddings", ""}, Endpoint::embeddings, "embeddings"},
});

LLMPROXY_COLD Error unknown_route(const http::RequestHead& head) {
  return {ErrorCode::unknown_route,
          {"Unknown request URL: ", shorten(head.method, 16), " ", shorten(head.path, 200),
           ". Available: ", kRoutes, "."},
          ""};
}

LLMPROXY_COLD Error invalid_path(const http::RequestHead& head) {
  return {ErrorCode::invalid_path,
          {"Invalid URL: ", shorten(head.path, 200),
           " holds a part that no path here has: '.' or '..', a backslash, a control character, or "
           "an escape inside an escape."},
          ""};
}

LLMPROXY_COLD Error method_not_allowed(const http::RequestHead& head, std::string_view allowed) {
  Error error(ErrorCode::method_not_allowed,
              {"Not allowed to ", shorten(head.method, 16), " on ", shorten(head.path, 200),
               ". Allowed: ", allowed, "."},
              "");
  error.allow = allowed;
  return error;
}

LLMPROXY_COLD Error unknown_supplier(std::string_view name) {
  return {ErrorCode::unknown_supplier,
          {"Unknown supplier '", shorten(trim(name), 40),
           "'. Known suppliers: ", suppliers::names(), "."},
          "supplier"};
}

// Base URLs are pasted in every form: with a second /v1, with the whole path, with /models at the
// end. So any of these may stand before the last part that is known.
bool is_noise(std::string_view segment) {
  constexpr std::array kNoise =
      std::to_array<std::string_view>({"v1", "models", "chat", "completions"});
  return std::find(kNoise.begin(), kNoise.end(), segment) != kNoise.end();
}

bool all_noise(Segments segments) {
  return std::all_of(segments.begin(), segments.end(), is_noise);
}

bool ends_with(Segments segments, const Known& known) {
  const std::size_t count = known.segments[1].empty() ? 1 : 2;
  return segments.size() >= count && std::equal(segments.end() - static_cast<std::ptrdiff_t>(count),
                                                segments.end(), known.segments.begin());
}

LLMPROXY_COLD std::string join(Segments segments) {
  std::string out;
  for (const std::string_view segment : segments) {
    out.append(out.empty() ? "" : "/").append(segment);
  }
  return out;
}

// Each part of a path, encoded anew: no matter what was escaped how, it stays what it is.
LLMPROXY_COLD std::string encode(Segments segments) {
  std::string out;
  for (const std::string_view segment : segments) {
    out.append(out.empty() ? "" : "/").append(http::encode_segment(segment));
  }
  return out;
}

// "Api-Key", "api_key" and "apikey" are one.
std::string bare_name(std::string_view name) {
  std::string decoded;
  percent_decode(name, decoded);
  std::string out;
  for (const char c : lower(decoded)) {
    if ((c >= 'a' && c <= 'z') || is_digit(c)) {
      out.push_back(c);
    }
  }
  return out;
}

// Names that clients, SDKs and other proxies give a secret in a query.
bool names_secret(std::string_view name) {
  constexpr std::array kSecrets = std::to_array<std::string_view>(
      {"key",          "apikey",       "xapikey",      "googapikey",    "xgoogapikey",
       "openaiapikey", "groqapikey",   "geminiapikey", "apitoken",      "accesstoken",
       "accesskey",    "authtoken",    "bearertoken",  "bearer",        "token",
       "idtoken",      "sessiontoken", "auth",         "authorization", "xauthorization",
       "secret",       "apisecret",    "secretkey",    "clientsecret",  "subscriptionkey",
       "credential",   "credentials",  "password",     "passwd",        "pwd"});
  const std::string bare = bare_name(name);
  return std::find(kSecrets.begin(), kSecrets.end(), bare) != kSecrets.end();
}

// The query of the request, for a path that goes on as it is. A key in it stays here: it would be
// in every log on the way.
LLMPROXY_COLD std::string query_of(std::string_view url) {
  const std::size_t begin = url.find('?');
  std::string out;
  std::string_view rest = begin == std::string_view::npos ? "" : url.substr(begin + 1);
  rest = rest.substr(0, rest.find('#'));
  while (!rest.empty()) {
    const std::string_view field = rest.substr(0, rest.find('&'));
    if (!field.empty() && !names_secret(field.substr(0, field.find('=')))) {
      out.append(out.empty() ? "?" : "&").append(field);
    }
    rest.remove_prefix(std::min(rest.size(), field.size() + 1));
  }
  return out;
}

LLMPROXY_NOINLINE bool match_post(Segments segments, Route& route) {
  for (const Known& known : kPosts) {
    const std::size_t count = known.segments[1].empty() ? 1 : 2;
    if (ends_with(segments, known) && all_noise(segments.first(segments.size() - count))) {
      route.endpoint = known.endpoint;
      route.path = known.path;
      return true;
    }
  }
  // A POST to the bare base is a chat, too.
  const bool bare = std::all_of(segments.begin(), segments.end(),
                                [](std::string_view segment) { return segment == "v1"; });
  if (bare) {
    route.endpoint = Endpoint::chat;
    route.path = "chat/completions";
  }
  return bare;
}

LLMPROXY_COLD bool match_get(Segments segments, Route& route) {
  const auto models = std::find(segments.begin(), segments.end(), "models");
  if (models == segments.end() || !all_noise({segments.begin(), models})) {
    return false;
  }
  Segments rest(models + 1, segments.end());
  // "models/models", from a base URL with /models at its end; and "models/models/x" is Google's
  // name.
  while (!rest.empty() && rest.front() == "models") {
    rest = rest.subspan(1);
  }
  route.model = join(rest);
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

// What is forwarded without a look at it. TRACE would send the key back in the body of the answer.
constexpr std::string_view kForwardedMethods = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";

bool is_forwarded(std::string_view method) {
  constexpr std::array kMethods =
      std::to_array<std::string_view>({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"});
  return std::find(kMethods.begin(), kMethods.end(), method) != kMethods.end();
}

// Whatever else OpenAI and Groq have, they have it here as well; but only if they were named.
LLMPROXY_COLD bool match_other(const http::RequestHead& head, Segments segments, Route& route) {
  while (!segments.empty() && segments.front() == "v1") {
    segments = segments.subspan(1);
  }
  if (route.supplier == nullptr || segments.empty() ||
      route.supplier->dialect != suppliers::Dialect::openai_chat) {
    return false;
  }
  route.endpoint = Endpoint::other;
  route.path = encode(segments) + query_of(head.url);
  return true;
}

// What is answered here.
LLMPROXY_COLD bool match_here(std::string_view method, Segments segments, Route& route) {
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

// Behind "v1"s, the segments that SDKs of this supplier put in front of a path; there may be
// several of both, where somebody gave the whole base URL to such an SDK.
Segments without_sdk_path(Segments segments, const suppliers::Supplier* supplier) {
  if (supplier == nullptr || supplier->sdk_path.front().empty()) {
    return segments;
  }
  const auto& front = supplier->sdk_path;
  for (Segments rest = segments; !rest.empty();) {
    if (rest.size() >= front.size() && std::equal(front.begin(), front.end(), rest.begin())) {
      rest = rest.subspan(front.size());
      segments = rest;
    } else if (rest.front() == "v1") {
      rest = rest.subspan(1);
    } else {
      break;
    }
  }
  return segments;
}

// Of a path that is known, for the header `allow`; empty: it is not. `all` are the segments of the
// request, `segments` those behind the supplier.
LLMPROXY_COLD std::string_view methods_of(Segments all, Segments segments) {
  Route route;
  const bool here = match_here("GET", all, route);
  if (match_post(segments, route)) {
    return here ? "GET, HEAD, POST, OPTIONS" : "POST, OPTIONS";
  }
  if (here) {
    return "GET, HEAD, OPTIONS";
  }
  return match_get(segments, route) ? "GET, OPTIONS" : "";
}

Status api_route(const http::RequestHead& head, Segments all, Route& route) {
  const bool v2 = !all.empty() && all.front() == "v2";
  if (v2 && all.size() < 2) {
    return unknown_route(head);
  }
  const auto header = head.headers.find("supplier");
  if (v2 || header) {
    const std::string_view name = v2 ? all[1] : *header;
    route.supplier = suppliers::find(trim(name));
    if (route.supplier == nullptr) {
      return unknown_supplier(name);
    }
  }
  const Segments segments = without_sdk_path(all.subspan(v2 ? 2 : 0), route.supplier);
  const bool known = head.method == "POST" ? match_post(segments, route)
                                           : head.method == "GET" && match_get(segments, route);
  if (known) {
    return {};
  }
  if (match_other(head, segments, route)) {
    return is_forwarded(head.method) ? Status() : method_not_allowed(head, kForwardedMethods);
  }
  const std::string_view allowed = methods_of(all, segments);
  return allowed.empty() ? unknown_route(head) : method_not_allowed(head, allowed);
}

}  // namespace

Status find_route(const http::RequestHead& head, Route& out) {
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
             : api_route(head, *segments, out);
}

}  // namespace llmproxy::gateway
