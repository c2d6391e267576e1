// The two halves of translating a reply: a supplier dialect reads it, a client dialect writes it.
#pragma once

#include "base/error.h"
#include "base/result.h"
#include "chat/changes.h"
#include "chat/event.h"

#include <cstdint>
#include <optional>
#include <string_view>

namespace llmproxy::chat {

// Reads one supplier's reply. Translates; never fetches, never frames. Made for one attempt and
// destroyed with it, so members may hold stream state.
class ReplyReader {
 public:
  virtual ~ReplyReader() = default;
  // One payload: the data of a stream event, or a complete body. An error ends the reply; what was
  // passed to the sink before it stands.
  virtual Status read(std::string_view payload, EventSink& sink) = 0;
  // Upstream closed: the last events, or an error if it closed before saying that it was done.
  virtual Status at_end(EventSink& sink) = 0;

  // At the end, in place of at_end(): the token to go on with, if the answer was only interrupted;
  // empty: it was not. Then begin_call(), and the next reply goes on with it.
  virtual std::string_view continuation() const { return {}; }
  virtual void begin_call(EventSink& /*sink*/) {}
  // At the end: nothing that a client could see was in it, and it was not blocked.
  virtual bool is_empty() const { return false; }
  // When at_end() gave an error: which downgrade of the request would mend it, as a number of the
  // dialect's.
  virtual std::optional<std::uint32_t> downgrade() const { return std::nullopt; }
};

// Takes something off the events on their way to another sink.
class EventFilter : public EventSink {
 public:
  // Nothing more will come: what is held back goes on.
  virtual void flush() = 0;
};

// Writes the response a client reads, whole or as a stream, to the buffer it was made with.
class ReplyWriter : public EventSink {
 public:
  // Nothing has come for a while: something that says nothing, so that nobody gives up.
  virtual void keep_alive() = 0;
  // The reply is complete. In place of end(): what was asked for and is not in it, as an error;
  // nothing: it is there.
  virtual std::optional<Error> absence() const { return std::nullopt; }
  // Then, if not all of what was asked for is in it, the parameters that say so.
  virtual void name_changes(Changes& /*changes*/) const {}
  // The reply is complete, and what was asked for is in it.
  virtual void end() = 0;
  // A choice failed where fewer than were asked for will do, and this says why.
  virtual void lose(std::uint32_t /*choice*/, const Error& /*error*/) {}
  // The reply failed after the response began, so the status cannot say so any more.
  virtual void fail(const Error& error) = 0;
};

}  // namespace llmproxy::chat
