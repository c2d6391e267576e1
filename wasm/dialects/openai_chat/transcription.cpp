#include "dialects/openai_chat/transcription.h"

#include "base/base64.h"
#include "base/media_type.h"
#include "base/text.h"
#include "dialects/openai_chat/absent_output.h"
#include "dialects/openai_chat/error_body.h"
#include "dialects/openai_chat/first_choice.h"
#include "sse/writer.h"

#include <optional>
#include <utility>

namespace llmproxy::openai_chat {
namespace {

// The text of an answer, whole or as it comes.
class TranscriptWriter : public chat::ReplyWriter {
 public:
  void take(const chat::Event& event) override {
    if (!choice_.takes(event)) {
      return;
    }
    absent_.take(event);
    if (const auto* delta = std::get_if<chat::TextDelta>(&event)) {
      text_.append(delta->text.raw);
      take_text(delta->text.raw);
    } else if (const auto* usage = std::get_if<chat::Usage>(&event)) {
      usage_ = *usage;
    }
  }
  std::optional<Error> absence() const override {
    return text_.size() == 0 ? absent_.error("transcript") : absent_.incomplete("transcript");
  }

 protected:
  explicit TranscriptWriter(Buffer& out) : out_(out) {}
  // `raw`: what came just now, the inside of a JSON string.
  virtual void take_text(std::string_view /*raw*/) {}

  Buffer& out_;
  Buffer text_;  // all of it so far
  std::optional<chat::Usage> usage_;

 private:
  FirstChoice choice_;
  AbsentOutput absent_;
};

class TranscriptionWriter final : public TranscriptWriter {
 public:
  TranscriptionWriter(bool as_text, Buffer& out) : TranscriptWriter(out), as_text_(as_text) {}

  void keep_alive() override {}
  void fail(const Error& error) override { write_error(error, out_); }
  void end() override {
    if (as_text_) {
      json::decode({text_.view(), true}, out_);
      out_.append("\n");
      return;
    }
    out_.append("{\"text\":\"");
    out_.append(text_.view());
    out_.append("\"");
    if (usage_) {
      out_.append(concat(
          {",\"usage\":{\"type\":\"tokens\",\"input_tokens\":", std::to_string(usage_->prompt),
           ",\"output_tokens\":", std::to_string(usage_->completion),
           ",\"total_tokens\":", std::to_string(usage_->total), "}"}));
    }
    out_.append("}");
  }

 private:
  bool as_text_;
};

// https://platform.openai.com/docs/api-reference/audio/transcript-text-delta-event
class TranscriptionStreamWriter final : public TranscriptWriter {
 public:
  explicit TranscriptionStreamWriter(Buffer& out) : TranscriptWriter(out) {}

  void keep_alive() override { take_text(""); }
  void fail(const Error& error) override { write_error_event(error, out_); }
  void end() override {
    write("done", "text", text_.view());
    sse::write_event("[DONE]", out_);
  }

 private:
  void take_text(std::string_view raw) override { write("delta", "delta", raw); }
  void write(std::string_view type, std::string_view name, std::string_view raw) {
    out_.append(sse::kDataBegin);
    out_.append(concat({"{\"type\":\"transcript.text.", type, "\",\"", name, "\":\""}));
    out_.append(raw);
    out_.append("\"}");
    out_.append(sse::kDataEnd);
  }
};

}  // namespace

Status read_transcription_request(const TranscriptionForm& form, chat::Request& out) {
  const auto missing = [](std::string_view name) {
    return Error{ErrorCode::missing_parameter, {"Missing required parameter: '", name, "'."}, name};
  };
  if (form.model.empty()) {
    return missing("model");
  }
  if (form.file.empty()) {
    return missing("file");
  }
  if (!form.response_format.empty() && form.response_format != "json" &&
      form.response_format != "text") {
    return Error{ErrorCode::unsupported_value,
                 "Invalid 'response_format': transcripts of this supplier have no times; they are "
                 "available as 'json' and 'text'.",
                 "response_format"};
  }
  out.model = form.model;
  out.stream = form.stream == "true";
  out.bare_text = form.response_format == "text";
  out.dropped = form.others;
  std::string type = normal_media_type(form.file_type);
  if (type.empty() || type == "application/octet-stream") {
    type = sniff_media_type(form.file);
  }
  if (type.empty()) {
    type = media_type_of_name(form.file_name);
  }
  if (!form.temperature.empty()) {
    out.sampling.temperature = out.storage.emplace_back(form.temperature);
  }
  Buffer& encoded = out.large_storage.emplace_back();
  encode_base64(form.file, encoded);
  if (encoded.failed()) {
    return Error{ErrorCode::out_of_memory, "There is no memory for this request at the moment.",
                 ""};
  }
  std::string ask = "Transcribe this recording word for word";
  ask.append(form.language.empty() ? "" : concat({", in the language ", form.language}));
  ask.append(". Answer with the transcript alone.");
  ask.append(form.prompt.empty() ? "" : concat({" What came before, and names: ", form.prompt}));
  out.parts.emplace_back(chat::MediaPart{.kind = chat::MediaKind::audio,
                                         .mime_type = out.storage.emplace_back(std::move(type)),
                                         .base64 = {encoded.view(), false},
                                         .field = chat::MediaField::audio_data});
  out.parts.emplace_back(chat::TextPart{{out.storage.emplace_back(json::escape(ask)), true}});
  out.messages.push_back({chat::Role::user, 0, out.from(0)});
  return {};
}

std::unique_ptr<chat::ReplyWriter> make_transcription_writer(bool as_text, Buffer& out) {
  return std::make_unique<TranscriptionWriter>(as_text, out);
}

std::unique_ptr<chat::ReplyWriter> make_transcription_stream_writer(Buffer& out) {
  return std::make_unique<TranscriptionStreamWriter>(out);
}

}  // namespace llmproxy::openai_chat
