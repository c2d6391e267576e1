// The members of an object in a configuration document, each asked for by its name. The first fault
// in the document counts: what is read behind it is of no use, and does no harm.
#pragma once

#include "base/error.h"
#include "json/tree.h"

#include <cstddef>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace llmproxy::suppliers {

class Fault {
 public:
  // `path`: of the value at fault.
  void report(ErrorCode code, std::string_view path, std::initializer_list<std::string_view> text);
  const std::optional<Error>& first() const { return first_; }

 private:
  std::optional<Error> first_;
};

class Members {
 public:
  // Neither copied nor owned: `value` and `fault` outlive it. `path`: of the object; empty: it is
  // the document.
  Members(const json::Tree& value, std::string path, Fault& fault);

  // Where the member stands: "suppliers[2].name".
  std::string path(std::string_view name) const;
  bool has(std::string_view name);

  // A text that says something; an error when there is none.
  std::string text(std::string_view name);
  // Empty when it is missing.
  std::string optional_text(std::string_view name);
  std::vector<std::string> texts(std::string_view name);
  bool flag(std::string_view name);
  int integer(std::string_view name, int low, int high);
  // Of any kind, as JSON text.
  std::string json_text(std::string_view name);
  // The place of the word in `words`.
  std::size_t word(std::string_view name, std::span<const std::string_view> words);
  // An object, which must be there.
  Members object(std::string_view name);
  // A list of objects.
  std::vector<Members> objects(std::string_view name, std::size_t most);

  // Reports the member unless `good`. `expected`: "lower-case letters".
  void expect(bool good, std::string_view name, std::string_view expected);
  // All were asked for: any other is unknown. But notes and sources may stand everywhere.
  void finish();

 private:
  const json::Tree* find(std::string_view name);
  const json::Tree* require(std::string_view name);
  // nullptr, and a fault, when it is none.
  const std::string* as_text(const json::Tree& value, std::string_view path);
  const json::Tree* as_list(std::string_view name, std::size_t most);
  void report_kind(std::string_view path, std::string_view expected, const json::Tree& value);

  const json::Tree* value_;
  std::string path_;
  Fault* fault_;
  std::vector<std::string_view> asked_;
};

}  // namespace llmproxy::suppliers
