// A whole completion: the events of the stream, gathered.
#include "base/base64.h"
#include "base/text.h"
#include "base/wav.h"
#include "chat/by_choice.h"
#include "dialects/openai_chat/error_body.h"
#include "dialects/openai_chat/reply_parts.h"
#include "dialects/openai_chat/write_reply.h"
#include "json/writer.h"

#include <optional>

namespace llmproxy::openai_chat {
namespace {

// Text is gathered as it stands in the supplier's JSON: the insides of strings, one behind the
// other, are the inside of a string.
struct Choice {
  Buffer content;
  Buffer reasoning;
  Buffer tool_calls;  // objects with commas between them
  Buffer images;
  Buffer audio;  // bytes
  std::uint32_t audio_rate = 0;
  bool audio_is_file = false;  // and no samples of one
  Buffer transcript;
  Buffer logprobs;
  VendorNotes notes;
  Buffer annotations;
  std::string refusal;
  chat::FinishReason finish = chat::FinishReason::stop;
};

class WholeWriter final : public chat::ReplyWriter {
 public:
  WholeWriter(const ReplyOptions& options, Buffer& out)
      : options_(options),
        random_(options.seed),
        ids_(random_, options.signatures_in_ids),
        out_(out) {}

  void keep_alive() override {}
  void take(const chat::Event& event) override { std::visit(*this, event); }
  std::optional<Error> absence() const override { return sound_error_; }
  void end() override;
  void fail(const Error& error) override { write_error(error, out_); }

  void operator()(const chat::ServiceTier& tier) { service_tier_ = tier.name; }
  void operator()(const chat::TextDelta& delta) {
    choices_[delta.choice].content.append(delta.text.raw);
  }
  void operator()(const chat::ThoughtDelta& delta) {
    choices_[delta.choice].reasoning.append(delta.text.raw);
  }
  void operator()(const chat::ToolCall& call);
  void operator()(const chat::Media& media);
  void operator()(const chat::Transcript& transcript) {
    choices_[transcript.choice].transcript.append(transcript.text.raw);
  }
  void operator()(const chat::Logprobs& logprobs) {
    Buffer& list = choices_[logprobs.choice].logprobs;
    list.append(list.size() > 0 ? "," : "");
    write_logprobs_content(logprobs, list);
  }
  void operator()(const chat::VendorNote& note) { choices_[note.choice].notes.take(note); }
  void operator()(const chat::Citation& citation) {
    Buffer& annotations = choices_[citation.choice].annotations;
    annotations.append(annotations.size() > 0 ? "," : "");
    write_citation(citation, annotations);
  }
  void operator()(const chat::Refusal& refusal) {
    choices_[refusal.choice].refusal.append(refusal.reason);
  }
  void operator()(const chat::Finish& finish) { choices_[finish.choice].finish = finish.reason; }
  void operator()(const chat::Usage& usage) { chat::add_usage(usage_, usage); }

 private:
  void write_choice(std::uint32_t index, const Choice& choice);
  void write_message(const Choice& choice);
  void write_audio(const Choice& choice);

