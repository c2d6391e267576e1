// The `messages` of a request.
// https://platform.openai.com/docs/api-reference/chat/create#chat-create-messages
#pragma once

#include "dialects/openai_chat/request_context.h"

#include <string>
#include <vector>

namespace llmproxy::openai_chat {

class MessagesWriter {
 public:
  explicit MessagesWriter(const RequestContext& context) : context_(context) {}

  void write();

 private:
  // What a message is made of, by where it goes.
  struct Pieces {
    std::vector<const chat::Part*> content;
    std::vector<const chat::MediaPart*> images;  // of an answer
    std::vector<const chat::ToolCallPart*> calls;
    const chat::TextPart* refusal = nullptr;  // nullptr: none, or several, which are content
  };
  // Of the last answer with calls: those that had no id got one here.
  struct OpenCall {
    std::string_view name;
    std::string id;
    bool answered = false;
  };

  void write_message(const chat::Message& message, const chat::Text* speaker);
  static void sort(const chat::Part& part, Pieces& pieces);
  void write_extras(const Pieces& pieces);
  void write_call(const chat::ToolCallPart& call);
  void write_old_call(const chat::ToolCallPart& call);
  void write_result(const chat::ToolResultPart& result, const chat::Message& message);
  std::string find_id(const chat::ToolResultPart& result);
  void write_shown();
  // A text by itself, or a list.
  void write_content(const std::vector<const chat::Part*>& content);

  const RequestContext& context_;
  const chat::Request& request_ = context_.request();
  json::Writer& writer_ = context_.writer;
  std::vector<OpenCall> open_;
  std::uint32_t ids_ = 0;
  // Media of the results just written.
  std::vector<const chat::Part*> shown_;
};

}  // namespace llmproxy::openai_chat
