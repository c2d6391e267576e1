#include "dialects/openai_chat/field_path.h"

#include "base/text.h"

namespace llmproxy::openai_chat {

std::string FieldPath::text() const {
  if (parent_ == nullptr) {
    return std::string(name_);
  }
  return name_.empty() ? concat({parent_->text(), "[", std::to_string(index_), "]"})
                       : concat({parent_->text(), ".", name_});
}

}  // namespace llmproxy::openai_chat
