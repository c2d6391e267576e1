// The suppliers that an instance knows. Nothing here says which: that is in the rows.
#pragma once

#include "suppliers/supplier.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace llmproxy::suppliers {

class Table {
 public:
  explicit Table(std::vector<Supplier> rows);

  std::span<const Supplier> all() const { return rows_; }
  // By name, in any case of letters; nullptr when there is none.
  const Supplier* find(std::string_view name) const;
  // Whose the model plainly is; nullptr when nothing says so.
  const Supplier* find_by_model(std::string_view model) const;
  // For models that are plainly nobody's; nullptr when no row is.
  const Supplier* find_default() const;
  // One that has an exchange to be played at start; nullptr when none has.
  const Supplier* find_warm_up() const;

  // As the rows come.
  std::vector<std::string_view> all_names() const;
  // In alphabetical order: "a, b, c".
  std::string names() const;

  // Is it in the path of a base URL? SDKs and people put such paths in front of an endpoint's.
  bool is_base_segment(std::string_view segment) const;
  // Where a client may have put its key in place of `authorization`: where such clients do, and
  // where those of one supplier do.
  const std::vector<std::string>& key_headers() const { return key_headers_; }

 private:
  std::vector<Supplier> rows_;
  std::vector<std::string> base_segments_;
  std::vector<std::string> key_headers_;
};

// Those of suppliers.json, read once.
const Table& built_in();

}  // namespace llmproxy::suppliers
