#include "dialects/gemini/history.h"

#include "base/limits.h"
#include "base/text.h"
#include "dialects/gemini/open_calls.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

namespace llmproxy::gemini {

using chat::Message;
using chat::Part;
using chat::Role;

namespace {

// All calls of the conversation, and where their results go.
struct Calls {
  explicit Calls(const chat::Request& request) : parts(all_of(request)) {}

  static std::vector<const chat::ToolCallPart*> all_of(const chat::Request& request) {
    std::vector<const chat::ToolCallPart*> out;
    for (const Part& part : request.parts) {
      if (const auto* call = std::get_if<chat::ToolCallPart>(&part)) {
        out.push_back(call);
      }
    }
    return out;
  }

  std::vector<const chat::ToolCallPart*> parts;
  std::vector<std::size_t> slots;   // of those that were opened
  std::vector<std::uint32_t> runs;  // of each of those: messages with nothing between them
  OpenCalls by_id{parts, &chat::ToolCallPart::id};
  std::optional<OpenCalls> by_name;  // from the first result on that has a name alone
};

bool are_equal(const chat::Text& a, const chat::Text& b) {
  return a.has_escapes || b.has_escapes ? a.decode() == b.decode() : a.raw == b.raw;
}

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
    if (calls_) {
      report_missing_results();
    }
    return {};
  }

 private:
  void add(const PartRef& part) { parts_.push_back(part); }

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
    if (side == Turn::user) {
      end_run();
    }
    if (calls) {
      expect_results(message);
    }
  }

  // No run has more calls than a message may have, so that no result takes longer to place.
  void end_run() {
    ++run_;
    calls_of_run_ = 0;
  }

  void expect_results(const Message& message) {
    if (!calls_) {
      calls_.emplace(request_);
    }
    if (calls_of_run_ + request_.in(message.parts).size() > kMaxCallsOfMessage) {
      end_run();
    }
    for (const Part& part : request_.in(message.parts)) {
      if (const auto* call = std::get_if<chat::ToolCallPart>(&part)) {
        const auto number = static_cast<std::uint32_t>(calls_->slots.size());
        calls_->by_id.open(number);
        if (calls_->by_name) {
          calls_->by_name->open(number);
        }
        calls_->slots.push_back(parts_.size());
        calls_->runs.push_back(run_);
        ++calls_of_run_;
        parts_.push_back({Turn::results, &message, nullptr, call});
      }
    }
  }

  // As the older form of functions has it.
  const OpenCalls& open_by_name() {
    if (!calls_->by_name) {
      OpenCalls& open = calls_->by_name.emplace(calls_->parts, &chat::ToolCallPart::name);
      for (std::uint32_t call = 0; call < calls_->slots.size(); ++call) {
        open.open(call);
        if (parts_[calls_->slots[call]].part != nullptr) {
          open.close(call);
        }
      }
    }
    return *calls_->by_name;
  }

  // The call that this is the result of: of the latest turn that has one open, as ids come again in
  // later turns of some clients (and turns may come as several messages); in it the one of the
  // result's name, and among equals the first, as some clients name calls after their functions.
  // When all are answered, the last of them.
  std::uint32_t find(const chat::ToolResultPart& result) {
    if (!calls_) {
      return OpenCalls::kNone;
    }
    const bool by_name = result.call_id.empty();
    const OpenCalls& open = by_name ? open_by_name() : calls_->by_id;
    const chat::Text& key = by_name ? result.name : result.call_id;
    const std::uint32_t last = open.last_open(key);
    if (last == OpenCalls::kNone) {
      return open.last(key);
    }
    const std::uint32_t run = calls_->runs[last];
    std::uint32_t first = last;
    std::uint32_t named = OpenCalls::kNone;
    for (std::uint32_t call = last; call != OpenCalls::kNone; call = open.previous_open(call)) {
      if (calls_->runs[call] != run) {
        break;
      }
      first = call;
      named = are_equal(calls_->parts[call]->name, result.name) ? call : named;
    }
    return named != OpenCalls::kNone ? named : first;
  }

  Status add_result(const Message& message) {
    const Part& part = request_.in(message.parts).front();
    const auto& result = std::get<chat::ToolResultPart>(part);
    const std::string at = concat({"messages[", std::to_string(message.index), "]"});
    const std::uint32_t call = find(result);
    if (call == OpenCalls::kNone) {
      const std::string param = at + (result.call_id.empty() ? ".name" : ".tool_call_id");
      return Error{ErrorCode::invalid_value,
                   {"Invalid '", param,
                    "': messages with role 'tool' must be a response to a preceding message "
                    "of the assistant with this call in its 'tool_calls'."},
                   param};
    }
    end_run();
    PartRef& slot = parts_[calls_->slots[call]];
    if (slot.part == nullptr) {
      calls_->by_id.close(call);
      if (calls_->by_name) {
        calls_->by_name->close(call);
      }
    } else {
      changes_.add(concat({"messages[", std::to_string(slot.message->index), "]"}),
                   chat::Reason::dropped);  // answered twice: the later one holds
    }
    slot.message = &message;
    slot.part = &part;
    return {};
  }

  void report_missing_results() {
    for (const std::size_t at : calls_->slots) {
      const PartRef& slot = parts_[at];
      if (slot.part == nullptr) {
        // Calls of the older form have no ids.
        const std::string_view member = slot.call->id.empty() ? "].function_call" : "].tool_calls";
        changes_.add(concat({"messages[", std::to_string(slot.message->index), member}),
                     chat::Reason::rewritten);
      }
    }
  }

  const chat::Request& request_;
  chat::Changes& changes_;
  std::vector<PartRef>& parts_;
  std::vector<const chat::Text*>& system_;
  std::optional<Calls> calls_;  // nothing: none so far
  std::uint32_t run_ = 0;
  std::size_t calls_of_run_ = 0;
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
