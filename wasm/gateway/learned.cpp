#include "gateway/learned.h"

#include "dialects/gemini/refusal.h"

#include <algorithm>
#include <array>
#include <optional>

namespace llmproxy::gateway {
namespace {

// Names come from clients, so there is an end to what is remembered.
constexpr std::size_t kMaxEntries = 64;
constexpr std::size_t kMaxName = 128;

}  // namespace

void Learned::learn(const gemini::Model& model, gemini::Refusal refusal,
                    const chat::Request& request) {
  const std::uint64_t subject = gemini::subject_of(refusal, request);
  const auto same = [&](const Entry& entry) {
    return entry.model == model.name && entry.refusal == refusal && entry.subject == subject;
  };
  if (model.name.size() > kMaxName || std::any_of(entries_.begin(), entries_.end(), same)) {
    return;
  }
  if (entries_.size() == kMaxEntries) {
    entries_.erase(entries_.begin());
  }
  entries_.push_back({model.name, refusal, subject});
}

void Learned::apply(gemini::Model& model, const chat::Request& request) const {
  // Told once for all entries of a kind: it takes a look at every schema.
  std::array<std::optional<std::uint64_t>, gemini::kRefusals> subjects;
  for (const Entry& entry : entries_) {
    if (entry.model != model.name) {
      continue;
    }
    std::optional<std::uint64_t>& subject = subjects[static_cast<std::size_t>(entry.refusal)];
    if (!subject) {
      subject = gemini::subject_of(entry.refusal, request);
    }
    if (entry.subject == *subject) {
      model.adapt_to(entry.refusal);
    }
  }
}

}  // namespace llmproxy::gateway
