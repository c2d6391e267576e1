// Reads suppliers from a JSON document: the one that is compiled in, and any that an operator
// writes. README.md in this folder says what stands in one.
#pragma once

#include "base/result.h"
#include "suppliers/supplier.h"

#include <string_view>
#include <vector>

namespace llmproxy::suppliers {

// Strict: whatever is missing, unknown or of no use is an error whose `param` is the place in the
// document ("suppliers[2].edits[3].match") and whose message says what is allowed there.
Result<std::vector<Supplier>> read_suppliers(std::string_view text);

}  // namespace llmproxy::suppliers
