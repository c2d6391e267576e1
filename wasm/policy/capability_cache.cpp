#include "policy/capability_cache.h"

#include <algorithm>
#include <utility>

namespace llmproxy::policy {
namespace {

// Names come from clients, so there is an end to what is remembered.
constexpr std::size_t kMaxLimitations = 64;
constexpr std::size_t kMaxName = 128;
// A model may take tomorrow what it refuses today.
constexpr std::int64_t kSeconds = 3600;

}  // namespace

std::optional<Limitation> limitation_of(const dialects::SupplierModel& model,
                                        const dialects::Downgrade& downgrade,
                                        const chat::Request& request, std::string_view key,
                                        std::int64_t now) {
  const bool of_request = model.is_of_request(downgrade.what);
  const std::uint64_t subject = model.subject_of(downgrade.what, request, key);
  if (model.name().size() > kMaxName || (of_request ? subject == 0 : !downgrade.of_model)) {
    return std::nullopt;
  }
  return Limitation{std::string(model.name()), downgrade.what, subject, now + kSeconds};
}

// What one caller alone has of it goes before what all have.
std::vector<Limitation>::iterator CapabilityCache::least() {
  const auto found = std::find_if(limitations_.begin(), limitations_.end(),
                                  [](const Limitation& known) { return known.subject != 0; });
  return found != limitations_.end() ? found : limitations_.begin();
}

void CapabilityCache::learn(Limitation limitation, std::int64_t now) {
  const auto is_over = [&](const Limitation& known) {
    return known.until <= now ||
           (known.model == limitation.model && known.downgrade == limitation.downgrade &&
            known.subject == limitation.subject);
  };
  limitations_.erase(std::remove_if(limitations_.begin(), limitations_.end(), is_over),
                     limitations_.end());
  if (limitations_.size() == kMaxLimitations) {
    limitations_.erase(least());
  }
  limitations_.push_back(std::move(limitation));
}

void CapabilityCache::apply(dialects::SupplierModel& model, const chat::Request& request,
                            std::string_view key, std::int64_t now) const {
  // Told once for all limitations of a kind: it takes a look at every schema.
  std::vector<std::pair<std::uint32_t, std::uint64_t>> subjects;
  for (const Limitation& limitation : limitations_) {
    if (limitation.model != model.name() || limitation.until <= now) {
      continue;
    }
    auto known = std::find_if(subjects.begin(), subjects.end(),
                              [&](const auto& row) { return row.first == limitation.downgrade; });
    if (known == subjects.end()) {
      known = subjects.insert(
          known, {limitation.downgrade, model.subject_of(limitation.downgrade, request, key)});
    }
    if (limitation.subject == known->second) {
      model.adapt_to({limitation.downgrade, true});
    }
  }
}

}  // namespace llmproxy::policy
