// What of a candidate's parts becomes which event.
#include "base/buffer.h"
#include "base/limits.h"
#include "base/text.h"
#include "dialects/gemini/custom_input.h"
#include "dialects/gemini/grounding.h"
#include "dialects/gemini/read_reply.h"
#include "json/compact.h"
#include "json/lenient.h"

namespace llmproxy::gemini {

void ReplyReader::emit(std::uint32_t index, Choice& choice, const Part& part,
                       chat::EventSink& sink) {
  const bool text = !part.thought && !part.has_call && !part.text.empty();
  const PartKind kind = part.thought ? PartKind::thought : text ? PartKind::text : PartKind::other;
  if (framing_ == Framing::whole || kind != choice.last_kind || kind == PartKind::other) {
    ++choice.part;
  }
  choice.last_kind = kind;
  const bool only_text = !part.has_call && part.invocation.empty() && part.signature.empty() &&
                         part.transcript.empty() && choice.transcript.empty();
  if (text && only_text) {
    emit_text(index, choice, part.text, sink);
  } else {
    emit_unusual(index, choice, part, sink);
  }
}

void ReplyReader::emit_unusual(std::uint32_t index, Choice& choice, const Part& part,
                               chat::EventSink& sink) {
  if (part.has_call) {
    emit_call(index, choice, part, sink);
    return;
  }
  if (!part.invocation.empty()) {
    keep_invocation(choice, part);
    return;
  }
  if (part.thought) {
    if (!part.text.empty()) {
      sink.take(chat::ThoughtDelta{index, part.text});
    }
  } else if (!part.text.empty()) {
    emit_text(index, choice, part.text, sink);
  } else if (!part.data.empty()) {
    const bool sound = part.mime_type.raw.starts_with("audio");
    choice.visible = true;
    choice.sounds = choice.sounds || sound;
    sink.take(chat::Media{index, part.mime_type, part.data, sound ? chat::Text() : part.signature});
    if (!sound) {
      choice.image_signature = part.signature.raw;
      return;
    }
  } else if (part.transcript.empty()) {
    emit_code(index, choice, part, sink);
  }
  if (!part.transcript.empty()) {
    choice.transcript.append(part.transcript.raw);
  }
  // Of the answer's own sound; without any, it is that of the question.
  if (choice.sounds && !choice.transcript.empty()) {
    sink.take(chat::Transcript{index, {choice.transcript, true}});
    choice.transcript.clear();
  }
  // Of a part that is no call: it belongs to the answer as a whole.
  if (!part.signature.empty()) {
    choice.is_signed = true;
    emit_signature(index, part.signature.raw, sink);
  }
}

void ReplyReader::emit_signature(std::uint32_t index, std::string_view signature,
                                 chat::EventSink& sink) {
  const std::string value = concat({"\"", signature, "\""});
  sink.take(chat::VendorNote{index, "google", "thought_signature", value});
}

void ReplyReader::emit_text(std::uint32_t index, Choice& choice, const chat::Text& text,
                            chat::EventSink& sink) {
  sink.take(chat::TextDelta{index, text});
  if (keeps_text_) {
    choice.text.add(choice.part, text);
  }
  choice.visible = true;
  choice.spoke = true;
}

// The model ran code on Google's side. OpenAI has no field for it, so it is told as Markdown would.
void ReplyReader::emit_code(std::uint32_t index, Choice& choice, const Part& part,
                            chat::EventSink& sink) {
  const auto text = [&](std::string_view raw) {
    if (!raw.empty()) {
      emit_text(index, choice, {raw, true}, sink);
    }
  };
  if (!part.code.empty()) {
    text("\\n\\n```");
    text(part.language.equals("PYTHON") ? "python" : "");
    text("\\n");
    text(part.code.raw);
    text("\\n```\\n\\n");
  } else if (!part.output.empty()) {
    text("```\\n");
    text(part.output.raw);
    text("\\n```\\n\\n");
  } else if (!part.outcome.empty() && !part.outcome.equals("OUTCOME_OK")) {
    text("```\\n");
    text(part.outcome.raw);
    text("\\n```\\n\\n");
  }
}

// The next turn has to bring these parts back, each in its place and with its signature, or the
// model does not know what it found out. https://ai.google.dev/gemini-api/docs/tool-combination
// The place is told by what stands before it, because the client gets text and calls in fields of
// their own.
void ReplyReader::keep_invocation(Choice& choice, const Part& part) {
  const bool signs = !part.signature.empty();
  choice.invocations.append(concat(
      {choice.invocations.empty() ? "" : ",", "{\"part\":{\"", part.invocation,
       "\":", part.invocation_value, signs ? ",\"thoughtSignature\":\"" : "", part.signature.raw,
       signs ? "\"" : "", "},\"after_text\":", choice.spoke ? "true" : "false",
       ",\"after_calls\":", std::to_string(choice.calls), "}"}));
}

void ReplyReader::emit_call(std::uint32_t index, Choice& choice, const Part& part,
                            chat::EventSink& sink) {
  const CallFragment& call = part.call;
  if (!call.name.empty() && !call.will_continue && call.partial.empty()) {
    finish_call(index, choice, sink);
    // In a whole reply they are indented as the reply is; in a stream they are not.
    Buffer arguments;
    json::compact(call.arguments.empty() ? "{}" : call.arguments, arguments);
    emit_call({index, call.id, call.name, arguments.view(), part.signature}, choice, sink);
    return;
  }
  if (!call.name.empty()) {
    finish_call(index, choice, sink);
    choice.partial.begin(call, part.signature);
  } else if (choice.partial.open()) {
    choice.partial.add(call);
  }
  if (!call.will_continue && (call.name.empty() ? call.partial.empty() : true)) {
    finish_call(index, choice, sink);
  }
}

void ReplyReader::finish_call(std::uint32_t index, Choice& choice, chat::EventSink& sink) {
  if (!choice.partial.open()) {
    return;
  }
  if (const std::optional<chat::ToolCall> call = choice.partial.finish(index)) {
    emit_call(*call, choice, sink);
  } else {
    broken_ =
        "Gemini sent the arguments of a function call in pieces that do not fit together, or "
        "more of them than can be held.";
  }
}

void ReplyReader::emit_call(const chat::ToolCall& call, Choice& choice, chat::EventSink& sink) {
  choice.visible = true;
  if (context_.answer_by_function && call.name.equals(kAnswerFunction)) {
    Buffer answer;
    json::escape(call.arguments, answer);
    sink.take(chat::TextDelta{call.choice, {answer.view(), true}, true});
    choice.spoke = true;
    return;
  }
  if (choice.calls > 0 && context_.only_first_call) {
    return;
  }
  ++choice.calls;
  if (++calls_ > kMaxCallsOfReply) {
    broken_ = "Gemini sent more calls than an answer may have.";
    return;
  }
  chat::ToolCall out = call;
  out.name.raw = context_.names.to_client(call.name.raw);
  Buffer input;
  if (context_.names.is_custom(call.name.raw)) {
    out.input = read_custom_input(call.arguments, input);
    if (input.failed()) {
      broken_ = "Gemini sent more arguments than can be held.";
      return;
    }
  }
  sink.take(out);
}

void ReplyReader::emit_invocations(std::uint32_t index, const Choice& choice,
                                   chat::EventSink& sink) {
  const std::string list = concat({"[", choice.invocations, "]"});
  sink.take(chat::VendorNote{index, "google", "tool_invocations", list});
}

void ReplyReader::emit_refusal(std::uint32_t index, const Choice& choice, std::string_view what,
                               chat::EventSink& sink) {
  const std::string reason = concat({what, choice.finish_message});
  sink.take(chat::Refusal{index, reason});
  sink.take(chat::Finish{index, chat::FinishReason::content_filter});
}

void ReplyReader::emit_sources(std::uint32_t index, Choice& choice, chat::EventSink& sink) {
  const auto note = [&](std::string_view name, std::string_view value) {
    if (!value.empty()) {
      sink.take(chat::VendorNote{index, "google", name, value});
    }
  };
  Buffer of_grounding;
  Buffer of_citations;
  Buffer of_urls;
  const std::string_view grounding = choice.grounding.json(of_grounding);
  const std::string_view citations = choice.citations.json(of_citations);
  const std::string_view urls = choice.urls.json(of_urls);
  const bool held = !of_grounding.failed() && !of_citations.failed() && !of_urls.failed();
  if (!held || !read_grounding(grounding, index, choice.text, sink) ||
      !read_citations(citations, index, choice.text, sink)) {
    broken_ = kTooManySources;
    return;
  }
  note("grounding_metadata", grounding);
  note("url_context_metadata", urls);
}

}  // namespace llmproxy::gemini
