#include "dialects/openai_chat/speech.h"

#include "base/base64.h"
#include "base/media_type.h"
#include "base/text.h"
#include "base/wav.h"
#include "dialects/openai_chat/absent_output.h"
#include "dialects/openai_chat/error_body.h"
#include "dialects/openai_chat/field_reader.h"
#include "dialects/openai_chat/reply_parts.h"
#include "sse/writer.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace llmproxy::openai_chat {
namespace {

using json::Kind;

class SpeechReader {
 public:
  SpeechReader(std::string_view body, chat::Request& out) : fields_(body), out_(out) {}

  Status read() {
    return fields_.read_document([&](const json::String& key) { return member(key); },
                                 [&] { finish(); });
  }

 private:
  bool member(const json::String& key) {
    if (key.equals("model")) {
      return fields_.read_model(out_.model);
    }
    if (key.equals("input")) {
      return fields_.read(input_, "input");
    }
    if (key.equals("instructions")) {
      return fields_.read(instructions_, "instructions", kMaxJoinedText);
    }
    if (key.equals("voice") && fields_.cursor().kind() == Kind::object) {
      return fields_.read_members("voice", [&](const json::String& member) {
        return member.equals("id") ? fields_.read(out_.audio.voice, "voice.id", kMaxName)
                                   : fields_.drop(out_.dropped, {"voice", member.raw});
      });
    }
    if (key.equals("voice")) {
      return fields_.read(out_.audio.voice, "voice", kMaxName);
    }
    if (key.equals("response_format")) {
      return fields_.read(format_, "response_format");
    }
    std::string_view value;
    const bool read = fields_.read_raw(value);
    const bool usual = key.equals("speed") && json::approximate(value) == 1;
    // More of them than a header names are not kept.
    if (value != "null" && value != "\"audio\"" && !usual &&
        out_.others.size() < kMaxUnknownFields) {
      out_.others.push_back({out_.storage.emplace_back(key.decode()), value});
    }
    return read;
  }

  bool finish() {
    if (out_.model.empty()) {
      return fields_.fail_missing_model();
    }
    if (input_.empty()) {
      return fields_.fail_missing("input");
    }
    // Without a word on the format it is WAV: there is no encoder for OpenAI's usual mp3 here.
    if (!format_.empty() && !format_.equals("wav") && !format_.equals("pcm")) {
      return fields_.fail(
          ErrorCode::unsupported_value,
          "Invalid 'response_format': speech of this supplier is available as 'wav' "
          "and 'pcm'.",
          "response_format");
    }
    out_.audio.format = {format_.equals("pcm") ? "pcm16" : "wav", false};
    out_.modalities = {false, false, true};
    if (!instructions_.empty()) {
      out_.parts.emplace_back(
          chat::TextPart{{out_.storage.emplace_back(concat({instructions_.raw, ":"})),
                          instructions_.has_escapes}});
    }
    out_.parts.emplace_back(chat::TextPart{input_});
    out_.messages.push_back({chat::Role::user, 0, out_.from(0)});
    return true;
  }

  FieldReader fields_;
  chat::Request& out_;
  chat::Text input_;
  chat::Text instructions_;
  chat::Text format_;
};

// An answer that there is one of: of several candidates the first one that says something.
class FirstChoice {
 public:
  bool takes(const chat::Event& event) {
    const std::optional<std::uint32_t> choice =
        std::visit([](const auto& one) { return number(one); }, event);
    if (choice && !first_) {
      first_ = choice;
    }
    return !choice || choice == first_;
  }

 private:
  template <typename One>
  static std::optional<std::uint32_t> number(const One& event) {
    if constexpr (requires { event.choice; }) {
      return event.choice;
    } else {
      return std::nullopt;
    }
  }

  std::optional<std::uint32_t> first_;
};

class SpeechWriter final : public chat::ReplyWriter {
 public:
  SpeechWriter(const ReplyOptions& options, Buffer& out) : raw_(options.raw_audio), out_(out) {}

