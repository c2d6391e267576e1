#include "gateway/operation.h"

#include "base/limits.h"
#include "gateway/completion.h"
#include "gateway/endpoints.h"
#include "gateway/forward.h"
#include "gateway/lists.h"

namespace llmproxy::gateway {

void look_at_body(Context& context) {
  if (context.body.size() > kMaxCopiedBody) {
    context.plain.extend(context.body.view());
  }
}

std::unique_ptr<Operation> make_operation(Context& context) {
  if (context.supplier().dialect == suppliers::Dialect::openai_chat) {
    return std::make_unique<Forward>(context);
  }
  if (const CompletionKind* kind = find_completion_kind(context.route.endpoint)) {
    return std::make_unique<Completion>(context, *kind);
  }
  return make_list(context);
}

}  // namespace llmproxy::gateway
