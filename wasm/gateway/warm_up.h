// The exchanges that a Worker plays while it starts, without a client.
#pragma once

#include "suppliers/table.h"

#include <array>
#include <string>

namespace llmproxy::gateway {

struct WarmUp {
  std::string head;  // of the request, see http/head.h
  std::string body;
  std::string reply;  // to the one fetch, with status 200
};

// A whole answer and a streamed one: together they run what most requests need. They are played
// with the supplier whose row says how; there must be one.
std::array<WarmUp, 2> warm_ups(const suppliers::Table& suppliers);

}  // namespace llmproxy::gateway
