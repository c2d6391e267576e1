#include "gateway/learned.h"

#include <algorithm>

namespace llmproxy::gateway {
namespace {

// Names come from clients, so there is an end to what is remembered.
constexpr std::size_t kMaxEntries = 64;
constexpr std::size_t kMaxName = 128;

}  // namespace

void Learned::learn(std::string_view model, gemini::Refusal refusal) {
  // These are about one history, one address, one schema.
  const bool about_request = refusal == gemini::Refusal::signatures ||
                             refusal == gemini::Refusal::media_url ||
                             refusal == gemini::Refusal::json_schema;
  const auto same = [&](const Entry& entry) {
    return entry.model == model && entry.refusal == refusal;
  };
  if (about_request || model.size() > kMaxName ||
      std::any_of(entries_.begin(), entries_.end(), same)) {
    return;
  }
  if (entries_.size() == kMaxEntries) {
    entries_.erase(entries_.begin());
  }
  entries_.push_back({std::string(model), refusal});
}

void Learned::apply(gemini::Model& model) const {
  for (const Entry& entry : entries_) {
    if (entry.model == model.name) {
      model.adapt_to(entry.refusal);
    }
  }
}

}  // namespace llmproxy::gateway
