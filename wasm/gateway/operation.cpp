#include "gateway/operation.h"

#include "base/limits.h"
#include "gateway/completion.h"
#include "gateway/forward.h"
#include "gateway/lists.h"

namespace llmproxy::gateway {

std::unique_ptr<Operation> make_operation(Context& context) {
  if (passes(context.route)) {
    return std::make_unique<Forward>(context);
  }
  if (const dialects::Conversation* conversation =
          dialects::find_conversation(context.client(), context.route.endpoint)) {
    return std::make_unique<Completion>(context, *conversation);
  }
  return make_list(context);
}

}  // namespace llmproxy::gateway
