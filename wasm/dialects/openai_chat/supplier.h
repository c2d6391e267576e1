// OpenAI's chat API as suppliers speak it: the row of this dialect.
#pragma once

#include "dialects/supplier_dialect.h"

namespace llmproxy::openai_chat {

const dialects::SupplierDialect& supplier_dialect();

}  // namespace llmproxy::openai_chat
