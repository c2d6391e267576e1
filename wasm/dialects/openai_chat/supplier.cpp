#include "dialects/openai_chat/supplier.h"

#include "dialects/openai_chat/edit_request.h"

namespace llmproxy::openai_chat {
namespace {

// Only what is in this dialect already goes to such a supplier, and its bytes pass.
constexpr dialects::SupplierDialect kDialect{"openai_chat", nullptr, nullptr, {}, {},
                                             &edit_request};

}  // namespace

const dialects::SupplierDialect& supplier_dialect() {
  return kDialect;
}

}  // namespace llmproxy::openai_chat
