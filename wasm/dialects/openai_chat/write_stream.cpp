// A stream of chunks, in OpenAI's order: per choice one chunk with the role, deltas, one chunk with
// the finish reason; then usage if it was asked for, then [DONE].
#include "base/limits.h"
#include "base/text.h"
#include "chat/by_choice.h"
#include "dialects/openai_chat/error_body.h"
#include "dialects/openai_chat/reply_parts.h"
#include "dialects/openai_chat/write_reply.h"
#include "json/writer.h"
#include "sse/writer.h"

#include <optional>

namespace llmproxy::openai_chat {
namespace {

class StreamWriter final : public chat::ReplyWriter {
 public:
  StreamWriter(const ReplyOptions& options, Buffer& out);

  void begin() override { start(0); }
  void take(const chat::Event& event) override { std::visit(*this, event); }
  void end() override;
  void fail(const Error& error) override { write_error_event(error, out_); }
  void keep_alive() override;

  void operator()(const chat::ReplyInfo&) {}
  void operator()(const chat::TextDelta& delta) {
    write_text(delta.choice, "{\"content\":\"", delta.text.raw, "\"}");
  }
  void operator()(const chat::ThoughtDelta& delta) {
    write_text(delta.choice, "{\"reasoning_content\":\"", delta.text.raw, "\"}");
  }
  void operator()(const chat::ToolCall& call);
  void operator()(const chat::Media& media);
  void operator()(const chat::Transcript& transcript);
  void operator()(const chat::Citation& citation);
  void operator()(const chat::Logprobs& logprobs);
  // Told at the end and at once: clients merge deltas of fields they do not know in different ways,
  // and one takes the last for the whole.
  void operator()(const chat::VendorNote& note) { start(note.choice).notes.take(note); }
  void operator()(const chat::Refusal& refusal) {
    write_text(refusal.choice, "{\"refusal\":\"", json::escape(refusal.reason), "\"}");
  }
  void operator()(const chat::Finish& finish);
  void operator()(const chat::Usage& usage) { chat::add_usage(usage_, usage); }

 private:
  struct Choice {
    // OpenAI counts the calls of a choice over the whole stream, and clients merge deltas by this.
    std::uint32_t next_call = 0;
    VendorNotes notes;
  };

  Choice& start(std::uint32_t choice);
  void open(std::uint32_t choice);
  void close();
  void write_old_call(const chat::ToolCall& call);
  void write_audio(std::string_view name, std::string_view raw);
  void write_text(std::uint32_t choice, std::string_view before, std::string_view raw,
                  std::string_view after);

