// What an instance learned of models: which of them never takes what. It saves the next requests a
// error. It is learned when the request without it was answered, holds for an hour, and is gone
// with the instance.
//
// What was wrong with one schema, history or address says nothing of others: it is remembered for
// the caller that sent it alone, by a fingerprint, and nothing of the request itself is kept. What
// was wrong with a value is not remembered at all.
#pragma once

#include "chat/request.h"
#include "dialects/supplier_dialect.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace llmproxy::policy {

struct Limitation {
  std::string model;
  std::uint32_t downgrade;  // a number of the dialect's
  std::uint64_t subject;    // 0: the model
  std::int64_t until;       // Unix time
};

// What a downgrade teaches, should the smaller request be answered; nothing: nothing. `key`: the
// caller's.
std::optional<Limitation> limitation_of(const dialects::SupplierModel& model,
                                        const dialects::Downgrade& downgrade,
                                        const chat::Request& request, std::string_view key,
                                        std::int64_t now);

class CapabilityCache {
 public:
  bool empty() const { return limitations_.empty(); }
  void learn(Limitation limitation, std::int64_t now);
  // Applies what is known of the model, and of what this caller asks of it.
  void apply(dialects::SupplierModel& model, const chat::Request& request, std::string_view key,
             std::int64_t now) const;

 private:
  // Which one goes when there are too many.
  std::vector<Limitation>::iterator least();

  std::vector<Limitation> limitations_;  // the newest last
};

}  // namespace llmproxy::policy