  void begin() override {}
  void keep_alive() override {}
  void fail(const Error& error) override { write_error(error, out_); }
  void take(const chat::Event& event) override {
    if (!choice_.takes(event)) {
      return;
    }
    absent_.take(event);
    if (const auto* media = std::get_if<chat::Media>(&event)) {
      take_media(*media);
    }
  }
  std::optional<Error> absence() const override {
    if (error_) {
      return error_;
    }
    return pcm_.size() == 0 ? absent_.error("speech") : absent_.incomplete("speech");
  }
  void end() override {
    if (!raw_) {
      out_.append(wav_header(rate_, static_cast<std::uint32_t>(pcm_.size())));
    }
    out_.append(pcm_.view());
  }

 private:
  // Sound that is encoded in another way would be noise as WAV.
  void take_media(const chat::Media& media) {
    constexpr std::array kPcm =
        std::to_array<std::string_view>({"audio/l16", "audio/pcm", "audio/raw", "audio/wav"});
    const std::string type = media_type(media);
    if (std::find(kPcm.begin(), kPcm.end(), type) == kPcm.end()) {
      absent_.take_other(type);
      return;
    }
    const std::optional<Error> error = decode_sound(media, pcm_);
    error_ = error ? error : error_;
    rate_ = rate_of(media.mime_type.decode());
  }

  bool raw_;
  Buffer& out_;
  Buffer pcm_;
  FirstChoice choice_;
  AbsentOutput absent_;
  std::uint32_t rate_ = 24000;
  std::optional<Error> error_;  // in the sound
};

class TranscriptionWriter final : public chat::ReplyWriter {
 public:
  TranscriptionWriter(bool as_text, Buffer& out) : as_text_(as_text), out_(out) {}

  void begin() override {}
  void keep_alive() override {}
  void fail(const Error& error) override { write_error(error, out_); }
  void take(const chat::Event& event) override {
    if (!choice_.takes(event)) {
      return;
    }
    absent_.take(event);
    if (const auto* delta = std::get_if<chat::TextDelta>(&event)) {
      text_.append(delta->text.raw);
    } else if (const auto* usage = std::get_if<chat::Usage>(&event)) {
      usage_ = *usage;
    }
  }
  std::optional<Error> absence() const override {
    return text_.size() == 0 ? absent_.error("transcript") : absent_.incomplete("transcript");
  }
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
  Buffer& out_;
  Buffer text_;
  FirstChoice choice_;
  AbsentOutput absent_;
  std::optional<chat::Usage> usage_;
};

// https://platform.openai.com/docs/api-reference/audio/transcript-text-delta-event
class TranscriptionStreamWriter final : public chat::ReplyWriter {
 public:
  explicit TranscriptionStreamWriter(Buffer& out) : out_(out) {}

  void begin() override {}
  void keep_alive() override { write("delta", "delta", ""); }
  void fail(const Error& error) override { write_error_event(error, out_); }
  void take(const chat::Event& event) override {
    if (!choice_.takes(event)) {
      return;
    }
    absent_.take(event);
    if (const auto* delta = std::get_if<chat::TextDelta>(&event)) {
      text_.append(delta->text.raw);
      write("delta", "delta", delta->text.raw);
    }
  }
  std::optional<Error> absence() const override {
    return text_.size() == 0 ? absent_.error("transcript") : absent_.incomplete("transcript");
  }
  void end() override {
    write("done", "text", text_.view());
    sse::write_event("[DONE]", out_);
  }

 private:
  void write(std::string_view type, std::string_view name, std::string_view raw) {
    out_.append(sse::kDataBegin);
    out_.append(concat({"{\"type\":\"transcript.text.", type, "\",\"", name, "\":\""}));
    out_.append(raw);
    out_.append("\"}");
    out_.append(sse::kDataEnd);
  }

  Buffer& out_;
  Buffer text_;
  FirstChoice choice_;
  AbsentOutput absent_;
};

}  // namespace

Status read_speech_request(std::string_view body, chat::Request& out) {
  return SpeechReader(body, out).read();
}

std::unique_ptr<chat::ReplyWriter> make_speech_writer(const ReplyOptions& options, Buffer& out) {
  return std::make_unique<SpeechWriter>(options, out);
}

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
