#include "dialects/table.h"

#include "dialects/gemini/supplier.h"
#include "dialects/openai_chat/client.h"
#include "dialects/openai_chat/supplier.h"

#include <array>

namespace llmproxy::dialects {

std::span<const SupplierDialect* const> supplier_dialects() {
  static const std::array kSuppliers = {&openai_chat::passing_supplier_dialect(),
                                        &gemini::supplier_dialect()};
  return kSuppliers;
}

const ClientDialect& default_client() {
  return openai_chat::client_dialect();
}

const SupplierDialect* find_supplier_dialect(std::string_view name) {
  for (const SupplierDialect* dialect : supplier_dialects()) {
    if (dialect->name == name) {
      return dialect;
    }
  }
  return nullptr;
}

}  // namespace llmproxy::dialects
