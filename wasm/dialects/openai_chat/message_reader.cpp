#include "dialects/openai_chat/message_reader.h"

#include "base/text.h"
#include "dialects/openai_chat/part_reader.h"

#include <array>
#include <optional>
#include <utility>

namespace llmproxy::openai_chat {

using chat::Part;
using chat::Role;
using chat::Text;
using json::Kind;

namespace {

std::optional<Role> map_role(const Text& role) {
  constexpr std::array kRoles = std::to_array<std::pair<std::string_view, Role>>({
      {"system", Role::system},
      {"developer", Role::developer},
      {"user", Role::user},
      {"assistant", Role::assistant},
      {"tool", Role::tool},
  });
  for (const auto& [name, value] : kRoles) {
    if (role.equals(name)) {
      return value;
    }
  }
  return std::nullopt;
}

}  // namespace

std::string_view MessageReader::store(std::string text) {
  return out_.storage.emplace_back(std::move(text));
}

bool MessageReader::read_all() {
  const FieldPath messages("messages");
  if (!fields_.enter_array(messages)) {
    return fields_.good();
  }
  for (index_ = 0; fields_.cursor().next_element(); ++index_) {
    if (!read_message({messages, index_})) {
      return false;
    }
  }
  return fields_.good();
}

bool MessageReader::read_message(const FieldPath& at) {
  if (fields_.cursor().kind() != Kind::object) {
    return fields_.fail_type(at, "an object");
  }
  Draft draft;
  json::String key;
  fields_.cursor().enter_object();
  while (fields_.cursor().next_member(key)) {
    if (!read_member(key, draft, at)) {
      return false;
    }
  }
  return fields_.good() && finish_message(draft, at);
}

bool MessageReader::read_member(const json::String& key, Draft& draft, const FieldPath& at) {
  if (key.equals("role")) {
    return fields_.read(draft.role, {at, "role"});
  }
  if (key.equals("content")) {
    return PartReader(fields_, out_).read_content(draft.content, {at, "content"});
  }
  if (key.equals("tool_calls")) {
    return read_tool_calls(draft.calls, {at, "tool_calls"});
  }
  if (key.equals("tool_call_id")) {
    return fields_.read(draft.call_id, {at, "tool_call_id"});
  }
  if (key.equals("refusal")) {
    return fields_.read(draft.refusal, {at, "refusal"});
  }
  if (key.equals("audio")) {
    draft.has_audio = fields_.cursor().kind() != Kind::null;
  }
  return fields_.cursor().skip_value();
}

bool MessageReader::finish_message(Draft& draft, const FieldPath& at) {
  if (draft.role.raw.data() == nullptr) {
    return fields_.fail_missing({at, "role"});
  }
  const std::optional<Role> role = map_role(draft.role);
  if (!role) {
    return fields_.fail(ErrorCode::invalid_value,
                        concat({"Invalid value: '", shorten(draft.role.decode(), 40),
                                "'. Supported values are: 'system', 'developer', 'user', "
                                "'assistant' and 'tool'."}),
                        {at, "role"});
  }
  chat::Message& message = out_.messages.emplace_back();
  message.role = *role;
  message.index = index_;
  if (*role == Role::tool) {
    return finish_tool_result(draft, message, at);
  }
  message.parts = std::move(draft.content);
  if (*role != Role::assistant) {
    return true;
  }
  if (!draft.refusal.empty()) {
    message.parts.emplace_back(chat::TextPart{draft.refusal});
  }
  // An earlier answer in sound is known by an id that only its supplier can resolve.
  if (draft.has_audio && message.parts.empty()) {
    return fields_.fail(ErrorCode::unsupported_parameter,
                        "Audio of an earlier answer is known to its supplier only; send its "
                        "transcript as 'content'.",
                        {at, "audio"});
  }
  for (Part& call : draft.calls) {
    message.parts.push_back(std::move(call));
  }
  return true;
}

bool MessageReader::finish_tool_result(Draft& draft, chat::Message& message, const FieldPath& at) {
  if (draft.call_id.empty()) {
    return fields_.fail_missing({at, "tool_call_id"});
  }
  chat::ToolResultPart result;
  result.call_id = draft.call_id;
  for (const Part& part : draft.content) {
    if (const auto* text = std::get_if<chat::TextPart>(&part)) {
      result.content.emplace_back(*text);
    } else if (const auto* media = std::get_if<chat::MediaPart>(&part)) {
      result.content.emplace_back(*media);
    } else {
      return fields_.fail(
          ErrorCode::unsupported_value,
          "The content of a tool message may hold text, images and files by their bytes.",
          {at, "content"});
    }
  }
  message.parts.emplace_back(std::move(result));
  return true;
}

bool MessageReader::read_tool_calls(std::vector<Part>& calls, const FieldPath& param) {
  if (!fields_.enter_array(param)) {
    return fields_.good();
  }
  for (std::size_t i = 0; fields_.cursor().next_element(); ++i) {
    if (!read_tool_call(calls, {param, i})) {
      return false;
    }
  }
  return fields_.good();
}

bool MessageReader::read_tool_call(std::vector<Part>& calls, const FieldPath& param) {
  if (fields_.cursor().kind() != Kind::object) {
    return fields_.fail_type(param, "an object");
  }
  chat::ToolCallPart call;
  call.arguments = "{}";
  Text type;
  json::String key;
  fields_.cursor().enter_object();
  while (fields_.cursor().next_member(key)) {
    bool read = false;
    if (key.equals("id")) {
      read = fields_.read(call.id, {param, "id"});
    } else if (key.equals("type")) {
      read = fields_.read(type, {param, "type"});
    } else if (key.equals("function")) {
      read = read_function(call, {param, "function"});
    } else if (key.equals("extra_content")) {
      read = read_signature(call.signature);
    } else {
      read = fields_.cursor().skip_value();
    }
    if (!read) {
      return false;
    }
  }
  if (!fields_.good()) {
    return false;
  }
  if (!type.empty() && !type.equals("function")) {
    return fields_.fail(ErrorCode::unsupported_value,
                        "Only tool calls of type 'function' are supported here.", {param, "type"});
  }
  if (call.name.empty()) {
    return fields_.fail_missing({{param, "function"}, "name"});
  }
  calls.emplace_back(call);
  return true;
}

bool MessageReader::read_function(chat::ToolCallPart& call, const FieldPath& param) {
  if (!fields_.enter_object(param)) {
    return fields_.good();
  }
  json::String key;
  while (fields_.cursor().next_member(key)) {
    bool read = false;
    if (key.equals("name")) {
      read = fields_.read(call.name, {param, "name"});
    } else if (key.equals("arguments")) {
      read = read_arguments(call, {param, "arguments"});
    } else {
      read = fields_.cursor().skip_value();
    }
    if (!read) {
      return false;
    }
  }
  return fields_.good();
}

// OpenAI sends arguments as a string that holds JSON, and that JSON is what the model wrote: it may
// be empty, no object, or no JSON. What is not an object is kept under "input", so that nothing is
// lost.
bool MessageReader::read_arguments(chat::ToolCallPart& call, const FieldPath& param) {
  if (fields_.cursor().kind() == Kind::object) {  // some clients send the object itself
    return fields_.read_raw(call.arguments);
  }
  Text encoded;
  if (!fields_.read(encoded, param)) {
    return false;
  }
  const std::string text = encoded.decode();
  const std::string_view value = trim(text);
  if (value.empty()) {
    return true;
  }
  json::Cursor inner(value);
  const Kind kind = inner.kind();
  const bool is_json = inner.skip_value() && inner.at_end();
  if (is_json && kind == Kind::object) {
    call.arguments = store(std::string(value));
  } else if (is_json) {
    call.arguments = store(concat({"{\"input\":", value, "}"}));
  } else {
    call.arguments = store(concat({"{\"input\":\"", encoded.raw, "\"}"}));
  }
  return true;
}

// {"google": {"thought_signature": "…"}}, as Google's own endpoint for OpenAI clients has it.
// https://ai.google.dev/gemini-api/docs/thought-signatures#openai
bool MessageReader::read_signature(Text& signature) {
  json::Cursor& cursor = fields_.cursor();
  if (cursor.kind() != Kind::object) {
    return cursor.skip_value();
  }
  json::String key;
  cursor.enter_object();
  while (cursor.next_member(key)) {
    const bool inside = key.equals("google") && cursor.kind() == Kind::object;
    if (!inside) {
      cursor.skip_value();
      continue;
    }
    cursor.enter_object();
    while (cursor.next_member(key)) {
      if (key.equals("thought_signature") && cursor.kind() == Kind::string) {
        cursor.read_string(signature);
      } else {
        cursor.skip_value();
      }
    }
  }
  return fields_.good();
}

}  // namespace llmproxy::openai_chat
