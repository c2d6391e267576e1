#include "http/multipart.h"

#include "base/text.h"
#include "http/head.h"

#include <algorithm>

namespace llmproxy::http {
namespace {

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

FormPart parse_part(std::string_view text) {
  FormPart part;
  const std::size_t end = text.find("\r\n\r\n");
  if (end == std::string_view::npos) {
    return part;
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

std::vector<FormPart> parse_multipart(std::string_view content_type, std::string_view form) {
  std::vector<FormPart> parts;
  const std::string boundary = find_parameter(content_type, "boundary");
  if (boundary.empty()) {
    return parts;
  }
  const std::string delimiter = concat({"--", boundary});
  std::size_t begin = form.find(delimiter);
  while (begin != std::string_view::npos) {
    begin += delimiter.size();
    if (form.substr(begin, 2) != "\r\n") {
      break;  // "--": the end
    }
    begin += 2;
    const std::size_t end = form.find(concat({"\r\n", delimiter}), begin);
    if (end == std::string_view::npos) {
      return {};
    }
    FormPart part = parse_part(form.substr(begin, end - begin));
    if (!part.name.empty()) {
      parts.push_back(std::move(part));
    }
    begin = end + 2;
  }
  return parts;
}

std::string find_field(const std::vector<FormPart>& parts, std::string_view name) {
  for (const FormPart& part : parts) {
    if (part.name == name) {
      return std::string(part.body);
    }
  }
  return {};
}

}  // namespace llmproxy::http