  Random random_;
  CallIds ids_;
  Buffer& out_;
  bool include_usage_;
  bool functions_form_;
  std::string audio_id_;
  std::string head_;  // of every chunk, up to the list of choices
  std::string tail_;  // of every chunk of a choice, behind its delta
  std::string
      usage_key_;  // with include_usage every chunk has the key, and all but the last have null
  chat::ByChoice<Choice> choices_;
  std::optional<chat::Usage> usage_;
};

StreamWriter::StreamWriter(const ReplyOptions& options, Buffer& out)
    : random_(options.seed),
      ids_(random_, options.signatures_in_ids),
      out_(out),
      include_usage_(options.include_usage),
      functions_form_(options.functions_form),
      head_(concat(
          {sse::kDataBegin, "{\"id\":\"", random_.identifier("chatcmpl-"),
           "\",\"object\":\"chat.completion.chunk\",\"created\":", std::to_string(options.created),
           ",\"model\":\"", json::escape(options.model), "\",\"choices\":["})),
      usage_key_(include_usage_ ? ",\"usage\":null}" : "}") {
  usage_key_.append(sse::kDataEnd);
  tail_ = concat({",\"logprobs\":null,\"finish_reason\":null}]", usage_key_});
}

StreamWriter::Choice& StreamWriter::start(std::uint32_t choice) {
  const auto [entry, is_new] = choices_.add(choice);
  if (is_new) {
    open(choice);
    out_.append("{\"role\":\"assistant\",\"content\":\"\",\"refusal\":null}");
    close();
  }
  return entry;
}

void StreamWriter::open(std::uint32_t choice) {
  out_.append(head_);
  if (choice == 0) {
    out_.append("{\"index\":0,\"delta\":");
  } else {
    out_.append(concat({"{\"index\":", std::to_string(choice), ",\"delta\":"}));
  }
}

void StreamWriter::close() {
  out_.append(tail_);
}

void StreamWriter::write_text(std::uint32_t choice, std::string_view before, std::string_view raw,
                              std::string_view after) {
  start(choice);
  while (!raw.empty()) {
    const std::size_t size = json::prefix_length(raw, kMaxDelta);
    open(choice);
    out_.append(before);
    out_.append(raw.substr(0, size));
    out_.append(after);
    close();
    raw.remove_prefix(size);
  }
}

void StreamWriter::keep_alive() {
  start(0);
  open(0);
  out_.append("{}");
  close();
}

void StreamWriter::write_old_call(const chat::ToolCall& call) {
  open(call.choice);
  out_.append("{\"function_call\":{\"name\":\"");
  out_.append(call.name.raw);
  out_.append("\",\"arguments\":\"\"}}");
  close();
  write_text(call.choice, "{\"function_call\":{\"arguments\":\"", arguments_of(call), "\"}}");
}

void StreamWriter::operator()(const chat::ToolCall& call) {
  const std::uint32_t index = start(call.choice).next_call++;
  if (functions_form_) {
    write_old_call(call);
    return;
  }
  const std::string before = concat({"{\"tool_calls\":[{\"index\":", std::to_string(index), ","});
  const std::string arguments = arguments_of(call);
  std::string_view raw = arguments;
  const std::size_t size = json::prefix_length(raw, kMaxDelta);
  open(call.choice);
  out_.append(before);
  write_tool_call_begin(call, ids_.next(call), out_);
  out_.append(raw.substr(0, size));
  write_tool_call_end(call, out_);
  out_.append("}]}");
  close();
  write_text(call.choice,
             before + (call.input ? "\"custom\":{\"input\":\"" : "\"function\":{\"arguments\":\""),
             raw.substr(size), "\"}}]}");
}

void StreamWriter::write_audio(std::string_view name, std::string_view raw) {
  if (audio_id_.empty()) {
    audio_id_ = random_.identifier("audio_");
  }
  out_.append(concat({"{\"audio\":{\"id\":\"", audio_id_, "\",\"", name, "\":\""}));
  out_.append(raw);
  out_.append("\"}}");
}

void StreamWriter::operator()(const chat::Transcript& transcript) {
  start(transcript.choice);
  open(transcript.choice);
  write_audio("transcript", transcript.text.raw);
  close();
}

void StreamWriter::operator()(const chat::Media& media) {
  start(media.choice);
  open(media.choice);
  if (is_audio(media)) {
    write_audio("data", media.base64.raw);
  } else {
    out_.append("{\"images\":[");
    write_image(media, out_);
    out_.append("]}");
  }
  close();
}

// Beside an empty delta, as the texts went out before.
void StreamWriter::operator()(const chat::Logprobs& logprobs) {
  start(logprobs.choice);
  open(logprobs.choice);
  out_.append("{},\"logprobs\":{\"content\":[");
  write_logprobs_content(logprobs, out_);
  out_.append("],\"refusal\":null},\"finish_reason\":null}]");
  out_.append(usage_key_);
}

void StreamWriter::operator()(const chat::Citation& citation) {
  start(citation.choice);
  open(citation.choice);
  out_.append("{\"annotations\":[");
  write_citation(citation, out_);
  out_.append("]}");
  close();
}

void StreamWriter::operator()(const chat::Finish& finish) {
  const Choice& choice = start(finish.choice);
  if (!choice.notes.empty()) {
    open(finish.choice);
    out_.append("{");
    choice.notes.write(out_);
    out_.append("}");
    close();
  }
  open(finish.choice);
  out_.append("{},\"logprobs\":null,\"finish_reason\":\"");
  out_.append(finish_name(finish.reason, functions_form_));
  out_.append("\"}]");
  out_.append(usage_key_);
}

void StreamWriter::end() {
  if (include_usage_) {
    out_.append(head_);
    out_.append("],\"usage\":");
    write_usage(usage_.value_or(chat::Usage{}), out_);
    out_.append("}");
    out_.append(sse::kDataEnd);
  }
  sse::write_event("[DONE]", out_);
}

}  // namespace

std::unique_ptr<chat::ReplyWriter> make_stream_writer(const ReplyOptions& options, Buffer& out) {
  return std::make_unique<StreamWriter>(options, out);
}

}  // namespace llmproxy::openai_chat
