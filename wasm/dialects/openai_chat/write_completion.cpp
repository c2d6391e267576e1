// Text completions, whole and streamed: the older endpoint, which knows of nothing but text.
#include "base/limits.h"
#include "base/text.h"
#include "chat/by_choice.h"
#include "dialects/openai_chat/error_body.h"
#include "dialects/openai_chat/reply_parts.h"
#include "dialects/openai_chat/write_reply.h"
#include "sse/writer.h"

#include <optional>

namespace llmproxy::openai_chat {
namespace {

class CompletionWriter : public chat::ReplyWriter {
 public:
  CompletionWriter(const ReplyOptions& options, Buffer& out)
      : out_(out), include_usage_(options.include_usage) {
    Random random(options.seed);
    head_ =
        concat({"{\"id\":\"", random.identifier("cmpl-"),
                "\",\"object\":\"text_completion\",\"created\":", std::to_string(options.created),
                ",\"model\":\"", json::escape(options.model), "\",\"choices\":["});
  }

  void take(const chat::Event& event) override {
    if (const auto* delta = std::get_if<chat::TextDelta>(&event)) {
      take_text(delta->choice, delta->text.raw);
    } else if (const auto* finish = std::get_if<chat::Finish>(&event)) {
      take_finish(*finish);
    } else if (const auto* usage = std::get_if<chat::Usage>(&event)) {
      chat::add_usage(usage_, *usage);
    }
  }

 protected:
  virtual void take_text(std::uint32_t choice, std::string_view raw) = 0;
  virtual void take_finish(const chat::Finish& finish) = 0;

  // `finish`: empty is null.
  void write_choice(std::uint32_t choice, std::string_view raw, std::string_view finish) {
    out_.append("{\"text\":\"");
    out_.append(raw);
    out_.append(concat(
        {"\",\"index\":", std::to_string(choice), ",\"logprobs\":null", ",\"finish_reason\":"}));
    out_.append(finish.empty() ? "null}" : concat({"\"", finish, "\"}"}));
  }
  void write_usage_member() {
    out_.append(",\"usage\":");
    write_usage(*usage_, out_);
  }

  Buffer& out_;
  std::string head_;
  bool include_usage_;
  std::optional<chat::Usage> usage_;
};

class WholeCompletionWriter final : public CompletionWriter {
 public:
  using CompletionWriter::CompletionWriter;

  void keep_alive() override {}
  void fail(const Error& error) override { write_error(error, out_); }
  void end() override {
    out_.append(head_);
    for (auto& [index, choice] : choices_) {
      out_.append(index == choices_.begin()->choice ? "" : ",");
      write_choice(index, choice.text.view(), choice.finish);
    }
    out_.append("]");
    if (usage_) {
      write_usage_member();
    }
    out_.append("}");
  }

 private:
  struct Choice {
    Buffer text;
    std::string_view finish = "stop";
  };
  void take_text(std::uint32_t choice, std::string_view raw) override {
    choices_[choice].text.append(raw);
  }
  void take_finish(const chat::Finish& finish) override {
    choices_[finish.choice].finish = finish_name(finish.reason);
  }

  chat::ByChoice<Choice> choices_;
};

class StreamCompletionWriter final : public CompletionWriter {
 public:
  using CompletionWriter::CompletionWriter;

  void keep_alive() override { take_text(0, ""); }
  void fail(const Error& error) override { write_error_event(error, out_); }
  void end() override {
    if (include_usage_ && usage_) {
      begin_event();
      out_.append("]");
      write_usage_member();
      end_event();
    }
    sse::write_event("[DONE]", out_);
  }

 private:
  void begin_event() {
    out_.append(sse::kDataBegin);
    out_.append(head_);
  }
  void end_event() {
    out_.append("}");
    out_.append(sse::kDataEnd);
  }
  void write_event(std::uint32_t choice, std::string_view raw, std::string_view finish) {
    begin_event();
    write_choice(choice, raw, finish);
    out_.append(include_usage_ ? "],\"usage\":null" : "]");
    end_event();
  }
  void take_text(std::uint32_t choice, std::string_view raw) override {
    do {
      const std::size_t size = json::prefix_length(raw, kMaxDelta);
      write_event(choice, raw.substr(0, size), "");
      raw.remove_prefix(size);
    } while (!raw.empty());
  }
  void take_finish(const chat::Finish& finish) override {
    write_event(finish.choice, "", finish_name(finish.reason));
  }
};

}  // namespace

std::unique_ptr<chat::ReplyWriter> make_whole_completion_writer(const ReplyOptions& options,
                                                                Buffer& out) {
  return std::make_unique<WholeCompletionWriter>(options, out);
}

std::unique_ptr<chat::ReplyWriter> make_stream_completion_writer(const ReplyOptions& options,
                                                                 Buffer& out) {
  return std::make_unique<StreamCompletionWriter>(options, out);
}

}  // namespace llmproxy::openai_chat
