// Reads the fields of a request with the checks every field needs: the right JSON type, null for
// absent, and an error that names the field.
// https://platform.openai.com/docs/api-reference/chat/create
//
// Reads return false on failure, and then the error is set; the first one stays.
#pragma once

#include "base/error.h"
#include "base/limits.h"
#include "base/result.h"
#include "chat/request.h"
#include "dialects/openai_chat/field_path.h"
#include "json/cursor.h"

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace llmproxy::openai_chat {

class FieldReader {
 public:
  explicit FieldReader(std::string_view body) : cursor_(body) {}

  json::Cursor& cursor() { return cursor_; }

  // Each reads the value at the cursor; null leaves `out` as it is.
  bool read(chat::Text& out, const FieldPath& param);
  // A string of at most `limit` bytes as it stands in the body: one that will be copied.
  bool read(chat::Text& out, const FieldPath& param, std::size_t limit);
  bool read(bool& out, const FieldPath& param);
  bool read(std::optional<std::int64_t>& out, const FieldPath& param);
  bool read_number(chat::Number& out, const FieldPath& param);
  // As read_number(), within the bounds.
  bool read_number(chat::Number& out, const FieldPath& param, double low, double high);
  // The name of the model, decoded. At most kMaxName bytes.
  bool read_model(std::string& out);
  // A member that has no meaning here: passes over it, and keeps its path in `dropped` if it says
  // something, so that the client hears of it.
  bool drop(std::vector<std::string>& dropped, const FieldPath& param);
  // As drop(), of a member of an object in the request: its value is kept as well, for dialects
  // that have it. `parent`: the name of that object, which lives on.
  bool keep_inner(chat::Request& out, const json::String& key, std::string_view parent);
  // Keeps its path. What was left out of several elements of a list is named once, without their
  // numbers: else a field of every message would leave no place for the names of others.
  void name_dropped(std::vector<std::string>& dropped, const FieldPath& param);
  // Forgets those behind the first `count`.
  void forget_dropped(std::vector<std::string>& dropped, std::size_t count);
  // Any value, as it stands.
  bool read_raw(std::string_view& out);

  // Goes into an object or array. False without an error when it is null, and with one when it is
  // something else.
  bool enter_object(const FieldPath& param);
  bool enter_array(const FieldPath& param);

  // The whole body, which must be one object: `take(key)` as below, and `check()` looks at what was
  // gathered when all was read. What went wrong, if something did.
  template <typename Take, typename Check>
  Status read_document(Take take, Check check) {
    if (cursor_.kind() != json::Kind::object) {
      fail(ErrorCode::invalid_json, "The body of the request must be a JSON object.", "");
    } else if (read_members("", take) && !cursor_.at_end()) {
      fail(ErrorCode::invalid_json,
           "We could not parse the JSON body of your request: there is more after its end.", "");
    }
    if (good()) {
      check();
    }
    return take_error();
  }

  // The object at the cursor, or null: `take(key)` reads or skips the value of each member, and
  // says whether that went well.
  template <typename Take>
  bool read_members(const FieldPath& param, Take take) {
    return enter_object(param) ? read_rest(take) : good();
  }
  // The members of an object that was entered. Their names have at most kMaxName bytes.
  template <typename Take>
  bool read_rest(Take take) {
    json::String key;
    while (cursor_.next_member(key)) {
      if ((key.raw.size() > kMaxName && !fail_name(key)) || !take(key)) {
        return false;
      }
    }
    return good();
  }
  // The array at the cursor, or null: `take(path, index)` does the same for each element, of which
  // there may be at most `limit`.
  template <typename Take>
  bool read_elements(const FieldPath& param, std::size_t limit, Take take) {
    if (!enter_array(param)) {
      return good();
    }
    for (std::size_t i = 0; cursor_.next_element(); ++i) {
      if ((i >= limit && !fail_length(param, limit)) || !take(FieldPath(param, i), i)) {
        return false;
      }
    }
    return good();
  }

  // Always false, to be returned.
  bool fail(ErrorCode code, std::string_view message, const FieldPath& param);
  bool fail(ErrorCode code, std::initializer_list<std::string_view> message,
            const FieldPath& param);
  bool fail_missing(const FieldPath& param);
  bool fail_missing_model();
  // `text` has more bytes than `limit`.
  bool fail_length(const FieldPath& param, const chat::Text& text, std::size_t limit);
  bool fail_type(const FieldPath& param, std::string_view wanted);

  // Takes back what fail() said: of a value that the caller passes over.
  void forgive() { status_ = Status(); }

  // Nothing went wrong so far, neither in the syntax nor in a field.
  bool good() const { return status_ && !cursor_.failed(); }

 private:
  // In the array at hand stands an element behind as many as it may have.
  bool fail_length(const FieldPath& param, std::size_t limit);
  bool fail_name(const json::String& name);
  // What went wrong, if something did.
  Status take_error();

  struct Dropped {
    std::size_t place = 0;
    bool repeated = false;
  };

  json::Cursor cursor_;
  Status status_;
  std::unordered_map<std::uint64_t, Dropped> dropped_;  // by the kinds of their paths
};

// What an error shows of a text that a client wrote.
std::string quote(const chat::Text& text);

}  // namespace llmproxy::openai_chat
