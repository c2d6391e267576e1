#include "dialects/openai_chat/field_path.h"

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

}  // namespace llmproxy::openai_chat
