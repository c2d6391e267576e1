// What suppliers of another dialect serve in documents of their own: embeddings and models. Several
// calls may make one response: batches go side by side, pages one after the other.
#pragma once

#include "gateway/context.h"
#include "gateway/operation.h"

#include <memory>

namespace llmproxy::gateway {

std::unique_ptr<Operation> make_list(Context& context);

}  // namespace llmproxy::gateway
