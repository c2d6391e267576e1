// What the writers of a request have in common.
#pragma once

#include "base/spans.h"
#include "chat/changes.h"
#include "chat/fetched_media.h"
#include "dialects/openai_chat/refused_setting.h"
#include "json/writer.h"

namespace llmproxy::openai_chat {

struct RequestContext {
  const chat::CompleteRequest& source;
  RefusedSettings refused;
  SpanList& out;
  chat::Changes& changes;
  json::Writer& writer;

  const chat::Request& request() const { return source.request; }
  // Begins a member of the request, unless the model refused it.
  bool begin(std::string_view setting) const {
    if (refused.has(setting)) {
      changes.add(setting, chat::Reason::dropped);
      return false;
    }
    writer.key(setting);
    return true;
  }
};

}  // namespace llmproxy::openai_chat
