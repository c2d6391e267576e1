// Gemini's API as suppliers speak it: the row of this dialect.
#pragma once

#include "dialects/supplier_dialect.h"

namespace llmproxy::gemini {

const dialects::SupplierDialect& supplier_dialect();

}  // namespace llmproxy::gemini
