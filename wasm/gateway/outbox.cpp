#include "gateway/outbox.h"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace llmproxy::gateway {

std::uint32_t Outbox::fetch(Fetch fetch) {
  Command& command = issue(CommandKind::fetch);
  command.id = ++last_id_;
  command.fetch = std::move(fetch);
  return command.id;
}

void Outbox::abort(std::uint32_t fetch) {
  const auto untold = commands_.begin() + static_cast<std::ptrdiff_t>(next_command_);
  const auto same = std::find_if(untold, commands_.end(), [&](const Command& command) {
    return command.kind == CommandKind::fetch && command.id == fetch;
  });
  if (same != commands_.end()) {
    commands_.erase(same);
  } else {
    issue(CommandKind::abort).id = fetch;
  }
}

void Outbox::respond(int status, std::string headers) {
  Command& command = issue(CommandKind::head);
  command.status = status;
  command.head = std::move(headers);
  begun_ = true;
}

void Outbox::take_back() {
  const auto untold = commands_.begin() + static_cast<std::ptrdiff_t>(next_command_);
  const auto head = std::find_if(untold, commands_.end(), [](const Command& command) {
    return command.kind == CommandKind::head;
  });
  if (head != commands_.end()) {
    commands_.erase(head);
    begun_ = false;
  }
  out_.clear();
  writing_ = false;
  ended_ = false;
}

void Outbox::pipe(std::uint32_t fetch) {
  issue(CommandKind::pipe).id = fetch;
  piped_ = true;
  ended_ = true;
}

Due Outbox::due() const {
  if (next_command_ < commands_.size() || ended_) {
    return Due::commands;
  }
  return held().empty() ? Due::nothing : Due::bytes;
}

const Command& Outbox::next() {
  if (next_command_ < commands_.size()) {
    return commands_[next_command_++];
  }
  commands_.clear();
  next_command_ = 0;
  if (writing_) {
    out_.clear();
    writing_ = false;
  }
  last_.kind = CommandKind::wait;
  last_.bytes = {};
  if (begun_ && !piped_ && out_.size() > 0) {
    last_.kind = CommandKind::write;
    last_.bytes = out_.view();
    last_.is_last = ended_;
    writing_ = true;
  } else if (ended_ && begun_ && !piped_ && !told_end_) {
    last_.kind = CommandKind::end;
    told_end_ = true;
  }
  return last_;
}

}  // namespace llmproxy::gateway
