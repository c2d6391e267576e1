// What tools answered, as the contents of a request have it.
#include "base/text.h"
#include "dialects/gemini/contents.h"
#include "dialects/gemini/media.h"
#include "dialects/gemini/tool_result.h"

#include <algorithm>

namespace llmproxy::gemini {
namespace {

// nullptr when there is none for the call.
const chat::ToolResultPart* result_of(const PartRef& ref) {
  return ref.part == nullptr ? nullptr : &std::get<chat::ToolResultPart>(*ref.part);
}

}  // namespace

// The text and the media of a result.
std::span<const chat::Part> ContentsWriter::content_of(const PartRef& ref) const {
  const chat::ToolResultPart* result = result_of(ref);
  return result == nullptr ? std::span<const chat::Part>() : request_.in(result->content);
}

bool ContentsWriter::has_media(const PartRef& ref) const {
  const std::span<const chat::Part> content = content_of(ref);
  return std::any_of(content.begin(), content.end(), [](const chat::Part& part) {
    return std::holds_alternative<chat::MediaPart>(part);
  });
}

// Nothing but results stands in their content: Gemini refuses other parts beside them.
Status ContentsWriter::write_results(Content content) {
  begin_content(Turn::user);
  for (const PartRef& ref : content) {
    if (Status status = write_result(ref); !status) {
      return status;
    }
  }
  end_content();
  const bool apart =
      !model_.result_media && std::any_of(content.begin(), content.end(),
                                          [this](const PartRef& ref) { return has_media(ref); });
  return apart ? write_result_media(content) : Status();
}

// For models that take no media inside of a result: right behind it, as if the user showed it.
Status ContentsWriter::write_result_media(Content content) {
  begin_content(Turn::user);
  for (const PartRef& ref : content) {
    if (has_media(ref)) {
      rewritten(*ref.message, ".content");
    }
    if (Status status = write_media_of(ref); !status) {
      return status;
    }
  }
  end_content();
  return {};
}

Status ContentsWriter::write_media_of(const PartRef& ref) {
  for (const chat::Part& part : content_of(ref)) {
    const auto* media = std::get_if<chat::MediaPart>(&part);
    if (media == nullptr) {
      continue;
    }
    if (Status status = write_media(*media, path_of(*ref.message, *media)); !status) {
      return status;
    }
  }
  return {};
}

// The name is not in OpenAI's tool message, and Gemini wants it: it is that of the call answered.
Status ContentsWriter::write_result(const PartRef& ref) {
  writer_.begin_object();
  writer_.key("functionResponse");
  writer_.begin_object();
  if (!ref.call->id.empty()) {
    writer_.key("id");
    writer_.string(ref.call->id);
  }
  writer_.key("name");
  writer_.string({names_.to_upstream(ref.call->name)});
  writer_.key("response");
  writer_.begin_object();
  write_result_text(ref);
  writer_.end_object();
  if (model_.result_media && has_media(ref)) {
    writer_.key("parts");
    writer_.begin_array();
    if (Status status = write_media_of(ref); !status) {
      return status;
    }
    writer_.end_array();
  }
  writer_.end_object();
  writer_.end_object();
  return {};
}

// https://ai.google.dev/api/caching#FunctionResponse: "output" for the result, "error" for details
// of a failure.
void ContentsWriter::write_result_text(const PartRef& ref) {
  if (result_of(ref) == nullptr) {
    writer_.key("error");
    writer_.word("no result");
    return;
  }
  Buffer joined;
  chat::Text only;
  std::size_t texts = 0;
  const std::span<const chat::Part> content = content_of(ref);
  for (const chat::Part& part : content) {
    if (const auto* text = std::get_if<chat::TextPart>(&part)) {
      only = text->text;
      joined.append(++texts == 1 && content.size() == 1 ? "" : text->text.raw);
    }
  }
  const chat::Text output =
      texts == 1 ? only : chat::Text{joined.view(), contains(joined.view(), "\\")};
  writer_.key("output");
  if (const std::optional<Buffer> json = result_as_json(output)) {
    writer_.copy_raw(json->view());
  } else {
    texts == 1 ? writer_.string(output) : writer_.copy_string(output);
  }
}

}  // namespace llmproxy::gemini
