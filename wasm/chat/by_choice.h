// What is kept for each choice of an answer, in the order of their numbers. Nearly every answer has
// one, so this is a plain list: a tree is three times the code, and slower at that.
#pragma once

#include <cstdint>
#include <list>
#include <utility>

namespace llmproxy::chat {

template <typename T>
class ByChoice {
 public:
  struct Entry {
    explicit Entry(std::uint32_t number) : choice(number) {}

    std::uint32_t choice;
    T value{};
  };

  // The value of `choice`, which stays where it is, and whether it was made just now.
  std::pair<T&, bool> add(std::uint32_t choice) {
    auto entry = entries_.begin();
    while (entry != entries_.end() && entry->choice < choice) {
      ++entry;
    }
    const bool is_new = entry == entries_.end() || entry->choice != choice;
    if (is_new) {
      entry = entries_.emplace(entry, choice);
    }
    return {entry->value, is_new};
  }
  T& operator[](std::uint32_t choice) { return add(choice).first; }

  bool empty() const { return entries_.empty(); }
  auto begin() { return entries_.begin(); }
  auto end() { return entries_.end(); }
  auto begin() const { return entries_.begin(); }
  auto end() const { return entries_.end(); }

 private:
  std::list<Entry> entries_;
};

}  // namespace llmproxy::chat
