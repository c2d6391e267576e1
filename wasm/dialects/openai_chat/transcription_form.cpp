#include "dialects/openai_chat/transcription_form.h"

#include "base/limits.h"
#include "dialects/openai_chat/transcription.h"
#include "http/multipart.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>
#include <vector>

namespace llmproxy::openai_chat {
namespace {

Error too_long(std::string_view param, std::size_t size, std::size_t limit) {
  return {
      ErrorCode::string_too_long,
      {"Invalid '", param, "': string too long. Expected a string with maximum length ",
       std::to_string(limit), ", but got a string with length ", std::to_string(size), " instead."},
      param};
}

}  // namespace

Status read_transcription_form(const dialects::RequestInput& input, chat::Request& out) {
  Result<std::vector<http::FormPart>> parts = http::parse_multipart(input.content_type, input.body);
  if (!parts) {
    return parts.error();
  }
  TranscriptionForm form;
  const std::array texts = std::to_array<std::pair<std::string_view, std::string*>>({
      {"model", &form.model},
      {"language", &form.language},
      {"prompt", &form.prompt},
      {"response_format", &form.response_format},
      {"temperature", &form.temperature},
      {"stream", &form.stream},
  });
  for (const http::FormPart& part : *parts) {
    const auto text = std::find_if(texts.begin(), texts.end(),
                                   [&](const auto& row) { return row.first == part.name; });
    if (part.name == "file") {
      form.file = part.body;
      form.file_type = part.content_type;
      form.file_name = part.file_name;
    } else if (text == texts.end()) {
      if (!part.name.empty()) {
        form.others.push_back(part.name);
      }
    } else if (const std::size_t limit = part.name == "prompt" ? kMaxJoinedText : kMaxName;
               part.body.size() > limit) {
      return too_long(part.name, part.body.size(), limit);
    } else {
      *text->second = part.body;
    }
  }
  return read_transcription_request(form, out);
}

std::string find_model_in_form(const dialects::RequestInput& input) {
  Result<std::vector<http::FormPart>> parts = http::parse_multipart(input.content_type, input.body);
  return std::string(parts ? http::find_field(*parts, "model").substr(0, kMaxName) : "");
}

}  // namespace llmproxy::openai_chat
