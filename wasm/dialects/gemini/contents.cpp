#include "dialects/gemini/contents.h"

#include "base/text.h"

namespace llmproxy::gemini {

using chat::Role;

namespace {

// Accepted in place of a signature that was lost, on every endpoint of Google's.
// https://ai.google.dev/gemini-api/docs/thought-signatures#faqs
constexpr std::string_view kNoSignature = "\"skip_thought_signature_validator\"";

bool is_visible(const chat::Part& part) {
  const auto* text = std::get_if<chat::TextPart>(&part);
  return text == nullptr || !text->text.empty();
}

}  // namespace

Status ContentsWriter::write() {
  collect();
  const bool gemma_system = model_.gemma && !system_.empty();
  if (!system_.empty() && !model_.gemma && !contents_.empty()) {
    write_system();
  }
  writer_.key("contents");
  writer_.begin_array();
  // A conversation must begin with the user: "Please ensure that function call turn comes
  // immediately after a user turn". And a system text alone is nobody's turn, so it becomes the
  // user's.
  const bool alone = contents_.empty();
  if (alone || gemma_system || contents_.front().turn == Turn::model) {
    writer_.begin_object();
    writer_.key("role");
    writer_.text("user");
    writer_.key("parts");
    writer_.begin_array();
    if ((alone || gemma_system) && !system_.empty()) {
      for (const chat::Text* text : system_) {
        write_text(text->raw);
      }
    } else {
      write_text(" ");
    }
    writer_.end_array();
    writer_.end_object();
  }
  for (const Content& content : contents_) {
    if (Status status = write_content(content); !status) {
      return status;
    }
  }
  // "Requests ending with a model turn are not supported." Older generations take it as a prefill.
  if (!alone && contents_.back().turn == Turn::model && !model_.prefill) {
    writer_.raw(R"({"role":"user","parts":[{"text":"Continue."}]})");
  }
  writer_.end_array();
  return {};
}

void ContentsWriter::collect() {
  for (const chat::Message& message : request_.messages) {
    if (message.role != Role::system && message.role != Role::developer) {
      add(message);
      continue;
    }
    for (const chat::Part& part : message.parts) {
      const auto* text = std::get_if<chat::TextPart>(&part);
      if (text != nullptr && !text->text.empty()) {
        system_.push_back(&text->text);
      }
    }
  }
}

// Results of tools stand in a content of their own: Gemini refuses other parts beside them, and
// wants all results of one turn together.
// https://ai.google.dev/gemini-api/docs/function-calling#parallel
void ContentsWriter::add(const chat::Message& message) {
  const Turn turn = message.role == Role::tool        ? Turn::results
                    : message.role == Role::assistant ? Turn::model
                                                      : Turn::user;
  for (const chat::Part& part : message.parts) {
    if (!is_visible(part)) {
      continue;
    }
    if (contents_.empty() || contents_.back().turn != turn) {
      contents_.push_back({turn, {}});
    }
    contents_.back().parts.push_back({&message, &part});
  }
}

void ContentsWriter::write_system() {
  writer_.key("systemInstruction");
  writer_.begin_object();
  writer_.key("parts");
  writer_.begin_array();
  for (const chat::Text* text : system_) {
    write_text(text->raw);
  }
  writer_.end_array();
  writer_.end_object();
}

Status ContentsWriter::write_content(const Content& content) {
  writer_.begin_object();
  writer_.key("role");
  writer_.word(content.turn == Turn::model ? "model" : "user");
  writer_.key("parts");
  writer_.begin_array();
  // Only the first call of a turn has to be signed.
  bool needs_signature = model_.signatures;
  for (const PartRef& ref : content.parts) {
    if (Status status = write_part(ref, needs_signature); !status) {
      return status;
    }
  }
  writer_.end_array();
  writer_.end_object();
  return {};
}

Status ContentsWriter::write_part(const PartRef& ref, bool& needs_signature) {
  if (const auto* text = std::get_if<chat::TextPart>(ref.part)) {
    write_text(text->text.raw);
  } else if (const auto* media = std::get_if<chat::MediaPart>(ref.part)) {
    return write_media(*media, *ref.message);
  } else if (const auto* call = std::get_if<chat::ToolCallPart>(ref.part)) {
    write_call(*call, needs_signature);
  } else if (const auto* result = std::get_if<chat::ToolResultPart>(ref.part)) {
    return write_result(*result, *ref.message);
  } else if (std::holds_alternative<chat::FilePart>(*ref.part)) {
    return Error{ErrorCode::unsupported_value,
                 "Gemini does not know files by an OpenAI file id; send 'file_data' instead.",
                 concat({"messages[", std::to_string(ref.message->index), "].content"})};
  }
  return {};
}

void ContentsWriter::write_text(std::string_view raw) {
  writer_.begin_object();
  writer_.key("text");
  writer_.string({raw});
  writer_.end_object();
}

Status ContentsWriter::write_media(const chat::MediaPart& media, const chat::Message& message) {
  const auto fail = [&](ErrorCode code, std::string_view text) {
    return Error{code, std::string(text),
                 concat({"messages[", std::to_string(message.index), "].content"})};
  };
  if (media.base64.empty()) {
    return fail(ErrorCode::unsupported_value,
                "Gemini needs the bytes of an image: send it as a data URL "
                "('data:image/png;base64,…'), not as a link.");
  }
  if (media.mime_type.empty()) {
    return fail(ErrorCode::invalid_value, "The data URL does not name a media type.");
  }
  if (media.mime_type == "image/gif" || media.mime_type == "image/svg+xml") {
    return fail(ErrorCode::unsupported_value,
                concat({"Gemini does not take ", media.mime_type,
                        "; it takes PNG, JPEG, WebP, HEIC and HEIF."}));
  }
  writer_.begin_object();
  writer_.key("inlineData");
  writer_.begin_object();
  writer_.key("mimeType");
  writer_.text(media.mime_type);
  writer_.key("data");
  writer_.string(media.base64);
  writer_.end_object();
  writer_.end_object();
  return {};
}

void ContentsWriter::write_call(const chat::ToolCallPart& call, bool& needs_signature) {
  writer_.begin_object();
  writer_.key("functionCall");
  writer_.begin_object();
  if (!call.id.empty()) {
    writer_.key("id");
    writer_.string(call.id);
  }
  writer_.key("name");
  writer_.string(call.name);
  writer_.key("args");
  writer_.raw(call.arguments);
  writer_.end_object();
  if (!call.signature.empty()) {
    writer_.key("thoughtSignature");
    writer_.string(call.signature);
  } else if (needs_signature) {
    writer_.key("thoughtSignature");
    writer_.raw(kNoSignature);
  }
  needs_signature = false;
  writer_.end_object();
}

// The name is not in OpenAI's tool message, and Gemini wants it: it is that of the call answered.
Status ContentsWriter::write_result(const chat::ToolResultPart& result,
                                    const chat::Message& message) {
  const std::string at = concat({"messages[", std::to_string(message.index), "]"});
  const chat::ToolCallPart* call = find_call(result.call_id);
  if (call == nullptr) {
    return Error{ErrorCode::invalid_value,
                 concat({"Invalid '", at,
                         ".tool_call_id': no earlier message of the assistant has a tool call with "
                         "this id."}),
                 at + ".tool_call_id"};
  }
  std::string output;
  const std::string_view* only = nullptr;
  for (const chat::ResultContent& content : result.content) {
    const auto* text = std::get_if<chat::TextPart>(&content);
    if (text == nullptr) {
      return Error{ErrorCode::unsupported_value,
                   "Gemini takes the result of a tool as text; send images in a user message.",
                   at + ".content"};
    }
    only = result.content.size() == 1 ? &text->text.raw : nullptr;
    if (only == nullptr) {
      output.append(text->text.raw);
    }
  }
  writer_.begin_object();
  writer_.key("functionResponse");
  writer_.begin_object();
  writer_.key("id");
  writer_.string(call->id);
  writer_.key("name");
  writer_.string(call->name);
  writer_.key("response");
  writer_.begin_object();
  writer_.key("output");
  writer_.string({only != nullptr ? *only : std::string_view(output)});
  writer_.end_object();
  writer_.end_object();
  writer_.end_object();
  return {};
}

const chat::ToolCallPart* ContentsWriter::find_call(const chat::Text& id) const {
  const std::string wanted = id.decode();
  for (auto message = request_.messages.rbegin(); message != request_.messages.rend(); ++message) {
    for (const chat::Part& part : message->parts) {
      const auto* call = std::get_if<chat::ToolCallPart>(&part);
      if (call != nullptr && call->id.equals(wanted)) {
        return call;
      }
    }
  }
  return nullptr;
}

}  // namespace llmproxy::gemini
