// Which supplier a request goes to.
#pragma once

#include "base/result.h"
#include "policy/route.h"
#include "suppliers/table.h"

#include <string_view>

namespace llmproxy::policy {

// The one that the route names. Without a name, and only if that is allowed (`by_model`), the one
// whose `model` plainly is, or the one for models that are nobody's. An error when there is none.
Result<const suppliers::Supplier*> choose_supplier(const Route& route, std::string_view model,
                                                   bool by_model,
                                                   const suppliers::Table& suppliers);

}  // namespace llmproxy::policy
