// What the operator set. Belongs to an instance, not to a request, and does not change while it
// lives.
#pragma once

#include "base/limits.h"
#include "suppliers/table.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace llmproxy::gateway {

// What a silent stream says to be taken for alive.
enum class Heartbeat : std::uint8_t { chunk, comment, off };

class Config {
 public:
  // `suppliers` outlives it.
  explicit Config(const suppliers::Table& suppliers = suppliers::built_in())
      : suppliers_(&suppliers) {}

  // Takes a variable of the Worker's environment. Those with no meaning here are not kept.
  void set(std::string_view name, std::string_view value);

  const suppliers::Table& suppliers() const { return *suppliers_; }
  // The supplier's base URL: the operator's, or the public one. Without a slash at its end.
  std::string_view base_url(const suppliers::Supplier& supplier) const;
  Heartbeat heartbeat() const { return heartbeat_; }
  // How long a supplier may take until the head of its reply is there, and be silent in the middle
  // of it, in milliseconds. 0: for ever.
  std::uint32_t first_byte_ms() const { return first_byte_ms_; }
  std::uint32_t silence_ms() const { return silence_ms_; }
  // After how many milliseconds an exchange looks at the time again.
  std::uint32_t tick_ms() const { return tick_ms_; }
  // Where nothing names the supplier, the name of the model does.
  bool supplier_by_model() const { return supplier_by_model_; }
  // Thought signatures go into the ids of tool calls as well as into a field of their own, which
  // most frameworks drop.
  bool signatures_in_ids() const { return signatures_in_ids_; }

 private:
  struct BaseUrl {
    const suppliers::Supplier* supplier;
    std::string url;
  };
  const suppliers::Table* suppliers_;
  std::vector<BaseUrl> base_urls_;
  std::uint32_t first_byte_ms_ = kFirstByteMs;
  std::uint32_t silence_ms_ = kSilenceMs;
  std::uint32_t tick_ms_ = kTickMs;
  Heartbeat heartbeat_ = Heartbeat::chunk;
  bool supplier_by_model_ = true;
  bool signatures_in_ids_ = true;
};

}  // namespace llmproxy::gateway