  ReplyOptions options_;
  Random random_;
  CallIds ids_;
  Buffer& out_;
  chat::ByChoice<Choice> choices_;
  std::optional<chat::Usage> usage_;
  std::string service_tier_;
  std::optional<Error> sound_error_;
};

void WholeWriter::operator()(const chat::ToolCall& call) {
  Buffer& calls = choices_[call.choice].tool_calls;
  if (options_.functions_form) {
    if (calls.size() == 0) {  // there is room for one, and whoever reads the reply passes one on
      calls.append("{\"name\":\"");
      calls.append(call.name.raw);
      calls.append("\",\"arguments\":\"");
      write_arguments(call, calls);
      calls.append("\"}");
    }
    return;
  }
  calls.append(calls.size() > 0 ? ",{" : "{");
  write_tool_call_begin(call, ids_.next(call), calls);
  write_arguments(call, calls);
  write_tool_call_end(call, calls);
  calls.append('}');
}

void WholeWriter::operator()(const chat::Media& media) {
  Choice& choice = choices_[media.choice];
  if (is_audio(media)) {
    choice.audio_is_file = is_compressed(media);
    const std::optional<Error> error = decode_sound(media, choice.audio);
    sound_error_ = error ? error : sound_error_;
    choice.audio_rate = rate_of(media.mime_type.decode());
    return;
  }
  if (is_image(media)) {
    choice.images.append(choice.images.size() > 0 ? "," : "");
    write_image(media, choice.images);
  } else if (!read_text_data(media, choice.content)) {
    choice.notes.take_file(media);
  }
}

void WholeWriter::end() {
  json::Writer writer(out_);
  writer.begin_object();
  writer.key("id");
  writer.text(random_.identifier("chatcmpl-"));
  writer.key("object");
  writer.text("chat.completion");
  writer.key("created");
  writer.integer(options_.created);
  writer.key("model");
  writer.text(options_.model);
  out_.append(",\"choices\":[");
  for (const auto& [index, choice] : choices_) {
    out_.append(index == choices_.begin()->choice ? "" : ",");
    write_choice(index, choice);
  }
  out_.append("]");
  if (usage_) {
    out_.append(",\"usage\":");
    write_usage(*usage_, out_);
  }
  if (!service_tier_.empty()) {
    out_.append(concat({",\"service_tier\":\"", service_tier_, "\""}));
  }
  out_.append("}");
}

void WholeWriter::write_choice(std::uint32_t index, const Choice& choice) {
  out_.append("{\"index\":");
  out_.append(std::to_string(index));
  out_.append(",\"message\":");
  write_message(choice);
  if (choice.logprobs.size() == 0) {
    out_.append(",\"logprobs\":null");
  } else {
    out_.append(",\"logprobs\":{\"content\":[");
    out_.append(choice.logprobs.view());
    out_.append("],\"refusal\":null}");
  }
  out_.append(",\"finish_reason\":\"");
  out_.append(finish_name(choice.finish, options_.functions_form));
  out_.append("\"}");
}

void WholeWriter::write_message(const Choice& choice) {
  const auto text = [this](std::string_view name, std::string_view raw) {
    out_.append(concat({",\"", name, "\":\""}));
    out_.append(raw);
    out_.append("\"");
  };
  const auto list = [this](std::string_view name, const Buffer& items) {
    if (items.size() > 0) {
      out_.append(concat({",\"", name, "\":["}));
      out_.append(items.view());
      out_.append("]");
    }
  };
  out_.append("{\"role\":\"assistant\"");
  const bool says_otherwise =
      choice.tool_calls.size() > 0 || choice.audio.size() > 0 || !choice.refusal.empty();
  if (choice.content.size() == 0 && says_otherwise) {
    out_.append(",\"content\":null");
  } else {
    text("content", choice.content.view());
  }
  if (choice.refusal.empty()) {
    out_.append(",\"refusal\":null");
  } else {
    text("refusal", json::escape(choice.refusal));
  }
  if (choice.reasoning.size() > 0) {
    text("reasoning_content", choice.reasoning.view());
  }
  if (options_.functions_form && choice.tool_calls.size() > 0) {
    out_.append(",\"function_call\":");
    out_.append(choice.tool_calls.view());
  } else {
    list("tool_calls", choice.tool_calls);
  }
  list("images", choice.images);
  list("annotations", choice.annotations);
  if (choice.audio.size() > 0) {
    write_audio(choice);
  }
  if (!choice.notes.empty()) {
    out_.append(",");
    choice.notes.write(out_);
  }
  out_.append("}");
}

// https://platform.openai.com/docs/api-reference/chat/object#chat-object-choices-message-audio
// It is not kept anywhere, so it has expired when it arrives: it cannot be referred to by its id.
void WholeWriter::write_audio(const Choice& choice) {
  out_.append(concat({",\"audio\":{\"id\":\"", random_.identifier(kSoundId), "\",\"expires_at\":",
                      std::to_string(options_.created), ",\"transcript\":\""}));
  out_.append(choice.transcript.view());
  out_.append("\",\"data\":\"");
  const auto size = static_cast<std::uint32_t>(choice.audio.size());
  Buffer file;
  const bool is_complete = options_.raw_audio || choice.audio_is_file;
  file.append(is_complete ? "" : wav_header(choice.audio_rate, size));
  file.append(choice.audio.view());
  encode_base64(file.view(), out_);
  out_.append("\"}");
}

}  // namespace

std::unique_ptr<chat::ReplyWriter> make_whole_writer(const ReplyOptions& options, Buffer& out) {
  return std::make_unique<WholeWriter>(options, out);
}

}  // namespace llmproxy::openai_chat
