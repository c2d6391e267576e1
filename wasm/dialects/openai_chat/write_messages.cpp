#include "dialects/openai_chat/write_messages.h"

#include "base/text.h"
#include "dialects/openai_chat/write_parts.h"

#include <array>
#include <utility>

namespace llmproxy::openai_chat {
namespace {

using chat::Role;

constexpr std::array kRoles = std::to_array<std::string_view>(
    {"system", "developer", "user", "assistant", "tool"});  // as in Role

}  // namespace

void MessagesWriter::write() {
  writer_.key("messages");
  writer_.begin_array();
  auto speaker = request_.speakers.begin();
  for (const chat::Message& message : request_.messages) {
    const auto number = static_cast<std::uint32_t>(&message - request_.messages.data());
    const bool named = speaker != request_.speakers.end() && speaker->message == number;
    write_message(message, named ? &speaker->name : nullptr);
    speaker += named ? 1 : 0;
  }
  write_shown();
  writer_.end_array();
}

// Results come first: they have to follow the calls at once.
void MessagesWriter::write_message(const chat::Message& message, const chat::Text* speaker) {
  Pieces pieces;
  bool has_results = false;
  for (const chat::Part& part : request_.in(message.parts)) {
    if (const auto* result = std::get_if<chat::ToolResultPart>(&part)) {
      has_results = true;
      write_result(*result, message);
    } else {
      sort(part, pieces);
    }
  }
  if (message.role == Role::tool || (has_results && pieces.content.empty())) {
    return;
  }
  write_shown();
  writer_.begin_object();
  writer_.key("role");
  writer_.word(kRoles[static_cast<std::size_t>(message.role)]);
  if (speaker != nullptr) {
    writer_.key("name");
    writer_.string(*speaker);
  }
  writer_.key("content");
  const bool says_otherwise =
      !pieces.calls.empty() || !pieces.images.empty() || pieces.refusal != nullptr;
  if (pieces.content.empty() && says_otherwise) {
    writer_.null();
  } else {
    write_content(pieces.content);
  }
  if (message.role == Role::assistant) {
    write_extras(pieces);
  }
  writer_.end_object();
}

// Thoughts, proofs of them and what a vendor's own tools did are of use to that vendor only.
void MessagesWriter::sort(const chat::Part& part, Pieces& pieces) {
  if (const auto* call = std::get_if<chat::ToolCallPart>(&part)) {
    pieces.calls.push_back(call);
  } else if (const auto* media = std::get_if<chat::MediaPart>(&part);
             media != nullptr && media->of_answer) {
    pieces.images.push_back(media);
  } else if (const auto* text = std::get_if<chat::TextPart>(&part);
             text != nullptr && text->refusal && pieces.refusal == nullptr) {
    pieces.refusal = text;
  } else if (!std::holds_alternative<chat::ThoughtPart>(part) &&
             !std::holds_alternative<chat::VendorPart>(part)) {
    pieces.content.push_back(&part);
  }
}

void MessagesWriter::write_extras(const Pieces& pieces) {
  if (pieces.refusal != nullptr) {
    writer_.key("refusal");
    writer_.string(pieces.refusal->text);
  }
  if (!pieces.images.empty()) {
    writer_.key("images");
    writer_.begin_array();
    for (const chat::MediaPart* image : pieces.images) {
      write_media(*image, context_);
    }
    writer_.end_array();
  }
  if (pieces.calls.empty()) {
    return;
  }
  open_.clear();
  if (request_.functions_form && pieces.calls.size() == 1 && pieces.calls.front()->id.empty()) {
    write_old_call(*pieces.calls.front());
    return;
  }
  writer_.key("tool_calls");
  writer_.begin_array();
  for (const chat::ToolCallPart* call : pieces.calls) {
    write_call(*call);
  }
  writer_.end_array();
}

void MessagesWriter::write_call(const chat::ToolCallPart& call) {
  writer_.begin_object();
  writer_.key("id");
  if (call.id.empty()) {
    open_.push_back({call.name.raw, concat({"call_", std::to_string(++ids_)})});
    writer_.word(open_.back().id);
  } else {
    writer_.string(call.id);
  }
  const std::string_view kind = call.custom ? "custom" : "function";
  writer_.key("type");
  writer_.word(kind);
  writer_.key(kind);
  writer_.begin_object();
  writer_.key("name");
  writer_.string(call.name);
  if (call.custom) {
    // The inside of {"input":"…"} is a string as it stands.
    constexpr std::string_view kBefore = "{\"input\":\"";
    constexpr std::string_view kBehind = "\"}";
    writer_.key("input");
    writer_.string({call.arguments.substr(kBefore.size(),
                                          call.arguments.size() - kBefore.size() - kBehind.size()),
                    true});
  } else {
    writer_.key("arguments");
    writer_.text(call.arguments);
  }
  writer_.end_object();
  writer_.end_object();
}

void MessagesWriter::write_old_call(const chat::ToolCallPart& call) {
  writer_.key("function_call");
  writer_.begin_object();
  writer_.key("name");
  writer_.string(call.name);
  writer_.key("arguments");
  writer_.text(call.arguments);
  writer_.end_object();
}

// A result without an id is one of the first call of that name that has none yet.
std::string MessagesWriter::find_id(const chat::ToolResultPart& result) {
  for (OpenCall& call : open_) {
    if (!call.answered && call.name == result.name.raw) {
      call.answered = true;
      return call.id;
    }
  }
  return {};
}

// Text is all that a result may have here; what it shows is shown by the user, behind all of them.
void MessagesWriter::write_result(const chat::ToolResultPart& result,
                                  const chat::Message& message) {
  const std::string made = result.call_id.empty() ? find_id(result) : std::string();
  const bool old = result.call_id.empty() && made.empty();
  writer_.begin_object();
  writer_.key("role");
  writer_.word(old ? "function" : "tool");
  writer_.key(old ? "name" : "tool_call_id");
  if (old) {
    writer_.string(result.name);
  } else if (result.call_id.empty()) {
    writer_.word(made);
  } else {
    writer_.string(result.call_id);
  }
  if (!result.call_id.empty() && !result.name.empty()) {
    writer_.key("name");
    writer_.string(result.name);
  }
  std::vector<const chat::Part*> texts;
  const std::size_t shown = shown_.size();
  for (const chat::Part& part : request_.in(result.content)) {
    (std::holds_alternative<chat::TextPart>(part) ? texts : shown_).push_back(&part);
  }
  if (shown_.size() > shown) {
    context_.changes.add(concat({"messages[", std::to_string(message.index), "].content"}),
                         chat::Reason::rewritten);
  }
  writer_.key("content");
  write_content(texts);
  writer_.end_object();
}

void MessagesWriter::write_shown() {
  if (shown_.empty()) {
    return;
  }
  writer_.open(R"({"role":"user","content":[{"type":"text","text":)");
  writer_.word("What the tools returned beside text:");
  writer_.close("}");
  for (const chat::Part* part : shown_) {
    write_part(*part, context_);
  }
  writer_.close("]}");
  shown_.clear();
}

void MessagesWriter::write_content(const std::vector<const chat::Part*>& content) {
  const auto* text = content.size() == 1 ? std::get_if<chat::TextPart>(content.front()) : nullptr;
  if (content.empty() || (text != nullptr && !text->refusal)) {
    writer_.string(text == nullptr ? chat::Text{} : text->text);
    return;
  }
  writer_.begin_array();
  for (const chat::Part* part : content) {
    write_part(*part, context_);
  }
  writer_.end_array();
}

}  // namespace llmproxy::openai_chat
