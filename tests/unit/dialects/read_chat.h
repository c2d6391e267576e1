// A chat request, read for the tests of what comes behind.
#pragma once

#include "base/result.h"
#include "chat/request.h"
#include "dialects/openai_chat/read_request.h"

#include <string_view>
#include <utility>

namespace llmproxy {

inline Result<chat::Request> read_chat(std::string_view body) {
  chat::Request request;
  if (Status status = openai_chat::read_request(body, request); !status) {
    return status.error();
  }
  return request;
}

}  // namespace llmproxy
