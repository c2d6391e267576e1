#include "dialects/gemini/tool_names.h"

#include "base/text.h"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace llmproxy::gemini {
namespace {

constexpr std::size_t kMaxName = 64;
constexpr std::size_t kHashDigits = 8;

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

// FNV-1a. http://www.isthe.com/chongo/tech/comp/fnv/
std::string hash_of(std::string_view text) {
  std::uint32_t hash = 2166136261U;
  for (const char c : text) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
  }
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string out;
  for (std::size_t i = 0; i < kHashDigits; ++i, hash >>= 4U) {
    out.push_back(kHex[hash & 0x0FU]);
  }
  return out;
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
    out = concat({std::string_view(out).substr(0, kMaxName - kHashDigits - 1), "_", hash_of(name)});
  }
  return out;
}

}  // namespace

ToolNames::ToolNames(const chat::Request& request) {
  entries_.reserve(request.tools.size());
  // Names that need no change first: a changed one must not become one of them.
  for (const bool valid : {true, false}) {
    for (const chat::Tool& tool : request.tools) {
      if (tool.kind != chat::ToolKind::hosted && is_valid(tool.name.decode()) == valid) {
        add(tool.name, tool.kind == chat::ToolKind::custom);
      }
    }
  }
}

const ToolNames::Entry* ToolNames::find(std::string_view client) const {
  const auto found = std::find_if(entries_.begin(), entries_.end(),
                                  [&](const Entry& entry) { return entry.client == client; });
  return found == entries_.end() ? nullptr : &*found;
}

const ToolNames::Entry& ToolNames::add(const chat::Text& name, bool custom) {
  Entry entry{name.decode(), std::string(name.raw), {}, custom};
  entry.upstream = is_valid(entry.client) ? entry.client : sanitise(entry.client);
  const auto taken = [&](const Entry& other) { return other.upstream == entry.upstream; };
  if (entry.upstream != entry.client && std::any_of(entries_.begin(), entries_.end(), taken)) {
    entry.upstream = concat({std::string_view(entry.upstream).substr(0, kMaxName - kHashDigits - 1),
                             "_", hash_of(entry.client)});
  }
  return entries_.emplace_back(std::move(entry));
}

std::string_view ToolNames::to_upstream(const chat::Text& name) {
  if (!name.has_escapes && is_valid(name.raw)) {
    return name.raw;
  }
  const Entry* entry = find(name.decode());
  return (entry != nullptr ? *entry : add(name, false)).upstream;
}

std::string_view ToolNames::to_client(std::string_view name) const {
  for (const Entry& entry : entries_) {
    if (entry.upstream == name) {
      return entry.client_raw;
    }
  }
  // Some models write functions as members of the module they were trained to see them in.
  for (const std::string_view prefix : {"default_api:", "default_api."}) {
    if (name.starts_with(prefix)) {
      const std::string_view rest = name.substr(prefix.size());
      return is_declared(rest) ? to_client(rest) : name;
    }
  }
  return name;
}

bool ToolNames::is_declared(std::string_view name) const {
  return std::any_of(entries_.begin(), entries_.end(),
                     [&](const Entry& entry) { return entry.upstream == name; });
}

bool ToolNames::is_custom(std::string_view client_name) const {
  return std::any_of(entries_.begin(), entries_.end(), [&](const Entry& entry) {
    return entry.custom && entry.client_raw == client_name;
  });
}

}  // namespace llmproxy::gemini
