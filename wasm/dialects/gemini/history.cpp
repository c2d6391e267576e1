#include "dialects/gemini/history.h"

#include "base/inline.h"
#include "base/text.h"

#include <algorithm>
#include <optional>

namespace llmproxy::gemini {

using chat::Message;
using chat::Part;
using chat::Role;

namespace {

// A call, and where its result goes.
struct OpenCall {
  const chat::ToolCallPart* call;
  std::size_t slot;
};

class Arranger {
 public:
  Arranger(const chat::Request& request, chat::Changes& changes, History& out)
      : request_(request), changes_(changes), parts_(out.parts), system_(out.system) {
    parts_.reserve(request.messages.size());
  }

  Status arrange() {
    for (const Message& message : request_.messages) {
      if (message.role == Role::system || message.role == Role::developer) {
        add_system(message);
      } else if (message.role == Role::tool) {
        if (Status status = add_result(message); !status) {
          return status;
        }
      } else {
        add_turn(message);
      }
    }
    if (!open_.empty()) {
      report_missing_results();
    }
    return {};
  }

 private:
  LLMPROXY_NOINLINE void add(const PartRef& part) { parts_.push_back(part); }

  void add_system(const Message& message) {
    for (const Part& part : request_.in(message.parts)) {
      const auto* text = std::get_if<chat::TextPart>(&part);
      if (text == nullptr) {
        // A system instruction is text. What else there is, the user shows.
        add({Turn::user, &message, &part});
        changes_.add(concat({"messages[", std::to_string(message.index), "].content"}),
                     chat::Reason::rewritten);
      } else if (!text->text.empty()) {
        system_.push_back(&text->text);
      }
    }
  }

  void add_turn(const Message& message) {
    const Turn side = message.role == Role::assistant ? Turn::model : Turn::user;
    bool empty = true;
    bool calls = false;
    for (const Part& part : request_.in(message.parts)) {
      const auto* text = std::get_if<chat::TextPart>(&part);
      // An empty text with a signature on it carries the signature.
      if (text != nullptr && text->text.empty() && text->signature.empty()) {
        continue;
      }
      empty = false;
      calls = calls || std::holds_alternative<chat::ToolCallPart>(part);
      add({side, &message, &part});
    }
    // What the user said nothing with still parts two turns of the model.
    const bool parts_turns =
        side == Turn::user && !parts_.empty() && parts_.back().turn == Turn::model;
    if (empty && parts_turns) {
      add({side, &message});
    }
    if (calls) {
      expect_results(message);
    }
  }

  LLMPROXY_COLD void expect_results(const Message& message) {
    for (const Part& part : request_.in(message.parts)) {
      if (const auto* call = std::get_if<chat::ToolCallPart>(&part)) {
        open_.push_back({call, parts_.size()});
        parts_.push_back({Turn::results, &message, nullptr, call});
      }
    }
  }

  // The call that this is the result of: of the latest turn that has one open, as ids come again in
  // later turns of some clients; in it the one of the result's name, and among equals the first, as
  // some clients name calls after their functions.
  const OpenCall* find(const chat::ToolResultPart& result) const {
    const std::string wanted = (result.call_id.empty() ? result.name : result.call_id).decode();
    const OpenCall* answered = nullptr;
    for (auto open = open_.rbegin(); open != open_.rend(); ++open) {
      const chat::Text& key = result.call_id.empty() ? open->call->name : open->call->id;
      if (!key.equals(wanted)) {
        continue;
      }
      if (parts_[open->slot].part == nullptr) {
        return &first_of_turn(open, result);
      }
      answered = answered != nullptr ? answered : &*open;
    }
    return answered;
  }

  // Of the open calls of the same turn with the same key, from `last` to the front.
  const OpenCall& first_of_turn(const std::vector<OpenCall>::const_reverse_iterator& last,
                                const chat::ToolResultPart& result) const {
    const Message* turn = parts_[last->slot].message;
    const chat::Text& name = result.name;
    const bool by_name = result.call_id.empty();
    const OpenCall* first = &*last;
    const OpenCall* named = nullptr;
    for (auto open = last; open != open_.rend(); ++open) {
      const PartRef& slot = parts_[open->slot];
      const bool same = by_name ? open->call->name.raw == last->call->name.raw
                                : open->call->id.raw == last->call->id.raw;
      if (slot.part != nullptr || !same) {
        continue;
      }
      if (slot.message != turn) {
        break;
      }
      first = &*open;
      named = !name.empty() && open->call->name.raw == name.raw ? first : named;
    }
    return named != nullptr ? *named : *first;
  }

  LLMPROXY_COLD Status add_result(const Message& message) {
    const Part& part = request_.in(message.parts).front();
    const auto& result = std::get<chat::ToolResultPart>(part);
    const std::string at = concat({"messages[", std::to_string(message.index), "]"});
    const OpenCall* open = find(result);
    if (open == nullptr) {
      const std::string param = at + (result.call_id.empty() ? ".name" : ".tool_call_id");
      return Error{ErrorCode::invalid_value,
                   {"Invalid '", param,
                    "': messages with role 'tool' must be a response to a preceding message "
                    "of the assistant with this call in its 'tool_calls'."},
                   param};
    }
    PartRef& slot = parts_[open->slot];
    if (slot.part != nullptr) {
      changes_.add(concat({"messages[", std::to_string(slot.message->index), "]"}),
                   chat::Reason::dropped);  // answered twice: the later one holds
    }
    slot.message = &message;
    slot.part = &part;
    return {};
  }

  LLMPROXY_COLD void report_missing_results() {
    for (const OpenCall& open : open_) {
      const PartRef& slot = parts_[open.slot];
      if (slot.part == nullptr) {
        changes_.add(concat({"messages[", std::to_string(slot.message->index), "].tool_calls"}),
                     chat::Reason::rewritten);
      }
    }
  }

  const chat::Request& request_;
  chat::Changes& changes_;
  std::vector<PartRef>& parts_;
  std::vector<const chat::Text*>& system_;
  std::vector<OpenCall> open_;
};

}  // namespace

Status arrange(const chat::Request& request, chat::Changes& changes, History& out) {
  return Arranger(request, changes, out).arrange();
}

Content first_content(std::span<const PartRef> parts) {
  const Turn turn = parts.front().turn;
  const auto end = std::find_if(parts.begin(), parts.end(),
                                [turn](const PartRef& ref) { return ref.turn != turn; });
  return parts.first(static_cast<std::size_t>(end - parts.begin()));
}

}  // namespace llmproxy::gemini
