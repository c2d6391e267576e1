// What of a reply belongs to the answer where there is one answer only.
#pragma once

#include "chat/event.h"

#include <cstdint>
#include <optional>
#include <variant>

namespace llmproxy::openai_chat {

// An answer that there is one of: of several candidates the first one that says something.
class FirstChoice {
 public:
  bool takes(const chat::Event& event) {
    const std::optional<std::uint32_t> choice =
        std::visit([](const auto& one) { return number(one); }, event);
    if (choice && !first_) {
      first_ = choice;
    }
    return !choice || choice == first_;
  }

 private:
  template <typename One>
  static std::optional<std::uint32_t> number(const One& event) {
    if constexpr (requires { event.choice; }) {
      return event.choice;
    } else {
      return std::nullopt;
    }
  }

  std::optional<std::uint32_t> first_;
};

}  // namespace llmproxy::openai_chat
