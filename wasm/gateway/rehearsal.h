// Exchanges to be played while a Worker starts, before anybody asks for something.
#pragma once

#include "suppliers/table.h"

#include <array>
#include <string>

namespace llmproxy::gateway {

struct Rehearsal {
  std::string head;  // of the request, see http/head.h
  std::string body;
  std::string reply;  // to the one fetch, with status 200
};

// A whole answer and a streamed one: between them they run what most requests need.
// Of the supplier whose row says how; there must be one.
std::array<Rehearsal, 2> rehearsals(const suppliers::Table& suppliers);

}  // namespace llmproxy::gateway
