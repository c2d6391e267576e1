#include "dialects/gemini/open_calls.h"

#include <algorithm>
#include <utility>

namespace llmproxy::gemini {

OpenCalls::OpenCalls(std::span<const chat::ToolCallPart* const> calls,
                     chat::Text chat::ToolCallPart::*key)
    : links_(calls.size()) {
  std::vector<std::pair<std::string_view, std::uint32_t>> sorted;
  sorted.reserve(calls.size());
  for (const chat::ToolCallPart* call : calls) {
    sorted.emplace_back(decoded(call->*key), static_cast<std::uint32_t>(sorted.size()));
  }
  std::sort(sorted.begin(), sorted.end());
  for (const auto& [name, call] : sorted) {
    if (groups_.empty() || groups_.back().key != name) {
      groups_.push_back({name});
    }
    links_[call].group = static_cast<std::uint32_t>(groups_.size() - 1);
  }
}

std::string_view OpenCalls::decoded(const chat::Text& text) {
  return text.has_escapes ? std::string_view(decoded_.emplace_back(text.decode())) : text.raw;
}

void OpenCalls::open(std::uint32_t call) {
  Link& link = links_[call];
  Group& group = groups_[link.group];
  link.previous = group.last_open;
  if (link.previous != kNone) {
    links_[link.previous].next = call;
  }
  group.last_open = call;
  group.last = call;
}

void OpenCalls::close(std::uint32_t call) {
  const Link& link = links_[call];
  if (link.previous != kNone) {
    links_[link.previous].next = link.next;
  }
  (link.next == kNone ? groups_[link.group].last_open : links_[link.next].previous) = link.previous;
}

const OpenCalls::Group* OpenCalls::find(const chat::Text& key) const {
  const std::string text = key.has_escapes ? key.decode() : "";
  const std::string_view wanted = key.has_escapes ? std::string_view(text) : key.raw;
  const auto at =
      std::lower_bound(groups_.begin(), groups_.end(), wanted,
                       [](const Group& group, std::string_view name) { return group.key < name; });
  return at == groups_.end() || at->key != wanted ? nullptr : &*at;
}

std::uint32_t OpenCalls::last_open(const chat::Text& key) const {
  const Group* group = find(key);
  return group == nullptr ? kNone : group->last_open;
}

std::uint32_t OpenCalls::last(const chat::Text& key) const {
  const Group* group = find(key);
  return group == nullptr ? kNone : group->last;
}

}  // namespace llmproxy::gemini
