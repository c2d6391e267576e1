// The dialects there are. A new one is a folder and a line in table.cpp.
#pragma once

#include "dialects/client_dialect.h"
#include "dialects/supplier_dialect.h"

#include <span>
#include <string_view>

namespace llmproxy::dialects {

// What is answered before anything is known of the client.
const ClientDialect& default_client();

std::span<const SupplierDialect* const> supplier_dialects();
// nullptr when no supplier speaks it.
const SupplierDialect* find_supplier_dialect(std::string_view name);

}  // namespace llmproxy::dialects
