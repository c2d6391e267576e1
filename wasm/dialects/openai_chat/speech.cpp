#include "dialects/openai_chat/speech.h"

#include "base/text.h"
#include "base/wav.h"
#include "dialects/openai_chat/absent_output.h"
#include "dialects/openai_chat/error_body.h"
#include "dialects/openai_chat/field_reader.h"
#include "dialects/openai_chat/first_choice.h"
#include "dialects/openai_chat/reply_parts.h"

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

class SpeechWriter final : public chat::ReplyWriter {
 public:
  SpeechWriter(const ReplyOptions& options, Buffer& out) : raw_(options.raw_audio), out_(out) {}

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

}  // namespace

Status read_speech_request(std::string_view body, chat::Request& out) {
  return SpeechReader(body, out).read();
}

std::unique_ptr<chat::ReplyWriter> make_speech_writer(const ReplyOptions& options, Buffer& out) {
  return std::make_unique<SpeechWriter>(options, out);
}

}  // namespace llmproxy::openai_chat
