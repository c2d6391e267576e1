// What an exchange has to say to its host: commands in their order, and the bytes of the response.
#pragma once

#include "base/buffer.h"
#include "gateway/command.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace llmproxy::gateway {

enum class Due : std::uint8_t { nothing = 0, bytes = 1, commands = 2 };

class Outbox {
 public:
  Outbox() { commands_.reserve(kUsual); }

  // `size` of the body in bytes; 0: unknown.
  void read(std::size_t size, ContentEncoding encoding) {
    Command& command = issue(CommandKind::read);
    command.size = size;
    command.encoding = encoding;
  }
  // The id of the fetch.
  std::uint32_t fetch(Fetch fetch);
  // Gives up a fetch that is under way. One that the host was not told of yet is not made at all.
  void abort(std::uint32_t fetch);

  // Once: the response begins, with common_headers() and these.
  void respond(int status, std::string headers);
  bool has_begun() const { return begun_; }
  // Whatever is appended here goes out once the response has begun.
  Buffer& out() { return out_; }
  // Instead of bytes of its own, the response has those of this fetch.
  void pipe(std::uint32_t fetch);
  // Takes back what of the response the host was not told yet: it begins or goes on anew.
  void take_back();
  // Nothing more is appended to out().
  void end() { ended_ = true; }
  // The response is complete, or somebody else's.
  bool is_over() const { return ended_; }

  // What next() would say. Must not be asked between a write and the call of next() behind it.
  Due due() const;
  // The bytes that it would give.
  std::string_view held() const { return begun_ ? out_.view() : std::string_view(); }
  // The next command; valid until the next call of anything here.
  const Command& next();

 private:
  // Most exchanges have no more commands at a time.
  static constexpr std::size_t kUsual = 4;

  Command& issue(CommandKind kind) {
    Command& command = commands_.emplace_back();
    command.kind = kind;
    return command;
  }

  std::vector<Command> commands_;
  std::size_t next_command_ = 0;
  // A write, an end or a wait: made up when it is asked for, so that nothing can be appended behind
  // its back.
  Command last_;
  Buffer out_;
  bool writing_ = false;  // the host has what is in out_, until it asks for more
  bool begun_ = false;
  bool ended_ = false;
  bool piped_ = false;
  bool told_end_ = false;
  std::uint32_t last_id_ = 0;
};

}  // namespace llmproxy::gateway
