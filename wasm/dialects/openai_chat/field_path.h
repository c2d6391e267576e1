// Where a field stands in a request: "messages[2].content[0].text". A reader builds it on the stack
// as it descends, and it becomes text only when there is an error to tell, so that being able to
// name every field costs nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace llmproxy::openai_chat {

class FieldPath {
 public:
  // A member of the request itself. Not explicit, so that its name will do.
  FieldPath(const char* name) : name_(name) {}
  FieldPath(std::string_view name) : name_(name) {}
  // `parent` must outlive this.
  FieldPath(const FieldPath& parent, std::string_view name) : parent_(&parent), name_(name) {}
  FieldPath(const FieldPath& parent, std::size_t index) : parent_(&parent), index_(index) {}

  // A name that a client made up may be cut.
  std::string text() const;
  // The same for every element of its lists: "messages[].content[].text".
  std::string kind_text() const;
  // A hash of kind_text(), without making it.
  std::uint64_t kind() const;

 private:
  const FieldPath* parent_ = nullptr;
  std::string_view name_;  // empty: an element of a list
  std::size_t index_ = 0;
};

}  // namespace llmproxy::openai_chat
