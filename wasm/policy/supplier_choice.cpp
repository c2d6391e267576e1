#include "policy/supplier_choice.h"

namespace llmproxy::policy {
namespace {

Error no_supplier(const suppliers::Table& suppliers) {
  return {
      ErrorCode::unknown_supplier,
      {"No supplier was named, and this proxy does not choose one by the model. Send the header "
       "'supplier: ",
       suppliers.names(), "' (one of them), or use /v2/{supplier} as the base URL."},
      "supplier"};
}

}  // namespace

Result<const suppliers::Supplier*> choose_supplier(const Route& route, std::string_view model,
                                                   bool by_model,
                                                   const suppliers::Table& suppliers) {
  const suppliers::Supplier* chosen = route.supplier;
  if (chosen == nullptr && by_model) {
    chosen = suppliers.find_by_model(model);
    chosen = chosen != nullptr ? chosen : suppliers.find_default();
  }
  if (chosen == nullptr) {
    return no_supplier(suppliers);
  }
  return chosen;
}

}  // namespace llmproxy::policy
