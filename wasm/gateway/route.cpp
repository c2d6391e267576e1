#include "gateway/route.h"

#include "base/inline.h"
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

// The query of the request, for a path that goes on as it is. A key in it stays here: it would be
// in every log on the way.
LLMPROXY_COLD std::string query_of(std::string_view url) {
  const std::size_t begin = url.find('?');
  std::string out;
  std::string_view rest = begin == std::string_view::npos ? "" : url.substr(begin + 1);
  rest = rest.substr(0, rest.find('#'));
  while (!rest.empty()) {
    const std::string_view field = rest.substr(0, rest.find('&'));
    const std::string_view name = field.substr(0, field.find('='));
    if (!equals_ignoring_case(name, "key") && !equals_ignoring_case(name, "api_key") &&
        !equals_ignoring_case(name, "api-key") && !field.empty()) {
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
  route.endpoint = rest.empty() ? Endpoint::models : Endpoint::model;
  route.path = rest.empty() ? "models" : concat({"models/", join(rest)});
  return true;
}

// Whatever else OpenAI and Groq have, they have it here as well; but only if they were named.
LLMPROXY_COLD Status other_route(const http::RequestHead& head, Segments segments, Route& route) {
  while (!segments.empty() && segments.front() == "v1") {
    segments = segments.subspan(1);
  }
  const bool forwards = route.supplier != nullptr && !segments.empty() &&
                        route.supplier->dialect == suppliers::Dialect::openai_chat;
  if (!forwards) {
    return unknown_route(head);
  }
  route.endpoint = Endpoint::other;
  route.path = join(segments) + query_of(head.url);
  return {};
}

// What is answered here.
LLMPROXY_COLD bool match_here(std::string_view method, Segments segments, Route& route) {
  if (method == "OPTIONS") {
    route.endpoint = Endpoint::preflight;
    return true;
  }
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

Status api_route(const http::RequestHead& head, Segments segments, Route& route) {
  const bool v2 = !segments.empty() && segments.front() == "v2";
  if (v2 && segments.size() < 2) {
    return unknown_route(head);
  }
  const auto header = head.headers.find("supplier");
  if (v2 || header) {
    const std::string_view name = v2 ? segments[1] : *header;
    route.supplier = suppliers::find(trim(name));
    if (route.supplier == nullptr) {
      return unknown_supplier(name);
    }
  }
  segments = segments.subspan(v2 ? 2 : 0);
  if (head.method == "POST" ? match_post(segments, route)
                            : head.method == "GET" && match_get(segments, route)) {
    return {};
  }
  return other_route(head, segments, route);
}

}  // namespace

Status find_route(const http::RequestHead& head, Route& out) {
  const std::vector<std::string_view> segments = http::segments_of(head.path);
  return head.method != "POST" && match_here(head.method, segments, out)
             ? Status()
             : api_route(head, segments, out);
}

}  // namespace llmproxy::gateway
