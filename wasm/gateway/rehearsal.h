// Exchanges to be played while a Worker starts, before anybody asks for something.
#pragma once

#include <array>
#include <string>
#include <string_view>

namespace llmproxy::gateway {

struct Rehearsal {
  std::string_view head;  // of the request, see http/head.h
  std::string body;
  std::string reply;  // to the one fetch, with status 200
};

// A whole answer and a streamed one: between them they run what most requests need.
std::array<Rehearsal, 2> rehearsals();

}  // namespace llmproxy::gateway
