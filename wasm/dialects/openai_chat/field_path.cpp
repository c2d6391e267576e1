#include "dialects/openai_chat/field_path.h"

#include "base/hash.h"
#include "base/text.h"

namespace llmproxy::openai_chat {
namespace {

// More of a name than any field has.
constexpr std::size_t kShown = 80;

}  // namespace

std::string FieldPath::text() const {
  if (parent_ == nullptr) {
    return shorten(name_, kShown);
  }
  return name_.empty() ? concat({parent_->text(), "[", std::to_string(index_), "]"})
                       : concat({parent_->text(), ".", shorten(name_, kShown)});
}

std::string FieldPath::kind_text() const {
  if (parent_ == nullptr || !name_.empty()) {
    return parent_ == nullptr ? text()
                              : concat({parent_->kind_text(), ".", shorten(name_, kShown)});
  }
  return concat({parent_->kind_text(), "[]"});
}

std::uint64_t FieldPath::kind() const {
  const std::uint64_t before = parent_ == nullptr ? kHashSeed : parent_->kind();
  return name_.empty() ? hash(before, "[]") : hash(hash(before, "."), name_);
}

}  // namespace llmproxy::openai_chat
