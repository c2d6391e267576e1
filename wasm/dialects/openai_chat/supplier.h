// OpenAI's chat API as suppliers speak it: the row of this dialect.
#pragma once

#include "dialects/supplier_dialect.h"

namespace llmproxy::openai_chat {

// All of it: for clients of other dialects, too.
const dialects::SupplierDialect& supplier_dialect();

// What of it clients of this dialect need, whose requests pass. As long as there are no others, the
// rest would be 32 KB of the module that nothing reaches.
const dialects::SupplierDialect& passing_supplier_dialect();

}  // namespace llmproxy::openai_chat
