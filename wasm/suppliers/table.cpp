#include "suppliers/table.h"

#include "base/assert.h"
#include "base/text.h"
#include "http/url.h"
#include "suppliers/document.h"
#include "suppliers/read_suppliers.h"

#include <algorithm>
#include <utility>

namespace llmproxy::suppliers {
namespace {

void add_new(std::string_view text, std::vector<std::string>& list) {
  if (std::find(list.begin(), list.end(), text) == list.end()) {
    list.emplace_back(text);
  }
}

}  // namespace

Table::Table(std::vector<Supplier> rows)
    : rows_(std::move(rows)), key_headers_{"x-api-key", "api-key"} {
  for (const Supplier& row : rows_) {
    std::string decoded;
    const auto segments = http::segments_of(http::path_of(row.base_url), decoded);
    LLMPROXY_ASSERT(segments.has_value());  // the reader saw to it
    for (const std::string_view segment : *segments) {
      add_new(segment, base_segments_);
    }
    if (const std::string header = lower(row.key_header); header != "authorization") {
      add_new(header, key_headers_);
    }
  }
}

const Supplier* Table::find(std::string_view name) const {
  for (const Supplier& row : rows_) {
    if (equals_ignoring_case(row.name, name)) {
      return &row;
    }
  }
  return nullptr;
}

const Supplier* Table::find_by_model(std::string_view model) const {
  for (const Supplier& row : rows_) {
    for (const std::string_view prefix : row.model_prefixes) {
      if (model.starts_with(prefix)) {
        return &row;
      }
    }
  }
  return nullptr;
}

const Supplier* Table::find_default() const {
  const auto found =
      std::find_if(rows_.begin(), rows_.end(), [](const Supplier& row) { return row.is_default; });
  return found == rows_.end() ? nullptr : &*found;
}

const Supplier* Table::find_warm_up() const {
  const auto found = std::find_if(rows_.begin(), rows_.end(),
                                  [](const Supplier& row) { return row.warm_up.has_value(); });
  return found == rows_.end() ? nullptr : &*found;
}

std::vector<std::string_view> Table::all_names() const {
  std::vector<std::string_view> names;
  for (const Supplier& row : rows_) {
    names.push_back(row.name);
  }
  return names;
}

std::string Table::names() const {
  // Not std::sort(), which is 2 KB of code for a few rows.
  std::vector<std::string_view> names;
  for (const std::string_view name : all_names()) {
    const auto behind = std::find_if(names.begin(), names.end(),
                                     [name](std::string_view other) { return other > name; });
    names.insert(behind, name);
  }
  return join(names, ", ");
}

bool Table::is_base_segment(std::string_view segment) const {
  return std::find(base_segments_.begin(), base_segments_.end(), segment) != base_segments_.end();
}

const Table& built_in() {
  static const Table kTable = [] {
    Result<std::vector<Supplier>> rows = read_suppliers(document());
    LLMPROXY_ASSERT(rows);  // a test reads it
    return Table(std::move(*rows));
  }();
  return kTable;
}

}  // namespace llmproxy::suppliers
