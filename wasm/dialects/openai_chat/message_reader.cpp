#include "dialects/openai_chat/message_reader.h"

#include "base/text.h"
#include "dialects/openai_chat/part_reader.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace llmproxy::openai_chat {

using chat::Part;
using chat::Role;
using chat::Text;
using json::Kind;

namespace {

// Bytes of a short message, with the names around it.
constexpr std::size_t kUsualMessage = 256;
constexpr std::size_t kMostExpected = 512;

std::optional<Role> map_role(const Text& role) {
  if (role.is("user")) {
    return Role::user;
  }
  if (role.is("assistant")) {
    return Role::assistant;
  }
  constexpr std::array kRoles = std::to_array<std::pair<std::string_view, Role>>({
      {"tool", Role::tool},
      {"system", Role::system},
      {"developer", Role::developer},
      {"function", Role::tool},  // what `tool` was called before calls had ids
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

void MessageReader::drop(const FieldPath& param) {
  if (out_.dropped.size() < kMaxNamedChanges) {
    out_.dropped.push_back(param.text());
  }
}

bool MessageReader::claim(std::size_t size, const FieldPath& param) {
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

// Memory for the messages is taken once, if they are not shorter than is usual: what grows step by
// step is copied, and takes twice as much.
bool MessageReader::read_all() {
  const FieldPath messages("messages");
  out_.messages.clear();  // of two members with one name the second one counts
  out_.parts.clear();
  const std::size_t count = std::min(fields_.cursor().left() / kUsualMessage, kMostExpected);
  out_.messages.reserve(count);
  out_.parts.reserve(count);
  return fields_.read_elements(messages, kMaxMessages, [&](const FieldPath& at, std::size_t index) {
    return read_message(at, index);
  });
}

bool MessageReader::read_message(const FieldPath& at, std::size_t index) {
  if (!fields_.cursor().try_enter_object()) {
    return fields_.fail_type(at, "an object");
  }
  Draft draft;
  draft.begin = out_.parts.size();
  return fields_.read_rest([&](const json::String& key) { return read_member(key, draft, at); }) &&
         finish_message(draft, at, index);
}

bool MessageReader::read_member(const json::String& key, Draft& draft, const FieldPath& at) {
  // What nearly always comes is read before there is a path to name it by.
  if (key.is("role")) {
    return fields_.cursor().try_read_string(draft.role) || fields_.read(draft.role, {at, "role"});
  }
  if (key.is("content")) {
    PartReader content(fields_, out_);
    return content.try_read_text() || content.read_content({at, "content"});
  }
  if (draft.extras == nullptr) {
    draft.extras = std::make_unique<Extras>();
  }
  return read_extra(key, *draft.extras, at);
}

bool MessageReader::read_extra(const json::String& key, Extras& extras, const FieldPath& at) {
  if (key.equals("tool_calls")) {
    const FieldPath calls(at, "tool_calls");
    return fields_.read_elements(
        calls, kMaxCallsOfMessage,
        [&](const FieldPath& param, std::size_t) { return read_tool_call(extras.calls, param); });
  }
  if (key.equals("function_call")) {
    return fields_.cursor().skip_null() || read_old_call(extras.calls, {at, "function_call"});
  }
  if (key.equals("tool_call_id")) {
    return fields_.read(extras.call_id, {at, "tool_call_id"}, kMaxId);
  }
  if (key.equals("name")) {
    return fields_.read(extras.name, {at, "name"}, kMaxName);
  }
  if (key.equals("refusal")) {
    return fields_.read(extras.refusal, {at, "refusal"});
  }
  if (key.equals("audio")) {
    extras.has_audio = fields_.cursor().kind() != Kind::null;
  }
  bool found = false;
  const bool read = SignatureReader(fields_).read_of_message(key, extras.signatures, at, found);
  return found ? read : fields_.cursor().skip_value();
}

bool MessageReader::finish_message(Draft& draft, const FieldPath& at, std::size_t index) {
  const std::optional<Role> role = map_role(draft.role);
  if (!role) {
    return fail_role(draft.role, at);
  }
  const bool good = *role == Role::tool
                        ? finish_tool_result(draft, at)
                        : draft.extras == nullptr || finish_extras(draft, *role, at);
  out_.messages.push_back({*role, static_cast<std::uint32_t>(index), out_.from(draft.begin)});
  return good;
}

bool MessageReader::fail_role(const Text& role, const FieldPath& at) {
  if (role.raw.data() == nullptr) {
    return fields_.fail_missing({at, "role"});
  }
  return fields_.fail(ErrorCode::invalid_value,
                      {"Invalid value: '", quote(role),
                       "'. Supported values are: 'system', 'developer', 'user', "
                       "'assistant', 'tool' and 'function'."},
                      {at, "role"});
}

bool MessageReader::finish_extras(const Draft& draft, Role role, const FieldPath& at) {
  if (!draft.extras->name.empty()) {
    drop({at, "name"});
  }
  return role != Role::assistant || finish_assistant(draft, at);
}

bool MessageReader::finish_assistant(const Draft& draft, const FieldPath& at) {
  const Extras& extras = *draft.extras;
  if (!extras.refusal.empty()) {
    out_.parts.emplace_back(chat::TextPart{extras.refusal});
  }
  // An earlier answer in sound is known by an id that only its supplier can resolve.
  if (extras.has_audio && draft.begin == out_.parts.size()) {
    return fields_.fail(ErrorCode::unsupported_parameter,
                        "Audio of an earlier answer is known to its supplier only; send its "
                        "transcript as 'content'.",
                        {at, "audio"});
  }
  if (extras.has_audio) {
    drop({at, "audio"});
  }
  out_.parts.insert(out_.parts.end(), extras.calls.begin(), extras.calls.end());
  assign_signatures(extras.signatures, out_.in(out_.from(draft.begin)));
  const std::vector<Invocation>& invocations = extras.signatures.invocations;
  if (out_.parts.size() + invocations.size() > kMaxParts) {
    return PartReader(fields_, out_).fail_full({at, "extra_content.google.tool_invocations"});
  }
  insert_invocations(invocations, draft.begin, out_.parts);
  return true;
}

// The content belongs to the result, and the result alone is the message.
bool MessageReader::finish_tool_result(Draft& draft, const FieldPath& at) {
  const bool old_form = draft.role.equals("function");
  chat::ToolResultPart result;
  if (draft.extras != nullptr) {
    result.name = draft.extras->name;
    result.call_id = draft.extras->call_id;
  }
  if ((old_form ? result.name : result.call_id).empty()) {
    return fields_.fail_missing({at, old_form ? "name" : "tool_call_id"});
  }
  split_signature(result.call_id);
  result.content = out_.from(draft.begin);
  for (const Part& part : out_.in(result.content)) {
    if (!std::holds_alternative<chat::TextPart>(part) &&
        !std::holds_alternative<chat::MediaPart>(part)) {
      return fields_.fail(
          ErrorCode::unsupported_value,
          "The content of a tool message may hold text, images and files by their bytes.",
          {at, "content"});
    }
  }
  draft.begin = out_.parts.size();
  out_.parts.emplace_back(result);
  return true;
}

bool MessageReader::read_tool_call(std::vector<Part>& calls, const FieldPath& param) {
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
    const bool good = SignatureReader(fields_).read_of_call(key, call.signature, found);
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
  const Text in_id = split_signature(call.id);
  call.signature = call.signature.empty() ? in_id : call.signature;
  calls.emplace_back(call);
  return true;
}

bool MessageReader::read_old_call(std::vector<Part>& calls, const FieldPath& param) {
  chat::ToolCallPart call;
  call.arguments = "{}";
  if (!read_function(call, param)) {
    return false;
  }
  if (call.name.empty()) {
    return fields_.fail_missing({param, "name"});
  }
  calls.emplace_back(call);
  return true;
}

bool MessageReader::read_function(chat::ToolCallPart& call, const FieldPath& param) {
  return fields_.read_members(param, [&](const json::String& key) {
    if (key.equals("name")) {
      return fields_.read(call.name, {param, "name"}, kMaxName);
    }
    if (key.equals("arguments")) {
      return read_arguments(call, {param, "arguments"});
    }
    bool found = false;
    const bool good = SignatureReader(fields_).read_of_call(key, call.signature, found);
    return found ? good : fields_.cursor().skip_value();
  });
}

// What a custom tool got is text, which suppliers without such tools know as the one argument.
bool MessageReader::read_custom(chat::ToolCallPart& call, const FieldPath& param) {
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
    return true;
  });
}

// OpenAI sends arguments as a string that holds JSON, and that JSON is what the model wrote: it may
// be empty, no object, or no JSON. What is not an object is kept under "input", so that nothing is
// lost.
bool MessageReader::read_arguments(chat::ToolCallPart& call, const FieldPath& param) {
  if (fields_.cursor().kind() == Kind::object) {  // some clients send the object itself
    return fields_.read_raw(call.arguments);
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
