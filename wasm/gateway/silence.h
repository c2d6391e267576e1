// How long nothing came of something that is waited for. Time passes in steps here: the host tells
// now and then how much of it passed, and not when a thing happened. So it counts from the first
// step behind the last thing that came, and a limit is never reached too early.
#pragma once

#include <cstdint>
#include <optional>

namespace llmproxy::gateway {

class Silence {
 public:
  // Something came, or it is waited for anew.
  void end() { ms_.reset(); }
  // `passed` milliseconds more. True: it lasts for `limit` by now; 0 is no limit.
  bool lasts(std::uint32_t passed, std::uint32_t limit) {
    ms_ = ms_ ? *ms_ + passed : 0;
    return limit > 0 && *ms_ >= limit;
  }

 private:
  std::optional<std::uint32_t> ms_;
};

}  // namespace llmproxy::gateway
