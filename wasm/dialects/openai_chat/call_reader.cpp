#include "dialects/openai_chat/call_reader.h"

#include "base/text.h"
#include "dialects/openai_chat/part_reader.h"
#include "dialects/openai_chat/signature_reader.h"
#include "dialects/openai_chat/signed_id.h"

#include <utility>

namespace llmproxy::openai_chat {

using chat::Part;
using chat::Text;
using json::Kind;

std::string_view CallReader::store(std::string text) {
  return out_.storage.emplace_back(std::move(text));
}

bool CallReader::claim(std::size_t size, const FieldPath& param) {
  if (size <= kMaxArguments - arguments_) {
    arguments_ += size;
    return true;
  }
  return fields_.fail(
      ErrorCode::string_too_long,
      {"Invalid '", param.text(),
       "': string too long. Expected arguments of all calls with a maximum length of ",
       std::to_string(kMaxArguments), ", but got ", std::to_string(arguments_ + size), " instead."},
      param);
}

bool CallReader::read(std::vector<Part>& calls, const FieldPath& param) {
  if (fields_.cursor().kind() != Kind::object) {
    return fields_.fail_type(param, "an object");
  }
  if (out_.parts.size() + calls.size() >= kMaxParts) {
    return PartReader(fields_, out_).fail_full(param);
  }
  chat::ToolCallPart call;
  call.arguments = "{}";
  Text type;
  const bool read = fields_.read_members(param, [&](const json::String& key) {
    if (key.equals("id")) {
      return fields_.read(call.id, {param, "id"}, kMaxId);
    }
    if (key.equals("type")) {
      return fields_.read(type, {param, "type"});
    }
    if (key.equals("function")) {
      return read_function(call, {param, "function"});
    }
    if (key.equals("custom")) {
      return read_custom(call, {param, "custom"});
    }
    bool found = false;
    const bool good = SignatureReader(fields_).read_of_part(key, call.signature, found);
    return found ? good : fields_.cursor().skip_value();
  });
  if (!read) {
    return false;
  }
  if (!type.empty() && !type.equals("function") && !type.equals("custom")) {
    return fields_.fail(ErrorCode::unsupported_value,
                        "Tool calls are of type 'function' or 'custom'.", {param, "type"});
  }
  if (call.name.empty()) {
    const FieldPath kind(param, type.equals("custom") ? "custom" : "function");
    return fields_.fail_missing({kind, "name"});
  }
  if (!read_signed_id(call, {param, "id"})) {
    return false;
  }
  calls.emplace_back(call);
  return true;
}

// Leaves the id as it was before the signature came to it.
bool CallReader::read_signed_id(chat::ToolCallPart& call, const FieldPath& param) {
  const std::size_t size = size_of_id(call.id.raw);
  if (size == call.id.raw.size()) {
    return true;
  }
  IdSignature found = read_signature(call.id);
  call.id.raw = call.id.raw.substr(0, size);
  out_.damaged_ids = out_.damaged_ids || found.damaged;
  if (!call.signature.empty() || found.signature.empty()) {
    return true;
  }
  if (!claim(found.signature.size(), param)) {
    return false;
  }
  call.signature = {store(std::move(found.signature)), false};
  return true;
}

bool CallReader::read_old(std::vector<Part>& calls, const FieldPath& param) {
  chat::ToolCallPart call;
  call.arguments = "{}";
  if (!read_function(call, param)) {
    return false;
  }
  if (call.name.empty() && call.arguments == "{}") {
    return true;  // {}, as some clients write that there is none
  }
  if (call.name.empty()) {
    return fields_.fail_missing({param, "name"});
  }
  calls.emplace_back(call);
  return true;
}

bool CallReader::read_function(chat::ToolCallPart& call, const FieldPath& param) {
  return fields_.read_members(param, [&](const json::String& key) {
    if (key.equals("name")) {
      return fields_.read(call.name, {param, "name"}, kMaxName);
    }
    if (key.equals("arguments")) {
      return read_arguments(call, {param, "arguments"});
    }
    bool found = false;
    const bool good = SignatureReader(fields_).read_of_part(key, call.signature, found);
    return found ? good : fields_.cursor().skip_value();
  });
}

// What a custom tool got is text, which suppliers without such tools know as the one argument.
bool CallReader::read_custom(chat::ToolCallPart& call, const FieldPath& param) {
  return fields_.read_members(param, [&](const json::String& key) {
    if (key.equals("name")) {
      return fields_.read(call.name, {param, "name"}, kMaxName);
    }
    if (!key.equals("input")) {
      return fields_.cursor().skip_value();
    }
    Text input;
    if (!fields_.read(input, {param, "input"}) || !claim(input.raw.size(), {param, "input"})) {
      return false;
    }
    call.arguments = store(concat({"{\"input\":\"", input.raw, "\"}"}));
    call.custom = true;
    return true;
  });
}

// OpenAI sends arguments as a string that holds JSON, and that JSON is what the model wrote: it may
// be empty, no object, or no JSON. What is not an object is kept under "input", so that nothing is
// lost.
bool CallReader::read_arguments(chat::ToolCallPart& call, const FieldPath& param) {
  if (fields_.cursor().kind() == Kind::object) {  // some clients send the object itself
    return fields_.read_raw(call.arguments);
  }
  if (fields_.cursor().kind() == Kind::array) {  // what PHP makes of no arguments: []
    std::string_view list;
    if (!fields_.read_raw(list) || !claim(list.size(), param)) {
      return false;
    }
    const bool is_empty = trim(list.substr(1, list.size() - 2)).empty();
    call.arguments = is_empty ? "{}" : store(concat({"{\"input\":", list, "}"}));
    return true;
  }
  Text encoded;
  if (!fields_.read(encoded, param) || !claim(encoded.raw.size(), param)) {
    return false;
  }
  std::string text = encoded.decode();
  const std::string_view value = trim(text);
  if (value.empty() || value == "null") {
    return true;
  }
  json::Cursor inner(value);
  const Kind kind = inner.kind();
  const bool is_json = inner.skip_value() && inner.at_end();
  if (is_json && kind == Kind::object) {
    call.arguments =
        value.size() == text.size() ? store(std::move(text)) : store(std::string(value));
  } else if (is_json) {
    call.arguments = store(concat({"{\"input\":", value, "}"}));
  } else {
    call.arguments = store(concat({"{\"input\":\"", encoded.raw, "\"}"}));
  }
  return true;
}

}  // namespace llmproxy::openai_chat
