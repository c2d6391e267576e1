#include "dialects/openai_chat/signature_reader.h"

#include "json/lenient.h"

#include <algorithm>
#include <list>
#include <string>
#include <unordered_map>

namespace llmproxy::openai_chat {

using chat::Text;
using json::Kind;

namespace {

chat::ToolCallPart* first_unsigned_call(std::span<chat::Part> parts) {
  for (chat::Part& part : parts) {
    auto* call = std::get_if<chat::ToolCallPart>(&part);
    if (call != nullptr) {
      return call->signature.empty() ? call : nullptr;  // a signed first call needs no more
    }
  }
  return nullptr;
}

// Signs the last image that is not signed, or else the last text; nothing when an image has this
// signature already, which then is the message's as well.
void sign_last(const Text& signature, std::span<chat::Part> parts) {
  chat::TextPart* text = nullptr;
  for (auto part = parts.rbegin(); part != parts.rend(); ++part) {
    if (auto* media = std::get_if<chat::MediaPart>(&*part)) {
      if (media->signature.empty()) {
        media->signature = signature;
        return;
      }
      if (media->signature.raw == signature.raw) {
        return;
      }
    } else if (text == nullptr) {
      text = std::get_if<chat::TextPart>(&*part);
    }
  }
  if (text != nullptr && text->signature.empty()) {
    text->signature = signature;
  }
}

// In front of which of the message's `count` parts an invocation belongs.
std::size_t place_of(const Invocation& invocation, const std::vector<std::size_t>& calls,
                     std::size_t count) {
  if (!invocation.after_text && invocation.after_calls <= 0) {
    return 0;
  }
  const auto before = static_cast<std::size_t>(std::max<std::int64_t>(invocation.after_calls, 0));
  return before < calls.size() ? calls[before] : count;
}

}  // namespace

void SignatureReader::read_invocations(std::vector<Invocation>& invocations,
                                       const FieldPath& param) {
  each_proof(param, [&] {
    Invocation invocation;
    each_member(cursor_, [&](const json::String& key) {
      if (key.equals("part") && cursor_.kind() == Kind::object) {
        cursor_.skip_value(invocation.part);
      } else if (key.equals("after_text") && cursor_.kind() == Kind::boolean) {
        cursor_.read_bool(invocation.after_text);
      } else if (key.equals("after_calls")) {
        invocation.after_calls = read_integer(cursor_, 0);
      } else {
        cursor_.skip_value();
      }
    });
    if (!invocation.part.empty()) {
      invocations.push_back(invocation);
    }
  });
}

void SignatureReader::read_named(Text& signature, MessageSignatures* message,
                                 const FieldPath& param) {
  each_member(cursor_, [&](const json::String& key) {
    if (key.equals("thought_signature")) {
      read_text(cursor_, signature);
    } else if (key.equals("thought_signatures") && cursor_.kind() == Kind::array) {
      each_element(cursor_, [&] {
        Text one;
        read_text(cursor_, one);
        signature = signature.empty() ? one : signature;
      });
    } else if (key.equals("tool_invocations") && message != nullptr) {
      read_invocations(message->invocations, {param, "tool_invocations"});
    } else if (key.equals("files") && message != nullptr) {
      message->has_files = true;
      cursor_.skip_value();
    } else {
      cursor_.skip_value();
    }
  });
}

void SignatureReader::read_extra_content(Text& signature, MessageSignatures* message,
                                         const FieldPath& param) {
  each_member(cursor_, [&](const json::String& key) {
    if (key.equals("google")) {
      read_named(signature, message, {param, "google"});
    } else {
      cursor_.skip_value();
    }
  });
}

bool SignatureReader::read_of_part(const json::String& key, Text& signature, bool& found) {
  found = true;
  if (key.equals("extra_content")) {
    read_extra_content(signature, nullptr, "");
  } else if (key.equals("provider_specific_fields")) {
    read_named(signature, nullptr, "");
  } else if (key.equals("thought_signature")) {
    read_text(cursor_, signature);
  } else {
    found = false;
  }
  return fields_.good();
}

bool SignatureReader::read_of_message(const json::String& key, MessageSignatures& signatures,
                                      const FieldPath& at, bool& found) {
  found = true;
  const std::size_t before = signatures.own.raw.size();
  if (key.equals("extra_content")) {
    read_extra_content(signatures.own, &signatures, {at, "extra_content"});
  } else if (key.equals("provider_specific_fields")) {
    read_named(signatures.own, nullptr, "");
  } else if (key.equals("thinking_blocks")) {
    read_thinking_blocks(signatures, {at, "thinking_blocks"});
  } else if (key.equals("reasoning_details")) {
    read_reasoning_details(signatures, {at, "reasoning_details"});
  } else {
    found = false;
  }
  if (signatures.own.raw.size() != before) {
    signatures.own_key = key.raw;
  }
  return fields_.good();
}

void SignatureReader::read_thinking_blocks(MessageSignatures& signatures, const FieldPath& param) {
  each_proof(param, [&] {
    Text signature;
    each_member(cursor_, [&](const json::String& key) {
      if (key.equals("signature")) {
        read_text(cursor_, signature);
      } else {
        cursor_.skip_value();
      }
    });
    if (!signature.empty()) {
      signatures.of_thoughts.push_back(signature);
    }
  });
}

void SignatureReader::read_reasoning_details(MessageSignatures& signatures,
                                             const FieldPath& param) {
  each_proof(param, [&] {
    Text data;
    Text id;
    Text format;
    each_member(cursor_, [&](const json::String& key) {
      if (key.equals("data") || key.equals("signature")) {
        read_text(cursor_, data);
      } else if (key.equals("id")) {
        read_text(cursor_, id);
      } else if (key.equals("format")) {
        read_text(cursor_, format);
      } else {
        cursor_.skip_value();
      }
    });
    // Other suppliers' proofs stand in the same list.
    const bool is_ours = format.empty() || format.equals("google-gemini-v1");
    if (data.empty() || !is_ours || id.raw.size() > kMaxId) {
      return;
    }
    signatures.by_id.emplace_back(id, data);
  });
}

namespace {

// The calls of a message by their ids; of equal ones, the first.
class CallsById {
 public:
  explicit CallsById(std::span<chat::Part> parts) {
    for (chat::Part& part : parts) {
      if (auto* call = std::get_if<chat::ToolCallPart>(&part); call && !call->id.empty()) {
        calls_.try_emplace(decoded(call->id), call);
      }
    }
  }
  chat::ToolCallPart* find(const Text& id) {
    const std::string text = id.has_escapes ? id.decode() : "";
    const auto found = calls_.find(id.has_escapes ? std::string_view(text) : id.raw);
    return found == calls_.end() ? nullptr : found->second;
  }

