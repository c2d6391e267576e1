#include "dialects/gemini/partial_call.h"

#include "base/limits.h"

namespace llmproxy::gemini {

void read_call(json::Cursor& cursor, CallFragment& out) {
  using json::Kind;
  if (cursor.kind() != Kind::object) {
    cursor.skip_value();
    return;
  }
  json::String key;
  cursor.enter_object();
  while (cursor.next_member(key)) {
    const Kind kind = cursor.kind();
    if (key.equals("name") && kind == Kind::string) {
      cursor.read_string(out.name);
    } else if (key.equals("id") && kind == Kind::string) {
      cursor.read_string(out.id);
    } else if (key.equals("args") && kind == Kind::object) {
      cursor.skip_value(out.arguments);
    } else if (key.equals("partialArgs") && kind == Kind::array) {
      cursor.skip_value(out.partial);
    } else if (key.equals("willContinue") && kind == Kind::boolean) {
      cursor.read_bool(out.will_continue);
    } else {
      cursor.skip_value();
    }
  }
}

void PartialCall::begin(const CallFragment& fragment, const chat::Text& signature) {
  open_ = true;
  good_ = fragment.id.raw.size() <= kMaxId && fragment.name.raw.size() <= kMaxId &&
          signature.raw.size() <= kMaxId;
  if (good_) {
    id_ = fragment.id.raw;
    name_ = fragment.name.raw;
    signature_ = signature.raw;
  }
  values_.begin();
  add(fragment);
}

void PartialCall::add(const CallFragment& fragment) {
  if (!fragment.partial.empty()) {
    good_ = good_ && values_.add(fragment.partial);
  }
}

std::size_t PartialCall::size() const {
  return id_.size() + name_.size() + signature_.size() + values_.size();
}

std::optional<chat::ToolCall> PartialCall::finish(std::uint32_t choice) {
  open_ = false;
  arguments_.clear();
  values_.write(arguments_);
  values_.begin();
  if (!good_) {
    return std::nullopt;
  }
  return chat::ToolCall{
      choice, {id_, false}, {name_, false}, arguments_.view(), {signature_, false}};
}

}  // namespace llmproxy::gemini
