// Settings that models refuse, where the request is as good without them.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace llmproxy::openai_chat {

// Which ones are known to be refused, by their numbers.
class RefusedSettings {
 public:
  void add(std::uint32_t number) { bits_ |= std::uint32_t{1} << number; }
  bool has(std::string_view setting) const;

 private:
  std::uint32_t bits_ = 0;
};

struct RefusedSetting {
  std::uint32_t number = 0;
  bool of_model = false;  // and not of this value only
};

// Nothing: the error is of another kind.
std::optional<RefusedSetting> find_refused_setting(int status, std::string_view body);

}  // namespace llmproxy::openai_chat