 private:
  std::string_view decoded(const Text& text) {
    return text.has_escapes ? std::string_view(decoded_.emplace_back(text.decode())) : text.raw;
  }
  std::list<std::string> decoded_;
  std::unordered_map<std::string_view, chat::ToolCallPart*> calls_;
};

// Returns those that are no call's.
std::vector<Text> sign_by_id(const MessageSignatures& signatures, std::span<chat::Part> parts) {
  std::vector<Text> loose;
  CallsById calls(parts);
  for (const auto& [id, signature] : signatures.by_id) {
    chat::ToolCallPart* call = calls.find(id);
    if (call == nullptr) {
      loose.push_back(signature);
    } else if (call->signature.empty()) {
      call->signature = signature;
    }
  }
  return loose;
}

}  // namespace

void assign_signatures(const MessageSignatures& signatures, std::span<chat::Part> parts) {
  std::vector<Text> loose = signatures.of_thoughts;
  if (!signatures.by_id.empty()) {
    const std::vector<Text> others = sign_by_id(signatures, parts);
    loose.insert(loose.end(), others.begin(), others.end());
  }
  if (!signatures.own.empty()) {
    loose.insert(loose.begin(), signatures.own);
  }
  if (loose.empty()) {
    return;
  }
  // The thoughts of a turn end in its first call; in a turn without calls, in what it drew or said.
  if (chat::ToolCallPart* call = first_unsigned_call(parts)) {
    call->signature = loose.back();
    return;
  }
  const auto is_call = [](const chat::Part& part) {
    return std::holds_alternative<chat::ToolCallPart>(part);
  };
  if (std::none_of(parts.begin(), parts.end(), is_call)) {
    sign_last(loose.front(), parts);
    return;
  }
  // Beside calls that are signed themselves, that of the message is its text's, unless it is only
  // said once more.
  const auto has_own = [&](const chat::Part& part) {
    const auto* call = std::get_if<chat::ToolCallPart>(&part);
    return call != nullptr && call->signature.raw == signatures.own.raw;
  };
  if (!signatures.own.empty() && std::none_of(parts.begin(), parts.end(), has_own)) {
    sign_last(signatures.own, parts);
  }
}

void insert_invocations(const std::vector<Invocation>& invocations, std::size_t begin,
                        std::vector<chat::Part>& parts) {
  if (invocations.empty()) {
    return;
  }
  const std::vector<chat::Part> own(parts.begin() + static_cast<std::ptrdiff_t>(begin),
                                    parts.end());
  std::vector<std::size_t> calls;  // where they stand
  for (std::size_t i = 0; i < own.size(); ++i) {
    if (std::holds_alternative<chat::ToolCallPart>(own[i])) {
      calls.push_back(i);
    }
  }
  std::vector<std::pair<std::size_t, const Invocation*>> places;
  places.reserve(invocations.size());
  for (const Invocation& invocation : invocations) {
    places.emplace_back(place_of(invocation, calls, own.size()), &invocation);
  }
  std::stable_sort(places.begin(), places.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  parts.resize(begin, chat::TextPart{});
  auto place = places.begin();
  for (std::size_t i = 0; i <= own.size(); ++i) {
    for (; place != places.end() && place->first == i; ++place) {
      parts.emplace_back(chat::VendorPart{"google", place->second->part});
    }
    if (i < own.size()) {
      parts.push_back(own[i]);
    }
  }
}

}  // namespace llmproxy::openai_chat
