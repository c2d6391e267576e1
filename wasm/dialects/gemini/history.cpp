#include "dialects/gemini/history.h"

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
  std::size_t content;  // of the results
  std::size_t slot;
};

class Arranger {
 public:
  Arranger(const chat::Request& request, chat::Changes& changes)
      : request_(request), changes_(changes) {}

  Result<History> arrange() {
    for (const Message& message : request_.messages) {
      if (message.role == Role::system || message.role == Role::developer) {
        add_system(message);
      } else if (message.role == Role::tool) {
        if (Status status = add_result(message); !status) {
          return status.error();
        }
      } else {
        add_turn(message);
      }
    }
    report_missing_results();
    return std::move(history_);
  }

 private:
  void add_system(const Message& message) {
    for (const Part& part : message.parts) {
      const auto* text = std::get_if<chat::TextPart>(&part);
      if (text != nullptr && !text->text.empty()) {
        history_.system.push_back(&text->text);
      }
    }
  }

  Content& turn(Turn turn) {
    if (history_.contents.empty() || history_.contents.back().turn != turn) {
      history_.contents.push_back({turn, {}});
    }
    return history_.contents.back();
  }

  void add_turn(const Message& message) {
    const Turn side = message.role == Role::assistant ? Turn::model : Turn::user;
    bool empty = true;
    std::vector<const chat::ToolCallPart*> calls;
    for (const Part& part : message.parts) {
      const auto* text = std::get_if<chat::TextPart>(&part);
      // An empty text with a signature on it carries the signature.
      if (text != nullptr && text->text.empty() && text->signature.empty()) {
        continue;
      }
      empty = false;
      turn(side).parts.push_back({&message, &part});
      if (const auto* call = std::get_if<chat::ToolCallPart>(&part)) {
        calls.push_back(call);
      }
    }
    // What the user said nothing with still parts two turns of the model.
    const bool parts_turns = side == Turn::user && !history_.contents.empty() &&
                             history_.contents.back().turn == Turn::model;
    if (empty && parts_turns) {
      turn(side).parts.push_back({&message, nullptr});
    }
    if (!calls.empty()) {
      expect_results(message, calls);
    }
  }

  void expect_results(const Message& message, const std::vector<const chat::ToolCallPart*>& calls) {
    Content& results = turn(Turn::results);
    for (const chat::ToolCallPart* call : calls) {
      open_.push_back({call, history_.contents.size() - 1, results.parts.size()});
      results.parts.push_back({&message, nullptr, call});
    }
  }

  // The latest call that this can be the result of: ids come again in later turns of some clients.
  const OpenCall* find(const chat::ToolResultPart& result) const {
    const std::string wanted = (result.call_id.empty() ? result.name : result.call_id).decode();
    const OpenCall* answered = nullptr;
    for (auto open = open_.rbegin(); open != open_.rend(); ++open) {
      const chat::Text& key = result.call_id.empty() ? open->call->name : open->call->id;
      if (!key.equals(wanted)) {
        continue;
      }
      if (history_.contents[open->content].parts[open->slot].part == nullptr) {
        return &*open;
      }
      answered = answered != nullptr ? answered : &*open;
    }
    return answered;
  }

  Status add_result(const Message& message) {
    const Part& part = message.parts.front();
    const auto& result = std::get<chat::ToolResultPart>(part);
    const std::string at = concat({"messages[", std::to_string(message.index), "]"});
    const OpenCall* open = find(result);
    if (open == nullptr) {
      const std::string param = at + (result.call_id.empty() ? ".name" : ".tool_call_id");
      return Error{ErrorCode::invalid_value,
                   concat({"Invalid '", param,
                           "': messages with role 'tool' must be a response to a preceding message "
                           "of the assistant with this call in its 'tool_calls'."}),
                   param};
    }
    PartRef& slot = history_.contents[open->content].parts[open->slot];
    if (slot.part != nullptr) {
      changes_.add(concat({"messages[", std::to_string(slot.message->index), "]"}),
                   chat::Reason::dropped);  // answered twice: the later one holds
    }
    slot.message = &message;
    slot.part = &part;
    return {};
  }

  void report_missing_results() {
    for (const OpenCall& open : open_) {
      const PartRef& slot = history_.contents[open.content].parts[open.slot];
      if (slot.part == nullptr) {
        changes_.add(concat({"messages[", std::to_string(slot.message->index), "].tool_calls"}),
                     chat::Reason::rewritten);
      }
    }
  }

  const chat::Request& request_;
  chat::Changes& changes_;
  History history_;
  std::vector<OpenCall> open_;
};

}  // namespace

Result<History> arrange(const chat::Request& request, chat::Changes& changes) {
  return Arranger(request, changes).arrange();
}

}  // namespace llmproxy::gemini
