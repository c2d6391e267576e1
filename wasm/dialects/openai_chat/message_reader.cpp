#include "dialects/openai_chat/message_reader.h"

#include "dialects/openai_chat/answer_images.h"
#include "dialects/openai_chat/part_reader.h"
#include "dialects/openai_chat/signed_id.h"
#include "json/lenient.h"

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

// What an answer says beside itself: its thoughts as text, its sources, what a client made of it.
// The next request is the same without them.
bool is_derived(const json::String& key) {
  constexpr std::array kDerived = std::to_array<std::string_view>(
      {"reasoning_content", "reasoning", "annotations", "parsed", "function_call"});
  return std::any_of(kDerived.begin(), kDerived.end(),
                     [&key](std::string_view name) { return key.equals(name); });
}

}  // namespace

void MessageReader::drop(const FieldPath& param) {
  fields_.name_dropped(out_.dropped, param);
}

// Memory for the messages is taken once, if they are not shorter than is usual: what grows step by
// step is copied, and takes twice as much.
bool MessageReader::read_all() {
  const FieldPath messages("messages");
  out_.messages.clear();  // of two members with one name the second one counts
  out_.parts.clear();
  out_.speakers.clear();
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
    return PartReader(fields_, out_).try_read_text() || read_parts(draft, {at, "content"});
  }
  if (draft.extras == nullptr) {
    draft.extras = std::make_unique<Extras>();
  }
  return read_extra(key, *draft.extras, at);
}

namespace {

// The role of the message whose content is at the cursor: what parts may be depends on it, and some
// clients write it behind them.
Text role_ahead(json::Cursor cursor) {
  Text role;
  json::String key;
  cursor.skip_value();
  while (cursor.next_member(key)) {
    if (key.equals("role")) {
      json::read_text(cursor, role);
    } else {
      cursor.skip_value();
    }
  }
  return role;
}

}  // namespace

bool MessageReader::read_parts(Draft& draft, const FieldPath& param) {
  Text role = draft.role;
  if (role.raw.data() == nullptr && !draft.looked_ahead) {  // once: content may be repeated
    role = role_ahead(fields_.cursor());
    draft.looked_ahead = true;
  }
  const std::optional<Role> known = map_role(role);
  const PartReader::Source source = known == Role::assistant ? PartReader::Source::answer
                                    : known == Role::tool    ? PartReader::Source::result
                                                             : PartReader::Source::client;
  return PartReader(fields_, out_, source).read_content(param);
}

bool MessageReader::read_extra(const json::String& key, Extras& extras, const FieldPath& at) {
  if (key.equals("tool_calls")) {
    const FieldPath calls(at, "tool_calls");
    return fields_.read_elements(
        calls, kMaxCallsOfMessage,
        [&](const FieldPath& param, std::size_t) { return calls_.read(extras.calls, param); });
  }
  if (key.equals("function_call")) {
    return fields_.cursor().skip_null() || calls_.read_old(extras.calls, {at, "function_call"});
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
    return read_audio(extras, {at, "audio"});
  }
  if (key.equals("images") && fields_.cursor().kind() == Kind::array) {
    return read_answer_images(fields_, out_, extras.images, {at, "images"});
  }
  bool found = false;
  const bool read = SignatureReader(fields_).read_of_message(key, extras.signatures, at, found);
  if (found) {
    return read;
  }
  return is_derived(key) ? fields_.cursor().skip_value()
                         : fields_.drop(out_.dropped, {at, key.raw});
}

bool MessageReader::read_audio(Extras& extras, const FieldPath& param) {
  if (fields_.cursor().kind() != Kind::object) {
    return fields_.drop(out_.dropped, param);
  }
  extras.has_audio = true;
  json::each_member(fields_.cursor(), [&](const json::String& key) {
    if (key.equals("transcript")) {
      json::read_text(fields_.cursor(), extras.transcript);
    } else {
      fields_.cursor().skip_value();
    }
  });
  return fields_.good();
}

bool MessageReader::finish_message(Draft& draft, const FieldPath& at, std::size_t index) {
  const std::optional<Role> role = map_role(draft.role);
  if (!role) {
    return fail_role(draft.role, at);
  }
  if (draft.extras != nullptr && *role != Role::assistant) {
    drop_misplaced(*draft.extras, at);
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

// What only an answer has, in a message that is none.
void MessageReader::drop_misplaced(const Extras& extras, const FieldPath& at) {
  const std::array misplaced = std::to_array<std::pair<std::string_view, bool>>({
      {"images", !extras.images.empty()},
      {"tool_calls", !extras.calls.empty()},
      {"refusal", !extras.refusal.empty()},
      {"audio", extras.has_audio},
      {extras.signatures.own_key, !extras.signatures.own.empty()},
      {"extra_content.google.tool_invocations", !extras.signatures.invocations.empty()},
      {"thinking_blocks", !extras.signatures.of_thoughts.empty()},
      {"reasoning_details", !extras.signatures.by_id.empty()},
  });
  for (const auto& [name, is_there] : misplaced) {
    if (is_there) {
      drop({at, name});
    }
  }
}

bool MessageReader::finish_extras(const Draft& draft, Role role, const FieldPath& at) {
  if (!draft.extras->name.empty()) {
    drop({at, "name"});
    out_.speakers.push_back({static_cast<std::uint32_t>(out_.messages.size()), draft.extras->name});
  }
  return role != Role::assistant || finish_assistant(draft, at);
}

bool MessageReader::finish_assistant(const Draft& draft, const FieldPath& at) {
  const Extras& extras = *draft.extras;
  // Beside words of the model's it is a note on them, which may have been made here.
  const bool has_words = out_.parts.size() > draft.begin;
  if (has_words && !extras.refusal.empty()) {
    drop({at, "refusal"});
  } else if (!extras.refusal.empty()) {
    out_.parts.emplace_back(chat::TextPart{.text = extras.refusal, .refusal = true});
  }
  if (extras.has_audio) {
    finish_audio(draft, {at, "audio"});
  }
  if (extras.signatures.has_files) {
    drop({at, "extra_content.google.files"});
  }
  const std::vector<Invocation>& invocations = extras.signatures.invocations;
  const std::size_t count =
      out_.parts.size() + extras.images.size() + extras.calls.size() + invocations.size();
  if (count > kMaxParts) {
    return PartReader(fields_, out_).fail_full(at);
  }
  out_.parts.insert(out_.parts.end(), extras.images.begin(), extras.images.end());
  out_.parts.insert(out_.parts.end(), extras.calls.begin(), extras.calls.end());
  assign_signatures(extras.signatures, out_.in(out_.from(draft.begin)));
  insert_invocations(invocations, draft.begin, out_.parts);
  return true;
}

// What was said in the sound of an earlier answer is what the answer was. The sound itself stays
// out: it is known by an id that only its supplier can resolve. The client did not write it, so an
// answer of sound alone, whose words were not kept, is named as dropped and no error.
void MessageReader::finish_audio(const Draft& draft, const FieldPath& param) {
  const Extras& extras = *draft.extras;
  const std::span<const Part> said = out_.in(out_.from(draft.begin));
  const bool has_words = std::any_of(said.begin(), said.end(), [](const Part& part) {
    const auto* text = std::get_if<chat::TextPart>(&part);
    return text == nullptr || !text->text.empty();
  });
  if (!has_words && !extras.transcript.empty()) {
    out_.parts.emplace_back(chat::TextPart{extras.transcript});
  }
  drop(param);
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
  result.call_id.raw = result.call_id.raw.substr(0, size_of_id(result.call_id.raw));
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

}  // namespace llmproxy::openai_chat
