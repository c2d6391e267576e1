#include "dialects/gemini/partial_arguments.h"

#include "base/limits.h"
#include "base/text.h"
#include "json/lenient.h"

#include <algorithm>

namespace llmproxy::gemini {
namespace {

using json::Kind;

// One step of a JSON path, removed from its front: ".city", "[0]", "['a b']" or "city".
std::string_view take_step(std::string_view& path) {
  std::string_view close;
  std::size_t begin = path.front() == '.' ? 1 : 0;
  if (path.front() == '[') {
    const char next = path.size() > 1 ? path[1] : ' ';
    close = next == '\'' ? "']" : next == '"' ? "\"]" : "]";
    begin = close.size();
  }
  const std::size_t stop = std::min(
      close.empty() ? path.find_first_of(".[", begin) : path.find(close, begin), path.size());
  const std::string_view name = path.substr(begin, stop - begin);
  path.remove_prefix(std::min(stop + close.size(), path.size()));
  return name;
}

// A number of any size.
bool is_index(std::string_view step) {
  step.remove_prefix(step.starts_with('-') ? 1 : 0);
  return !step.empty() && std::all_of(step.begin(), step.end(), is_digit);
}

}  // namespace

struct PartialArguments::Piece {
  json::String path;
  Kind kind = Kind::none;  // of the value; none: there is none
  std::string_view value;  // as JSON has it, a string without its quotes
};

void PartialArguments::begin() {
  values_.clear();
  values_.emplace_back().kind = Kind::object;
  bytes_ = 0;
}

std::size_t PartialArguments::size() const {
  return values_.size() * sizeof(Value) + bytes_;
}

bool PartialArguments::add(std::string_view pieces) {
  json::Cursor cursor(pieces);
  bool good = true;
  each_element(cursor, [&] {
    Piece piece;
    good = read(cursor, piece) && good && put(piece);
  });
  return good;
}

bool PartialArguments::read(json::Cursor& cursor, Piece& out) {
  each_member(cursor, [&](const json::String& key) {
    const Kind kind = cursor.kind();
    if (key.equals("jsonPath")) {
      read_text(cursor, out.path);
    } else if (key.equals("stringValue") && kind == Kind::string) {
      json::String text;
      cursor.read_string(text);
      out.kind = kind;
      out.value = text.raw;
    } else if ((key.equals("numberValue") && kind == Kind::number) ||
               (key.equals("boolValue") && kind == Kind::boolean)) {
      out.kind = kind;
      cursor.skip_value(out.value);
    } else {
      out.kind = key.equals("nullValue") ? Kind::null : out.kind;
      cursor.skip_value();
    }
  });
  return out.path.raw.size() <= kMaxLink;
}

bool PartialArguments::put(const Piece& piece) {
  if (piece.path.empty()) {
    return true;
  }
  Value* value = place(piece.path.decode());
  bytes_ += piece.value.size();
  if (value == nullptr || bytes_ > kMaxPartialBytes) {
    return false;
  }
  if (piece.kind == Kind::none) {
    return true;
  }
  if (value == &values_.front()) {
    return false;
  }
  if (piece.kind != Kind::string || value->kind != Kind::string) {
    value->text.clear();
    value->children.clear();
    value->members.clear();
  }
  value->kind = piece.kind;
  value->text.append(piece.value);
  return true;
}

// Where a path such as "$.stops[0].city" leads, made where it is missing; nullptr: nowhere.
PartialArguments::Value* PartialArguments::place(std::string_view path) {
  path.remove_prefix(path.starts_with("$") ? 1 : 0);
  Value* value = &values_.front();
  for (std::uint32_t depth = 1; value != nullptr && !path.empty(); ++depth) {
    const std::string_view step = take_step(path);
    const bool element =
        is_index(step) && (value->kind == Kind::array || value->kind == Kind::null);
    value = depth >= kMaxJsonDepth ? nullptr
            : element              ? place_element(*value, parse_integer(step).value_or(-1))
                                   : place_member(*value, step);
  }
  return value;
}

// An array may have come as a null before, or be one that nothing was said of yet.
PartialArguments::Value* PartialArguments::place_element(Value& array, std::int64_t index) {
  // No index is worth more values than there may be.
  if (index < 0 || index >= static_cast<std::int64_t>(kMaxPartialValues)) {
    return nullptr;
  }
  array.kind = Kind::array;
  const auto at = static_cast<std::size_t>(index);
  while (array.children.size() <= at) {
    Value* value = make();
    if (value == nullptr) {
      return nullptr;
    }
    array.children.push_back(value);
  }
  return array.children[at];
}

PartialArguments::Value* PartialArguments::place_member(Value& object, std::string_view name) {
  if (object.kind != Kind::object && object.kind != Kind::null) {
    return nullptr;
  }
  object.kind = Kind::object;
  const auto known = object.members.find(name);
  if (known != object.members.end()) {
    return known->second;
  }
  Value* value = make();
  if (value != nullptr) {
    bytes_ += name.size();
    value->name = &object.members.emplace(name, value).first->first;
    object.children.push_back(value);
  }
  return value;
}

PartialArguments::Value* PartialArguments::make() {
  return values_.size() > kMaxPartialValues ? nullptr : &values_.emplace_back();
}

void PartialArguments::write(Buffer& out) const {
  json::Writer writer(out);
  write(values_.front(), writer);
}

// Not deeper than kMaxJsonDepth.
void PartialArguments::write(const Value& value, json::Writer& out) {  // NOLINT(misc-no-recursion)
  switch (value.kind) {
    case Kind::object:
      out.begin_object();
      for (const Value* child : value.children) {
        out.text_key(*child->name);
        write(*child, out);
      }
      out.end_object();
      break;
    case Kind::array:
      out.begin_array();
      for (const Value* child : value.children) {
        write(*child, out);
      }
      out.end_array();
      break;
    case Kind::string:
      out.copy_string({value.text, true});
      break;
    case Kind::number:
    case Kind::boolean:
      out.copy_raw(value.text);
      break;
    default:
      out.null();
  }
}

}  // namespace llmproxy::gemini
