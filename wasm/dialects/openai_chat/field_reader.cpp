#include "dialects/openai_chat/field_reader.h"

#include "base/text.h"

#include <utility>

namespace llmproxy::openai_chat {

using json::Kind;

namespace {

// Of a value in an error.
constexpr std::size_t kShown = 40;

}  // namespace

// As escapes it may have six times the length.
std::string quote(const chat::Text& text) {
  const std::string_view raw = text.raw.substr(0, json::prefix_length(text.raw, 8 * kShown));
  return shorten(chat::Text{raw, text.has_escapes}.decode(), kShown);
}

bool FieldReader::fail(ErrorCode code, std::string_view message, const FieldPath& param) {
  return fail(code, {message}, param);
}

bool FieldReader::fail(ErrorCode code, std::initializer_list<std::string_view> message,
                       const FieldPath& param) {
  if (status_) {
    status_ = Error{code, message, param.text()};
  }
  return false;
}

bool FieldReader::fail_missing(const FieldPath& param) {
  return fail(ErrorCode::missing_parameter, {"Missing required parameter: '", param.text(), "'."},
              param);
}

bool FieldReader::fail_missing_model() {
  return fail(ErrorCode::missing_parameter, "You must provide a model parameter.", "model");
}

bool FieldReader::fail_type(const FieldPath& param, std::string_view wanted) {
  const Kind kind = cursor_.kind();
  if (kind == Kind::none) {
    cursor_.skip_value();  // not a value at all: let the syntax error say so
    return false;
  }
  return fail(ErrorCode::invalid_type,
              {"Invalid type for '", param.text(), "': expected ", wanted, ", but got ",
               json::kind_name(kind), " instead."},
              param);
}

bool FieldReader::fail_length(const FieldPath& param, const chat::Text& text, std::size_t limit) {
  return fail(ErrorCode::string_too_long,
              {"Invalid '", param.text(),
               "': string too long. Expected a string with maximum length ", std::to_string(limit),
               ", but got a string with length ", std::to_string(text.raw.size()), " instead."},
              param);
}

bool FieldReader::fail_length(const FieldPath& param, std::size_t limit) {
  std::size_t count = limit;
  do {
    cursor_.skip_value();
    ++count;
  } while (cursor_.next_element());
  return fail(ErrorCode::array_too_long,
              {"Invalid '", param.text(),
               "': array too long. Expected an array with maximum length ", std::to_string(limit),
               ", but got an array with length ", std::to_string(count), " instead."},
              param);
}

bool FieldReader::fail_name(const json::String& name) {
  const FieldPath param(name.raw);
  return fail(ErrorCode::string_too_long,
              {"Invalid '", param.text(),
               "': name of a field too long. Expected a name with maximum length ",
               std::to_string(kMaxName), ", but got a name with length ",
               std::to_string(name.raw.size()), " instead."},
              param);
}

Status FieldReader::take_error() {
  if (cursor_.failed()) {
    return Error{ErrorCode::invalid_json,
                 {"We could not parse the JSON body of your request: ", cursor_.fault(), "."},
                 ""};
  }
  return std::move(status_);
}

bool FieldReader::read(chat::Text& out, const FieldPath& param) {
  return cursor_.try_read_string(out) || cursor_.skip_null() || fail_type(param, "a string");
}

bool FieldReader::read(chat::Text& out, const FieldPath& param, std::size_t limit) {
  return read(out, param) && (out.raw.size() <= limit || fail_length(param, out, limit));
}

bool FieldReader::read_model(std::string& out) {
  chat::Text name;
  if (!read(name, "model", kMaxName)) {
    return false;
  }
  out = name.decode();
  return true;
}

bool FieldReader::read(bool& out, const FieldPath& param) {
  if (cursor_.skip_null()) {
    return true;
  }
  return cursor_.kind() == Kind::boolean ? cursor_.read_bool(out) : fail_type(param, "a boolean");
}

bool FieldReader::read_number(chat::Number& out, const FieldPath& param) {
  if (cursor_.skip_null()) {
    return true;
  }
  if (cursor_.kind() != Kind::number) {
    return fail_type(param, "a number");
  }
  std::string_view text;
  if (!cursor_.read_number(text)) {
    return false;
  }
  out = text;
  return true;
}

bool FieldReader::read_number(chat::Number& out, const FieldPath& param, double low, double high) {
  chat::Number number;
  if (!read_number(number, param)) {
    return false;
  }
  if (!number) {
    return true;
  }
  const double value = json::approximate(*number);
  if (value < low || value > high) {
    return fail(
        ErrorCode::invalid_value,
        {"Invalid '", param.text(), "': expected a number between ",
         std::to_string(static_cast<int>(low)), " and ", std::to_string(static_cast<int>(high)),
         ", but got ", shorten(*number, kShown), "."},
        param);
  }
  out = number;
  return true;
}

bool FieldReader::read(std::optional<std::int64_t>& out, const FieldPath& param) {
  chat::Number number;
  if (cursor_.kind() != Kind::number && cursor_.kind() != Kind::null) {
    return fail_type(param, "an integer");
  }
  if (!read_number(number, param)) {
    return false;
  }
  if (!number) {
    return true;
  }
  const std::optional<std::int64_t> value = parse_integer(*number);
  if (!value) {
    return fail(ErrorCode::invalid_type,
                {"Invalid type for '", param.text(), "': expected an integer, but got ",
                 shorten(*number, kShown), " instead."},
                param);
  }
  out = value;
  return true;
}

bool FieldReader::drop(std::vector<std::string>& dropped, const FieldPath& param) {
  std::string_view value;
  if (!cursor_.skip_value(value)) {
    return false;
  }
  const bool says_something = value != "null" && value != "[]" && value != "{}";
  if (says_something) {
    name_dropped(dropped, param);
  }
  return true;
}

bool FieldReader::keep_inner(chat::Request& out, const json::String& key, std::string_view parent) {
  json::Cursor ahead = cursor_;
  const std::size_t known = out.dropped.size();
  if (!drop(out.dropped, {parent, key.raw})) {
    return false;
  }
  if (out.dropped.size() > known && out.inner_others.size() < kMaxUnknownFields) {
    std::string_view value;
    ahead.skip_value(value);
    out.inner_others.push_back({out.storage.emplace_back(key.decode()), value, parent});
  }
  return true;
}

void FieldReader::name_dropped(std::vector<std::string>& dropped, const FieldPath& param) {
  if (dropped.size() >= kMaxNamedChanges) {
    return;
  }
  const auto [entry, is_new] = dropped_.try_emplace(param.kind());
  Dropped& known = entry->second;
  if (is_new) {
    known.place = dropped.size();
    dropped.push_back(param.text());
  } else if (!known.repeated) {
    known.repeated = true;
    dropped[known.place] = param.kind_text();
  }
}

void FieldReader::forget_dropped(std::vector<std::string>& dropped, std::size_t count) {
  dropped.resize(count);
  std::erase_if(dropped_, [count](const auto& entry) { return entry.second.place >= count; });
}

bool FieldReader::read_raw(std::string_view& out) {
  return cursor_.skip_value(out);
}

bool FieldReader::enter_object(const FieldPath& param) {
  return cursor_.try_enter_object() || (!cursor_.skip_null() && fail_type(param, "an object"));
}

bool FieldReader::enter_array(const FieldPath& param) {
  return cursor_.try_enter_array() || (!cursor_.skip_null() && fail_type(param, "an array"));
}

}  // namespace llmproxy::openai_chat
