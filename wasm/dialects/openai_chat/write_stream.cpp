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

  void take(const chat::Event& event) override { std::visit(*this, event); }
  void end() override;
  void fail(const Error& error) override;
  void keep_alive() override;

  void operator()(const chat::ServiceTier& tier) { write_heads(tier.name); }
  void operator()(const chat::TextDelta& delta) {
    write_text(delta.choice, "{\"content\":\"", delta.text.raw, "\"}");
  }
  void operator()(const chat::ThoughtDelta& delta) {
    start(delta.choice, Opening::other);
    write_text(delta.choice, "{\"reasoning_content\":\"", delta.text.raw, "\"}");
  }
  void operator()(const chat::ToolCall& call);
  void operator()(const chat::Media& media);
  void operator()(const chat::Transcript& transcript);
  void operator()(const chat::Citation& citation);
  void operator()(const chat::Logprobs& logprobs);
  // Told at the end and at once: clients merge deltas of fields they do not know in different ways,
  // and one takes the last for the whole.
  void operator()(const chat::VendorNote& note) { choices_[note.choice].notes.take(note); }
  void operator()(const chat::Refusal& refusal) {
    start(refusal.choice, Opening::refusal);
    write_text(refusal.choice, "{\"refusal\":\"", json::escape(refusal.reason), "\"}");
  }
  void operator()(const chat::Finish& finish);
  void operator()(const chat::Usage& usage) { chat::add_usage(usage_, usage); }

 private:
  // What the first thing is that a choice says: its chunk with the role has no content when that is
  // no text.
  enum class Opening : std::uint8_t { text, refusal, other };
  struct Choice {
    bool started = false;
    // OpenAI counts the calls of a choice over the whole stream, and clients merge deltas by this.
    std::uint32_t next_call = 0;
    VendorNotes notes;
    Buffer images;       // objects with commas between them
    Buffer annotations;  // likewise
    std::string audio_id;
  };

  Choice& start(std::uint32_t choice, Opening opening = Opening::text);
  void write_heads(std::string_view service_tier);
  void write_lists(std::uint32_t index, Choice& choice);
  void write_list(std::uint32_t choice, std::string_view name, Buffer& items);
  void open(std::uint32_t choice);
  void close();
  void write_old_call(const chat::ToolCall& call);
  void write_audio(std::uint32_t choice, std::string_view name, std::string_view raw);
  void write_text(std::uint32_t choice, std::string_view before, std::string_view raw,
                  std::string_view after);

  ReplyOptions options_;
  Random random_;
  CallIds ids_;
  Buffer& out_;
  std::string id_;
  std::string head_;  // of every chunk, up to the list of choices
  std::string tail_;  // of every chunk of a choice, behind its delta
  std::string
      usage_key_;  // with include_usage every chunk has the key, and all but the last have null
  chat::ByChoice<Choice> choices_;
  std::optional<chat::Usage> usage_;
};

StreamWriter::StreamWriter(const ReplyOptions& options, Buffer& out)
    : options_(options),
      random_(options.seed),
      ids_(random_, options.signatures_in_ids),
      out_(out),
      id_(random_.identifier("chatcmpl-")),
      usage_key_(options_.include_usage ? ",\"usage\":null}" : "}") {
  usage_key_.append(sse::kDataEnd);
  tail_ = concat({",\"logprobs\":null,\"finish_reason\":null}]", usage_key_});
  write_heads("");
}

void StreamWriter::write_heads(std::string_view service_tier) {
  const std::string tier =
      service_tier.empty() ? "" : concat({",\"service_tier\":\"", service_tier, "\""});
  head_ = concat(
      {sse::kDataBegin, "{\"id\":\"", id_,
       "\",\"object\":\"chat.completion.chunk\",\"created\":", std::to_string(options_.created),
       ",\"model\":\"", json::escape(options_.model), "\"", tier, ",\"choices\":["});
}

