// Heads of requests and responses, as they cross the boundary: lines of text, ended by LF.
//
//   request head    METHOD LF URL LF (name ": " value LF)*
//   header block    (name ": " value LF)*
//
// The Fetch standard rejects CR, LF and NUL in header values, so no value can break a line.
// https://fetch.spec.whatwg.org/#concept-header-value
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace llmproxy::http {

inline bool is_success(int status) {
  return status >= 200 && status <= 299;
}

struct Header {
  std::string_view name;
  std::string_view value;
};

// Slices of the text it was parsed from.
class Headers {
 public:
  static Headers parse(std::string_view block);

  // Value of the first header of that name (any case), or nothing.
  std::optional<std::string_view> find(std::string_view name) const;
  const std::vector<Header>& all() const { return headers_; }

  // Whether `upgrade` names the protocol: it is a list of them, each with or without a version, and
  // may come in several lines. https://www.rfc-editor.org/rfc/rfc9110#section-7.8
  bool asks_to_upgrade_to(std::string_view protocol) const;

 private:
  // Most blocks have no more.
  static constexpr std::size_t kUsual = 4;

  std::vector<Header> headers_;
};

struct RequestHead {
  std::string_view method;
  std::string_view url;
  std::string_view path;  // of the URL
  Headers headers;

  static RequestHead parse(std::string_view text);
};

// Whether it says what went wrong, as an API does. Neither a success nor an error are redirects,
// interim replies, and what is beyond 599, which HTTP does not have.
// https://www.rfc-editor.org/rfc/rfc9110#section-15
inline bool is_error(int status) {
  return status >= 400 && status <= 599;
}

// A name of a header or a method. https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2
bool is_token(std::string_view text);
// What may stand behind the name: no control character but the tab, which would be another line.
// https://www.rfc-editor.org/rfc/rfc9110#section-5.5
bool is_header_value(std::string_view text);

// Appends one line of a header block. False, and nothing is appended, when the name is no token or
// the value holds a control character: it could be read as another line.
bool write_header(std::string_view name, std::string_view value, std::string& block);

// Appends the two lines that the head of a request begins with. False, and nothing is appended,
// when the method is no token or the URL holds a space or a control character.
[[nodiscard]] bool write_request_line(std::string_view method, std::string_view url,
                                      std::string& head);

}  // namespace llmproxy::http
