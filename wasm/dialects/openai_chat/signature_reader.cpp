#include "dialects/openai_chat/signature_reader.h"

#include "json/lenient.h"

#include <algorithm>

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

}  // namespace

Text split_signature(Text& id) {
  const std::size_t at = id.raw.find(kSignatureInId);
  if (at == std::string_view::npos) {
    return {};
  }
  const Text signature{id.raw.substr(at + kSignatureInId.size()), id.has_escapes};
  id.raw = id.raw.substr(0, at);
  return signature;
}

void SignatureReader::read_invocations(std::vector<Invocation>& invocations) {
  each_element(cursor_, [&] {
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

void SignatureReader::read_named(Text& signature, std::vector<Invocation>* invocations) {
  each_member(cursor_, [&](const json::String& key) {
    if (key.equals("thought_signature")) {
      read_text(cursor_, signature);
    } else if (key.equals("thought_signatures") && cursor_.kind() == Kind::array) {
      each_element(cursor_, [&] {
        Text one;
        read_text(cursor_, one);
        signature = signature.empty() ? one : signature;
      });
    } else if (key.equals("tool_invocations") && invocations != nullptr) {
      read_invocations(*invocations);
    } else {
      cursor_.skip_value();
    }
  });
}

void SignatureReader::read_extra_content(Text& signature, std::vector<Invocation>* invocations) {
  each_member(cursor_, [&](const json::String& key) {
    if (key.equals("google")) {
      read_named(signature, invocations);
    } else {
      cursor_.skip_value();
    }
  });
}

bool SignatureReader::read_of_call(const json::String& key, Text& signature, bool& found) {
  found = true;
  if (key.equals("extra_content")) {
    read_extra_content(signature);
  } else if (key.equals("provider_specific_fields")) {
    read_named(signature);
  } else if (key.equals("thought_signature")) {
    read_text(cursor_, signature);
  } else {
    found = false;
  }
  return !cursor_.failed();
}

bool SignatureReader::read_of_message(const json::String& key, MessageSignatures& signatures,
                                      bool& found) {
  found = true;
  if (key.equals("extra_content")) {
    read_extra_content(signatures.own, &signatures.invocations);
  } else if (key.equals("provider_specific_fields")) {
    read_named(signatures.own);
  } else if (key.equals("thinking_blocks")) {
    read_thinking_blocks(signatures);
  } else if (key.equals("reasoning_details")) {
    read_reasoning_details(signatures);
  } else {
    found = false;
  }
  return !cursor_.failed();
}

void SignatureReader::read_thinking_blocks(MessageSignatures& signatures) {
  each_element(cursor_, [&] {
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

void SignatureReader::read_reasoning_details(MessageSignatures& signatures) {
  each_element(cursor_, [&] {
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
    if (data.empty() || !(format.empty() || format.equals("google-gemini-v1"))) {
      return;
    }
    signatures.by_id.emplace_back(id, data);
  });
}

void assign_signatures(const MessageSignatures& signatures, std::span<chat::Part> parts) {
  std::vector<Text> loose = signatures.of_thoughts;
  for (const auto& [id, signature] : signatures.by_id) {
    const std::string wanted = id.decode();
    const auto owner = std::find_if(parts.begin(), parts.end(), [&](const chat::Part& part) {
      const auto* call = std::get_if<chat::ToolCallPart>(&part);
      return call != nullptr && !wanted.empty() && call->id.equals(wanted);
    });
    if (owner == parts.end()) {
      loose.push_back(signature);
    } else if (auto& call = std::get<chat::ToolCallPart>(*owner); call.signature.empty()) {
      call.signature = signature;
    }
  }
  if (!signatures.own.empty()) {
    loose.insert(loose.begin(), signatures.own);
  }
  if (loose.empty()) {
    return;
  }
  // The thoughts of a turn end in its first call; in a turn without calls, in its text.
  if (chat::ToolCallPart* call = first_unsigned_call(parts)) {
    call->signature = loose.back();
    return;
  }
  const auto is_call = [](const chat::Part& part) {
    return std::holds_alternative<chat::ToolCallPart>(part);
  };
  if (std::any_of(parts.begin(), parts.end(), is_call)) {
    return;
  }
  for (auto part = parts.rbegin(); part != parts.rend(); ++part) {
    if (auto* text = std::get_if<chat::TextPart>(&*part)) {
      text->signature = loose.front();
      return;
    }
  }
}

void insert_invocations(const std::vector<Invocation>& invocations, std::size_t begin,
                        std::vector<chat::Part>& parts) {
  const auto is_inserted = [](const chat::Part& part) {
    return std::holds_alternative<chat::VendorPart>(part);
  };
  for (const Invocation& invocation : invocations) {
    std::int64_t calls = 0;
    const bool first = !invocation.after_text && invocation.after_calls <= 0;
    const auto own = parts.begin() + static_cast<std::ptrdiff_t>(begin);
    const auto before = std::find_if(own, parts.end(), [&](const chat::Part& part) {
      return first ? !is_inserted(part)
                   : std::holds_alternative<chat::ToolCallPart>(part) &&
                         ++calls > invocation.after_calls;
    });
    parts.insert(before, chat::VendorPart{"google", invocation.part});
  }
}

}  // namespace llmproxy::openai_chat