// As OpenAI does it: text follows on "", calls on null, and a refusal on null and "".
StreamWriter::Choice& StreamWriter::start(std::uint32_t index, Opening opening) {
  Choice& choice = choices_[index];
  if (!choice.started) {
    choice.started = true;
    open(index);
    out_.append(opening == Opening::text ? R"({"role":"assistant","content":"","refusal":null})"
                : opening == Opening::refusal
                    ? R"({"role":"assistant","content":null,"refusal":""})"
                    : R"({"role":"assistant","content":null,"refusal":null})");
    close();
  }
  return choice;
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

// Says nothing of the role yet: what the answer begins with is not known.
void StreamWriter::keep_alive() {
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
  Buffer arguments;
  write_arguments(call, arguments);
  write_text(call.choice, "{\"function_call\":{\"arguments\":\"", arguments.view(), "\"}}");
}

void StreamWriter::operator()(const chat::ToolCall& call) {
  const std::uint32_t index = start(call.choice, Opening::other).next_call++;
  if (options_.functions_form) {
    if (index == 0) {  // there is room for one, and whoever reads the reply passes one on
      write_old_call(call);
    }
    return;
  }
  const std::string before = concat({"{\"tool_calls\":[{\"index\":", std::to_string(index), ","});
  Buffer arguments;
  write_arguments(call, arguments);
  const std::string_view raw = arguments.view();
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

// The id comes once: clients put strings of several deltas together.
void StreamWriter::write_audio(std::uint32_t index, std::string_view name, std::string_view raw) {
  Choice& choice = start(index, Opening::other);
  open(index);
  out_.append("{\"audio\":{");
  if (choice.audio_id.empty()) {
    choice.audio_id = random_.identifier(kSoundId);
    out_.append(concat({"\"id\":\"", choice.audio_id, "\","}));
  }
  out_.append(concat({"\"", name, "\":\""}));
  out_.append(raw);
  out_.append("\"}}");
  close();
}

void StreamWriter::operator()(const chat::Transcript& transcript) {
  write_audio(transcript.choice, "transcript", transcript.text.raw);
}

// Images and annotations are told once, all of them: OpenAI's Python client takes a list in
// a second delta for an error when its entries have no index, and the one for Node takes the last
// list for the whole.
// https://github.com/openai/openai-python/blob/main/src/openai/lib/streaming/_deltas.py
void StreamWriter::operator()(const chat::Media& media) {
  if (is_audio(media)) {
    write_audio(media.choice, "data", media.base64.raw);
    return;
  }
  if (is_image(media)) {
    Buffer& images = start(media.choice).images;
    images.append(images.size() > 0 ? "," : "");
    write_image(media, images);
    return;
  }
  Buffer text;
  if (read_text_data(media, text)) {
    operator()(chat::TextDelta{media.choice, {text.view(), true}});
    return;
  }
  start(media.choice).notes.take_file(media);
}

void StreamWriter::write_list(std::uint32_t choice, std::string_view name, Buffer& items) {
  if (items.size() == 0) {
    return;
  }
  start(choice);
  if (items.size() >= kMaxCopiedBody) {  // as in write_image()
    static_cast<void>(out_.reserve_exactly(items.size() + kMinReferencedSlice));
  }
  open(choice);
  out_.append(concat({"{\"", name, "\":["}));
  out_.append(items.view());
  out_.append("]}");
  close();
  items.release();
}

void StreamWriter::write_lists(std::uint32_t index, Choice& choice) {
  write_list(index, "images", choice.images);
  write_list(index, "annotations", choice.annotations);
}

// What was gathered until then is part of the answer.
void StreamWriter::fail(const Error& error) {
  for (auto& [index, choice] : choices_) {
    write_lists(index, choice);
  }
  write_error_event(error, out_);
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
  Buffer& annotations = choices_[citation.choice].annotations;
  annotations.append(annotations.size() > 0 ? "," : "");
  write_citation(citation, annotations);
}

void StreamWriter::operator()(const chat::Finish& finish) {
  Choice& choice = start(finish.choice);
  write_lists(finish.choice, choice);
  // https://platform.openai.com/docs/guides/audio: the last delta of sound has the time when its id
  // expires. It is not kept anywhere, so it has expired when it arrives.
  if (!choice.audio_id.empty()) {
    open(finish.choice);
    out_.append(concat({"{\"audio\":{\"expires_at\":", std::to_string(options_.created), "}}"}));
    close();
  }
  if (!choice.notes.empty()) {
    open(finish.choice);
    out_.append("{");
    choice.notes.write(out_);
    out_.append("}");
    close();
  }
  open(finish.choice);
  out_.append("{},\"logprobs\":null,\"finish_reason\":\"");
  out_.append(finish_name(finish.reason, options_.functions_form));
  out_.append("\"}]");
  out_.append(usage_key_);
}

void StreamWriter::end() {
  // What the supplier did not count is not told, as in a whole answer.
  if (options_.include_usage && usage_) {
    out_.append(head_);
    out_.append("],\"usage\":");
    write_usage(*usage_, out_);
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
