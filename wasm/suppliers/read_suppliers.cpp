#include "suppliers/read_suppliers.h"

#include "base/limits.h"
#include "base/text.h"
#include "base/web_address.h"
#include "dialects/table.h"
#include "http/head.h"
#include "http/url.h"
#include "suppliers/members.h"
#include "suppliers/read_edits.h"

#include <algorithm>
#include <string>
#include <utility>

namespace llmproxy::suppliers {
namespace {

constexpr std::size_t kMaxSupplierName = 64;

bool is_lower(char c) {
  return c >= 'a' && c <= 'z';
}

bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}

bool is_name(std::string_view text) {
  return text.size() <= kMaxSupplierName && !text.empty() && is_lower(text.front()) &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return is_lower(c) || is_digit(c) || c == '-' || c == '_'; });
}

bool is_variable(std::string_view text) {
  return !text.empty() && is_upper(text.front()) &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return is_upper(c) || is_digit(c) || c == '_'; });
}

// A key goes in the clear to this machine at most.
bool is_base_url(std::string_view url) {
  const std::string scheme = scheme_of(url);
  const bool safe = scheme == "https" || (scheme == "http" && is_loopback_host(host_of(url)));
  std::string decoded;
  return safe && fault_of_url(url).empty() && !host_of(url).empty() && !contains(url, "?") &&
         !contains(url, "#") && http::segments_of(http::path_of(url), decoded).has_value();
}

void read_dialect(Members& row, Supplier& supplier) {
  std::vector<std::string_view> names;
  for (const dialects::SupplierDialect* dialect : dialects::supplier_dialects()) {
    names.push_back(dialect->name);
  }
  supplier.dialect = names[row.word("dialect", names)];
}

void read_address(Members& row, Supplier& supplier) {
  supplier.base_url = row.text("base_url");
  row.expect(is_base_url(supplier.base_url), "base_url",
             "an https URL (http only for localhost), without user, query and fragment");
  supplier.base_url.resize(supplier.base_url.find_last_not_of('/') + 1);
  supplier.base_url_variable = row.optional_text("base_url_variable");
  row.expect(supplier.base_url_variable.empty() || is_variable(supplier.base_url_variable),
             "base_url_variable", "capitals, digits and '_', a capital first");
}

void read_key(Members& row, Supplier& supplier) {
  Members key = row.object("key");
  supplier.key_header = key.text("header");
  key.expect(http::is_token(supplier.key_header), "header", "the name of a header");
  supplier.key_prefix = key.optional_text("prefix");
  key.expect(http::is_header_value(supplier.key_prefix), "prefix", "what a header may hold");
  key.finish();
}

std::vector<std::string> read_headers(Members& row, std::string_view name) {
  std::vector<std::string> headers = row.texts(name);
  row.expect(std::all_of(headers.begin(), headers.end(), http::is_token), name,
             "names of headers, and nothing else");
  return headers;
}

void read_warm_up(Members& row, Supplier& supplier) {
  if (row.has("warm_up")) {
    Members members = row.object("warm_up");
    WarmUp& warm_up = supplier.warm_up.emplace();
    warm_up.model = members.text("model");
    members.expect(json::escape(warm_up.model) == warm_up.model, "model", "the name of a model");
    static_cast<void>(members.object("reply"));
    warm_up.reply = members.json_text("reply");
    members.finish();
  }
}

// Requests in some dialects do not pass, so there is nothing to edit.
void check_edits(Members& row, const Supplier& supplier) {
  const bool edits = dialects::find_supplier_dialect(supplier.dialect)->edit_request != nullptr;
  for (const std::string_view name : {"edits", "allowed", "joins_texts", "text_models"}) {
    row.expect(edits || !row.has(name), name,
               "none: requests in this 'dialect' are written here, and not edited");
  }
}

Supplier read_row(Members& row) {
  Supplier supplier;
  supplier.name = row.text("name");
  row.expect(is_name(supplier.name), "name",
             "small letters, digits, '-' and '_', a letter first, 64 at most");
  supplier.title = row.text("title");
  row.expect(http::is_header_value(supplier.title), "title", "a text of one line");
  read_dialect(row, supplier);
  read_address(row, supplier);
  read_key(row, supplier);
  supplier.is_default = row.flag("default");
  supplier.model_prefixes = row.texts("models");
  supplier.request_headers = read_headers(row, "request_headers");
  supplier.reply_headers = read_headers(row, "reply_headers");
  supplier.overloaded_status = row.integer("overloaded_status", 400, 599);
  supplier.stores_completions = row.flag("stores_completions");
  supplier.edits = read_edits(row);
  check_edits(row, supplier);
  read_warm_up(row, supplier);
  row.finish();
  return supplier;
}

// What only one row may say.
void check_unique(Members& row, const Supplier& supplier, const std::vector<Supplier>& others) {
  for (const Supplier& other : others) {
    row.expect(supplier.name != other.name, "name", "another one: a row before has it");
    row.expect(
        supplier.base_url_variable.empty() || supplier.base_url_variable != other.base_url_variable,
        "base_url_variable", "another one: a row before has it");
    row.expect(!supplier.is_default || !other.is_default, "default",
               "false: a row before is the default");
  }
}

}  // namespace

Result<std::vector<Supplier>> read_suppliers(std::string_view text) {
  if (text.size() > kMaxSuppliersDocument) {
    return Error{ErrorCode::string_too_long,
                 {"The document of suppliers is larger than ",
                  std::to_string(kMaxSuppliersDocument >> 10U), " KiB."},
                 ""};
  }
  json::Cursor cursor(text);
  const json::Tree tree = json::read_tree(cursor);
  const bool complete = !cursor.failed() && cursor.at_end();
  if (!complete) {
    const std::string fault = cursor.failed() ? cursor.fault() : "there is more after its end";
    return Error{
        ErrorCode::invalid_json, {"The document of suppliers is not JSON: ", fault, "."}, ""};
  }
  Fault fault;
  Members document(tree, "", fault);
  std::vector<Supplier> suppliers;
  document.expect(document.has("suppliers"), "suppliers", "a list of rows");
  for (Members& row : document.objects("suppliers", kMaxSuppliers)) {
    Supplier supplier = read_row(row);
    check_unique(row, supplier, suppliers);
    suppliers.push_back(std::move(supplier));
  }
  document.finish();
  if (fault.first()) {
    return *fault.first();
  }
  return suppliers;
}

}  // namespace llmproxy::suppliers
