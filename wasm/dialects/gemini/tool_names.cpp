#include "dialects/gemini/tool_names.h"

#include "base/hash.h"
#include "base/text.h"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace llmproxy::gemini {
namespace {

constexpr std::size_t kMaxName = 64;

constexpr bool is_letter(char c) {
  return to_lower(c) >= 'a' && to_lower(c) <= 'z';
}

constexpr bool fits(char c) {
  return is_letter(c) || is_digit(c) || c == '_' || c == '.' || c == '-';
}

bool is_valid(std::string_view name) {
  return !name.empty() && name.size() <= kMaxName && (is_letter(name[0]) || name[0] == '_') &&
         std::all_of(name.begin(), name.end(), fits);
}

std::string sanitise(std::string_view name) {
  std::string out;
  for (const char c : name) {
    out.push_back(fits(c) ? c : '_');
  }
  if (out.empty() || !(is_letter(out[0]) || out[0] == '_')) {
    out.insert(out.begin(), '_');
  }
  if (out.size() > kMaxName) {
    out = concat(
        {std::string_view(out).substr(0, kMaxName - kHashDigits - 1), "_", hash_digits(name)});
  }
  return out;
}

// Where in `places`, which are sorted by that member, an entry of this name is or would be.
template <typename Entry>
auto place_of(const std::vector<std::uint32_t>& places, const std::vector<Entry>& entries,
              std::string Entry::*member, std::string_view name) {
  return std::lower_bound(places.begin(), places.end(), name,
                          [&](std::uint32_t place, std::string_view wanted) {
                            return entries[place].*member < wanted;
                          });
}

template <typename Entry>
const Entry* find(const std::vector<std::uint32_t>& places, const std::vector<Entry>& entries,
                  std::string Entry::*member, std::string_view name) {
  const auto at = place_of(places, entries, member, name);
  return at == places.end() || entries[*at].*member != name ? nullptr : &entries[*at];
}

}  // namespace

ToolNames::ToolNames(const chat::Request& request) {
  entries_.reserve(request.tools.size());
  // Names that need no change first: a changed one must not become one of them.
  for (const bool valid : {true, false}) {
    for (const chat::Tool& tool : request.tools) {
      if (tool.kind != chat::ToolKind::hosted && is_valid(tool.name.decode()) == valid) {
        add(tool);
      }
    }
  }
}

void ToolNames::add(const chat::Tool& tool) {
  Entry entry{
      tool.name.decode(), std::string(tool.name.raw), {}, tool.kind == chat::ToolKind::custom};
  if (find_client(entry.client) != nullptr) {
    return;
  }
  entry.upstream = is_valid(entry.client) ? entry.client : new_name(entry.client);
  const auto number = static_cast<std::uint32_t>(entries_.size());
  by_client_.insert(place_of(by_client_, entries_, &Entry::client, entry.client), number);
  by_upstream_.insert(place_of(by_upstream_, entries_, &Entry::upstream, entry.upstream), number);
  entries_.push_back(std::move(entry));
}

std::string ToolNames::new_name(std::string_view decoded) const {
  const std::string plain = sanitise(decoded);
  std::string name = plain;
  std::string salted(decoded);
  // Each name that is taken is one of those in the list, so a free one is found in time.
  for (std::size_t tries = 0; find_upstream(name) != nullptr && tries <= entries_.size(); ++tries) {
    name = concat(
        {std::string_view(plain).substr(0, kMaxName - kHashDigits - 1), "_", hash_digits(salted)});
    salted.push_back('_');
  }
  return name;
}

const ToolNames::Entry* ToolNames::find_client(std::string_view decoded) const {
  return find(by_client_, entries_, &Entry::client, decoded);
}

const ToolNames::Entry* ToolNames::find_upstream(std::string_view name) const {
  return find(by_upstream_, entries_, &Entry::upstream, name);
}

bool ToolNames::declares(const chat::Text& name) const {
  return (name.has_escapes ? find_client(name.decode()) : find_client(name.raw)) != nullptr;
}

std::string_view ToolNames::to_upstream(const chat::Text& name) {
  if (!name.has_escapes && is_valid(name.raw)) {
    return name.raw;
  }
  const std::string decoded = name.decode();
  if (const Entry* entry = find_client(decoded)) {
    return entry->upstream;
  }
  undeclared_ = is_valid(decoded) ? decoded : new_name(decoded);
  return undeclared_;
}

const ToolNames::Entry* ToolNames::find_meant(std::string_view name) const {
  if (const Entry* entry = find_upstream(name)) {
    return entry;
  }
  // Some models write functions as members of the module they were trained to see them in.
  for (const std::string_view prefix : {"default_api:", "default_api."}) {
    if (name.starts_with(prefix)) {
      return find_upstream(name.substr(prefix.size()));
    }
  }
  return nullptr;
}

std::string_view ToolNames::to_client(std::string_view name) const {
  const Entry* entry = find_meant(name);
  return entry == nullptr ? name : std::string_view(entry->client_raw);
}

bool ToolNames::is_custom(std::string_view name) const {
  const Entry* entry = find_meant(name);
  return entry != nullptr && entry->custom;
}

}  // namespace llmproxy::gemini
