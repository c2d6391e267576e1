#include "http/multipart.h"

#include "base/limits.h"
#include "base/text.h"
#include "http/head.h"

#include <algorithm>

namespace llmproxy::http {
namespace {

// "no longer than 70 characters". https://www.rfc-editor.org/rfc/rfc2046#section-5.1.1
constexpr std::size_t kMaxBoundary = 70;

// The value of a parameter of a header: name="value" or name=value.
std::string find_parameter(std::string_view header, std::string_view name) {
  while (!header.empty()) {
    const std::size_t semicolon = std::min(header.find(';'), header.size());
    const std::string_view field = trim(header.substr(0, semicolon));
    const std::size_t equals = field.find('=');
    if (equals != std::string_view::npos &&
        equals_ignoring_case(trim(field.substr(0, equals)), name)) {
      std::string_view value = trim(field.substr(equals + 1));
      if (value.size() >= 2 && value.front() == '"' && value.back() == '"') {
        value = value.substr(1, value.size() - 2);
      }
      return std::string(value);
    }
    header.remove_prefix(std::min(semicolon + 1, header.size()));
  }
  return {};
}

Error fail(ErrorCode code, std::string_view what, std::size_t limit, std::string_view param) {
  return {code, {"Invalid form: ", what, " Expected at most ", std::to_string(limit), "."}, param};
}

// Where the delimiter of the first part begins; what stands before it means nothing.
std::size_t find_first(std::string_view form, std::string_view line_and_delimiter) {
  if (form.starts_with(line_and_delimiter.substr(2))) {
    return 0;
  }
  const std::size_t line = form.find(line_and_delimiter);
  return line == std::string_view::npos ? line : line + 2;
}

Result<FormPart> parse_part(std::string_view text) {
  FormPart part;
  const std::size_t end = text.find("\r\n\r\n");
  if (end == std::string_view::npos) {
    return part;
  }
  if (end > kMaxFormPartHead) {
    return fail(ErrorCode::string_too_long, "the head of a part is too long.", kMaxFormPartHead,
                "");
  }
  const Headers headers = Headers::parse(text.substr(0, end));
  const std::string_view disposition = headers.find("content-disposition").value_or("");
  part.name = find_parameter(disposition, "name");
  part.file_name = find_parameter(disposition, "filename");
  part.content_type = std::string(headers.find("content-type").value_or(""));
  part.body = text.substr(end + 4);
  return part;
}

}  // namespace

Result<std::vector<FormPart>> parse_multipart(std::string_view content_type,
                                              std::string_view form) {
  std::vector<FormPart> parts;
  const std::string boundary = find_parameter(content_type, "boundary");
  if (boundary.empty()) {
    return parts;
  }
  if (boundary.size() > kMaxBoundary) {
    return fail(ErrorCode::string_too_long, "its boundary in 'content-type' is too long.",
                kMaxBoundary, "content-type");
  }
  // A match begins with the end of a line, which no boundary holds, so this looks at each byte of
  // the form twice at most.
  const std::string delimiter = concat({"\r\n--", boundary});
  std::size_t begin = find_first(form, delimiter);
  while (begin != std::string_view::npos) {
    begin += delimiter.size() - 2;
    if (form.substr(begin, 2) != "\r\n") {
      break;  // "--": the end
    }
    begin += 2;
    const std::size_t end = form.find(delimiter, begin);
    if (end == std::string_view::npos) {
      return std::vector<FormPart>();
    }
    if (parts.size() >= kMaxFormParts) {
      return fail(ErrorCode::array_too_long, "it has too many parts.", kMaxFormParts, "");
    }
    Result<FormPart> part = parse_part(form.substr(begin, end - begin));
    if (!part) {
      return part.error();
    }
    parts.push_back(std::move(*part));  // one without a name is no field, and found by none
    begin = end + 2;
  }
  return parts;
}

std::string_view find_field(const std::vector<FormPart>& parts, std::string_view name) {
  for (const FormPart& part : parts) {
    if (part.name == name) {
      return part.body;
    }
  }
  return {};
}

}  // namespace llmproxy::http
