#include "dialects/gemini/contents.h"

#include "base/text.h"
#include "dialects/gemini/media.h"

#include <algorithm>

namespace llmproxy::gemini {

namespace {

// Accepted in place of a signature that was lost, on every endpoint of Google's.
// https://ai.google.dev/gemini-api/docs/thought-signatures#faqs
constexpr std::string_view kNoSignature = "skip_thought_signature_validator";

constexpr chat::Text kSpace{" ", false};

// Per part, where the model takes it. https://ai.google.dev/gemini-api/docs/media-resolution
std::string_view resolution_of(const chat::Text& detail) {
  if (detail.equals("low")) {
    return "MEDIA_RESOLUTION_LOW";
  }
  if (detail.equals("medium")) {
    return "MEDIA_RESOLUTION_MEDIUM";
  }
  return detail.equals("high")       ? "MEDIA_RESOLUTION_HIGH"
         : detail.equals("original") ? "MEDIA_RESOLUTION_ULTRA_HIGH"
                                     : "";
}

// What the client sent with it.
chat::Text own_signature(const chat::Part& part) {
  if (const auto* text = std::get_if<chat::TextPart>(&part)) {
    return text->signature;
  }
  if (const auto* call = std::get_if<chat::ToolCallPart>(&part)) {
    return call->signature;
  }
  const auto* media = std::get_if<chat::MediaPart>(&part);
  return media != nullptr ? media->signature : chat::Text();
}

// The text, if there is nothing else in this content, as in most of them; nullptr if there is.
const chat::Text* only_text(Content content) {
  const chat::Part* part = content.size() == 1 ? content.front().part : nullptr;
  const auto* text = part != nullptr ? std::get_if<chat::TextPart>(part) : nullptr;
  return text != nullptr && text->signature.empty() ? &text->text : nullptr;
}

}  // namespace

Status ContentsWriter::write() {
  if (Status status = arrange(request_, changes_, history_); !status) {
    return status;
  }
  const std::vector<PartRef>& parts = history_.parts;
  // A system text alone is nobody's turn, so it becomes the user's.
  const bool alone = parts.empty();
  const bool system = !history_.system.empty() || !instruction_.empty();
  const bool as_user = system && (alone || !model_.system);
  if (system && !as_user) {
    write_system();
  }
  writer_.open(R"("contents":[)");
  // A conversation must begin with the user: "Please ensure that function call turn comes
  // immediately after a user turn".
  if (as_user) {
    name_system_messages();
  }
  if (as_user || alone || parts.front().turn == Turn::model) {
    begin_content(Turn::user);
    as_user ? write_system_texts() : write_text(kSpace);
    end_content();
  }
  for (Content rest = parts; !rest.empty();) {
    const Content content = first_content(rest);
    if (Status status = write_content(content); !status) {
      return status;
    }
    rest = rest.subspan(content.size());
  }
  // "Requests ending with a model turn are not supported." Older generations take it as a prefill.
  if (!alone && parts.back().turn == Turn::model && !model_.prefill) {
    rewritten(*parts.back().message, "");
    begin_content(Turn::user);
    write_text({"Continue.", false});
    end_content();
  }
  writer_.end_array();
  return {};
}

// The model hears it as from somebody else.
void ContentsWriter::name_system_messages() {
  for (const chat::Message& message : request_.messages) {
    const std::span<const chat::Part> parts = request_.in(message.parts);
    const bool system = message.role == chat::Role::system || message.role == chat::Role::developer;
    if (system && std::any_of(parts.begin(), parts.end(), [](const chat::Part& part) {
          const auto* text = std::get_if<chat::TextPart>(&part);
          return text != nullptr && !text->text.empty();
        })) {
      rewritten(message, ".role");
    }
  }
}

void ContentsWriter::rewritten(const chat::Message& message, std::string_view member) {
  changes_.add(concat({"messages[", std::to_string(message.index), "]", member}),
               chat::Reason::rewritten);
}

void ContentsWriter::write_system_texts() {
  for (const chat::Text* text : history_.system) {
    write_text(*text);
  }
  if (!instruction_.empty()) {
    writer_.begin_object();
    writer_.key("text");
    writer_.copy_string({instruction_, true});
    writer_.end_object();
  }
}

void ContentsWriter::write_system() {
  writer_.open(R"("systemInstruction":{"parts":[)");
  write_system_texts();
  writer_.close("]}");
}

void ContentsWriter::begin_content(Turn turn) {
  writer_.open(turn == Turn::model ? R"({"role":"model","parts":[)"
                                   : R"({"role":"user","parts":[)");
}

void ContentsWriter::end_content() {
  writer_.close("]}");
}

Status ContentsWriter::write_content(Content content) {
  const Turn turn = content.front().turn;
  if (turn == Turn::results) {
    return write_results(content);
  }
  const bool model = turn == Turn::model;
  const chat::Text* text = model && model_.sign_all ? nullptr : only_text(content);
  if (text != nullptr) {
    writer_.string(
        model ? R"({"role":"model","parts":[{"text":)" : R"({"role":"user","parts":[{"text":)",
        *text, "}]}");
    return {};
  }
  begin_content(turn);
  if (model && (request_.damaged_ids || !model_.keep_signatures)) {
    name_lost_signatures(content);
  }
  // Only the first call of a turn has to be signed.
  bool needs_signature = model_.signatures;
  for (const PartRef& ref : content) {
    if (Status status = write_part(ref, needs_signature); !status) {
      return status;
    }
  }
  if (std::all_of(content.begin(), content.end(),
                  [this](const PartRef& ref) { return is_left_out(ref); })) {
    write_text(kSpace, signature_of(content.front(), {}));
  }
  end_content();
  return {};
}

// What of an earlier answer this model does not take. The client did not make that, so it is named
// and no error: what a tool of Google's did, and images in formats that other models draw in.
bool ContentsWriter::is_left_out(const PartRef& ref) const {
  if (ref.turn != Turn::model || ref.part == nullptr) {
    return false;
  }
  const auto* media = std::get_if<chat::MediaPart>(ref.part);
  if (media == nullptr) {
    return std::holds_alternative<chat::VendorPart>(*ref.part) && !takes_invocations();
  }
  const bool by_url = !media->url.empty() && media_.find(*media) == nullptr;
  return !by_url && !takes_media_type(type_of(*media));
}

// Of bytes that are here.
std::string_view ContentsWriter::type_of(const chat::MediaPart& media) const {
  const chat::FetchedMedia::Item* fetched = media.url.empty() ? nullptr : media_.find(media);
  return fetched != nullptr ? std::string_view(fetched->mime_type) : media.mime_type;
}

// Those that the client sent and the model does not get: it thinks again what it thought already.
// One that was in an id which the client cut is the one of the first call.
void ContentsWriter::name_lost_signatures(Content content) {
  bool first_call = true;
  for (const PartRef& ref : content) {
    const auto* call = std::get_if<chat::ToolCallPart>(ref.part);
    const std::string at = concat({"messages[", std::to_string(ref.message->index), "]"});
    if (!keeps(own_signature(*ref.part)) && !own_signature(*ref.part).empty()) {
      changes_.add(concat({at,
                           call == nullptr    ? ""
                           : call->id.empty() ? ".function_call"
                                              : ".tool_calls[]",
                           ".extra_content.google.thought_signature"}),
                   chat::Reason::dropped);
    } else if (call != nullptr && first_call && request_.damaged_ids && call->signature.empty()) {
      rewritten(*ref.message, ".tool_calls[].id");
    }
    first_call = first_call && call == nullptr;
  }
}

Status ContentsWriter::write_part(const PartRef& ref, bool& needs_signature) {
  if (ref.part == nullptr) {
    write_text(kSpace);
  } else if (const auto* text = std::get_if<chat::TextPart>(ref.part)) {
    write_text(text->text, signature_of(ref, text->signature));
  } else if (const auto* media = std::get_if<chat::MediaPart>(ref.part)) {
    if (is_left_out(ref)) {
      changes_.add(place_of(*ref.message, *media), chat::Reason::dropped);
      return {};
    }
    return write_media(*media, path_of(*ref.message, *media), signature_of(ref, media->signature));
  } else if (const auto* call = std::get_if<chat::ToolCallPart>(ref.part)) {
    write_call(*call, needs_signature);
  } else if (const auto* file = std::get_if<chat::FilePart>(ref.part)) {
    return write_file(*file, *ref.message);
  } else if (const auto* invocation = std::get_if<chat::VendorPart>(ref.part)) {
    write_invocation(*invocation, *ref.message);
  }
  return {};
}

// What a part other than a call is signed with; empty: nothing. Image models of Gemini 3 ask for
// signatures on what they said and drew. https://github.com/googleapis/js-genai/issues/1116
chat::Text ContentsWriter::signature_of(const PartRef& ref, const chat::Text& own) const {
  if (ref.turn != Turn::model) {
    return {};
  }
  const chat::Text otherwise{model_.sign_all ? kNoSignature : "", false};
  return keeps(own) ? own : otherwise;
}

void ContentsWriter::write_signature(const chat::Text& signature) {
  writer_.key("thoughtSignature");
  writer_.string(signature);
}

void ContentsWriter::write_text(const chat::Text& text, const chat::Text& signature) {
  if (signature.empty()) {
    writer_.string(R"({"text":)", text, "}");
    return;
  }
  writer_.open(R"({"text":)");
  writer_.string(text);
  write_signature(signature);
  writer_.end_object();
}

Status ContentsWriter::write_media(const chat::MediaPart& media, std::string_view path,
                                   const chat::Text& signature) {
  const chat::FetchedMedia::Item* fetched = media.url.empty() ? nullptr : media_.find(media);
  const bool by_url = !media.url.empty() && fetched == nullptr;
  const std::string url = by_url ? media.url.decode() : "";
  const std::string_view type = by_url ? media_type_of_url(media, url) : type_of(media);
  if (Status status = by_url ? Status() : check_media_type(type, path); !status) {
    return status;
  }
  writer_.begin_object();
  writer_.key(by_url ? "fileData" : "inlineData");
  writer_.begin_object();
  if (!type.empty() && type != "video/*") {
    writer_.key("mimeType");
    writer_.text(type);
  }
  writer_.key(by_url ? "fileUri" : "data");
  writer_.string(by_url               ? media.url
                 : fetched != nullptr ? chat::Text{fetched->base64.view()}
                                      : media.base64);
  writer_.end_object();
  const std::string_view resolution = resolution_of(media.detail);
  if (!resolution.empty() && model_.media_resolution) {
    writer_.key("mediaResolution");
    writer_.begin_object();
    writer_.key("level");
    writer_.word(resolution);
    writer_.end_object();
  } else if (!resolution.empty()) {
    const std::string_view part = path.substr(0, path.rfind('.'));
    changes_.add(concat({part, ".detail"}), chat::Reason::dropped);
  }
  if (!signature.empty()) {
    write_signature(signature);
  }
  writer_.end_object();
  return {};
}

// https://ai.google.dev/api/files: "files/abc", or the address that the upload returned.
Status ContentsWriter::write_file(const chat::FilePart& file, const chat::Message& message) {
  std::string id = file.id.decode();
  if (id.starts_with("files/")) {
    id = concat({"https://generativelanguage.googleapis.com/v1beta/", id});
  }
  if (!contains(id, "://")) {
    return Error{ErrorCode::unsupported_value,
                 "Gemini knows files by its own names ('files/…'), not by an OpenAI file id; send "
                 "'file_data' instead.",
                 concat({"messages[", std::to_string(message.index), "].content[",
                         std::to_string(file.part), "].file.file_id"})};
  }
  writer_.begin_object();
  writer_.key("fileData");
  writer_.begin_object();
  writer_.key("fileUri");
  writer_.text(id);
  writer_.end_object();
  writer_.end_object();
  return {};
}

// What Google's own tools did means something to the models that mix them with functions, and only
// with its signature.
void ContentsWriter::write_invocation(const chat::VendorPart& part, const chat::Message& message) {
  if (takes_invocations()) {
    writer_.raw(part.value);
    return;
  }
  changes_.add(concat({"messages[", std::to_string(message.index),
                       "].extra_content.google.tool_invocations"}),
               chat::Reason::dropped);
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
  writer_.string({names_.to_upstream(call.name)});
  writer_.key("args");
  writer_.raw(call.arguments);
  writer_.end_object();
  if (keeps(call.signature)) {
    write_signature(call.signature);
  } else if (needs_signature) {
    writer_.key("thoughtSignature");
    writer_.word(kNoSignature);
  }
  needs_signature = model_.sign_all;
  writer_.end_object();
}

}  // namespace llmproxy::gemini
