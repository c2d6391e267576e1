#include "suppliers/members.h"

#include "base/limits.h"
#include "base/text.h"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace llmproxy::suppliers {
namespace {

json::Kind kind_of(const json::Tree& value) {
  return value.is_null()      ? json::Kind::null
         : value.is_boolean() ? json::Kind::boolean
         : value.is_string()  ? json::Kind::string
         : value.is_array()   ? json::Kind::array
         : value.is_object()  ? json::Kind::object
                              : json::Kind::number;
}

std::string element(std::string_view path, std::size_t index) {
  return concat({path, "[", std::to_string(index), "]"});
}

// Stands for one that is missing, when the fault is known.
const json::Tree& nothing() {
  static const json::Tree kNothing = json::Tree::object();
  return kNothing;
}

}  // namespace

void Fault::report(ErrorCode code, std::string_view path,
                   std::initializer_list<std::string_view> text) {
  if (!first_) {
    first_.emplace(code, concat(text), path);
  }
}

Members::Members(const json::Tree& value, std::string path, Fault& fault)
    : value_(&value), path_(std::move(path)), fault_(&fault) {
  if (!value.is_object()) {
    report_kind(path_, "an object", value);
  }
}

std::string Members::path(std::string_view name) const {
  return concat({path_, path_.empty() ? "" : ".", name});
}

bool Members::has(std::string_view name) {
  return find(name) != nullptr;
}

const json::Tree* Members::find(std::string_view name) {
  if (std::find(asked_.begin(), asked_.end(), name) == asked_.end()) {
    asked_.push_back(name);
  }
  return json::find(*value_, name);
}

const json::Tree* Members::require(std::string_view name) {
  const json::Tree* member = find(name);
  if (member == nullptr) {
    const std::string at = path(name);
    fault_->report(ErrorCode::missing_parameter, at, {"Missing '", at, "'."});
  }
  return member;
}

void Members::report_kind(std::string_view path, std::string_view expected,
                          const json::Tree& value) {
  fault_->report(ErrorCode::invalid_type, path,
                 {"Invalid '", path, "': expected ", expected, ", got ",
                  json::kind_name(kind_of(value)), "."});
}

const std::string* Members::as_text(const json::Tree& value, std::string_view path) {
  const auto* text = value.get_ptr<const std::string*>();
  if (text == nullptr) {
    report_kind(path, "a string", value);
  } else if (text->empty() || text->size() > kMaxSupplierText) {
    fault_->report(ErrorCode::invalid_value, path,
                   {"Invalid '", path, "': expected a string of 1 to ",
                    std::to_string(kMaxSupplierText), " bytes."});
  }
  return text;
}

std::string Members::text(std::string_view name) {
  return require(name) != nullptr ? optional_text(name) : std::string();
}

std::string Members::optional_text(std::string_view name) {
  const json::Tree* member = find(name);
  const std::string* text = member != nullptr ? as_text(*member, path(name)) : nullptr;
  return text != nullptr ? *text : std::string();
}

const json::Tree* Members::as_list(std::string_view name, std::size_t most) {
  const json::Tree* member = find(name);
  if (member == nullptr) {
    return nullptr;
  }
  const std::string at = path(name);
  if (!member->is_array()) {
    report_kind(at, "an array", *member);
    return nullptr;
  }
  if (member->size() > most) {
    fault_->report(ErrorCode::array_too_long, at,
                   {"Invalid '", at, "': it has ", std::to_string(member->size()),
                    " elements, and may have ", std::to_string(most), "."});
    return nullptr;
  }
  return member;
}

std::vector<std::string> Members::texts(std::string_view name) {
  std::vector<std::string> out;
  if (const json::Tree* list = as_list(name, kMaxSupplierList)) {
    out.reserve(list->size());
    for (const json::Tree& value : *list) {
      const std::string* text = as_text(value, element(path(name), out.size()));
      out.push_back(text != nullptr ? *text : std::string());
    }
  }
  return out;
}

bool Members::flag(std::string_view name) {
  const json::Tree* member = find(name);
  const auto* flag = member != nullptr ? member->get_ptr<const bool*>() : nullptr;
  if (member != nullptr && flag == nullptr) {
    report_kind(path(name), "true or false", *member);
  }
  return flag != nullptr && *flag;
}

int Members::integer(std::string_view name, int low, int high) {
  const json::Tree* member = find(name);
  if (member == nullptr) {
    return 0;
  }
  const auto* number = member->get_ptr<const std::int64_t*>();
  const bool good = number != nullptr && *number >= low && *number <= high;
  expect(good, name,
         concat({"an integer from ", std::to_string(low), " to ", std::to_string(high)}));
  return good ? static_cast<int>(*number) : 0;
}

std::string Members::json_text(std::string_view name) {
  const json::Tree* member = find(name);
  return member != nullptr ? json::write_tree(*member) : std::string();
}

std::size_t Members::word(std::string_view name, std::span<const std::string_view> words) {
  const std::string text = this->text(name);
  const auto found = std::find(words.begin(), words.end(), text);
  if (found != words.end()) {
    return static_cast<std::size_t>(found - words.begin());
  }
  expect(false, name, concat({"one of ", join(words, ", ")}));
  return 0;
}

Members Members::object(std::string_view name) {
  const json::Tree* member = require(name);
  return {member != nullptr ? *member : nothing(), path(name), *fault_};
}

std::vector<Members> Members::objects(std::string_view name, std::size_t most) {
  std::vector<Members> out;
  if (const json::Tree* list = as_list(name, most)) {
    out.reserve(list->size());
    for (const json::Tree& value : *list) {
      out.emplace_back(value, element(path(name), out.size()), *fault_);
    }
  }
  return out;
}

void Members::expect(bool good, std::string_view name, std::string_view expected) {
  if (!good) {
    const std::string at = path(name);
    fault_->report(ErrorCode::invalid_value, at, {"Invalid '", at, "': expected ", expected, "."});
  }
}

void Members::finish() {
  const std::string known = join(asked_, ", ");
  if (has("note")) {
    static_cast<void>(text("note"));
  }
  static_cast<void>(texts("sources"));
  if (!value_->is_object()) {
    return;
  }
  for (const auto& [name, value] : json::members(*value_)) {
    if (std::find(asked_.begin(), asked_.end(), name) == asked_.end()) {
      const std::string at = path(shorten(name, 64));
      fault_->report(ErrorCode::unknown_parameter, at,
                     {"Unknown '", at, "'. Known here: ", known, "; and note, sources."});
    }
  }
}

}  // namespace llmproxy::suppliers
