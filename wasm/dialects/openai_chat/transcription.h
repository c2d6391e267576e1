// OpenAI's transcription, as a conversation that begins with sound.
// https://platform.openai.com/docs/api-reference/audio/createTranscription
#pragma once

#include "base/buffer.h"
#include "base/result.h"
#include "chat/reply.h"
#include "chat/request.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace llmproxy::openai_chat {

// The fields of the form that a transcription is asked for with.
struct TranscriptionForm {
  std::string_view file;  // bytes
  std::string file_type;
  std::string file_name;
  std::string model;
  std::string language;
  std::string prompt;
  std::string response_format;
  std::string temperature;
  std::string stream;
  std::vector<std::string> others;  // names of further fields
};

Status read_transcription_request(const TranscriptionForm& form, chat::Request& out);
std::unique_ptr<chat::ReplyWriter> make_transcription_writer(bool as_text, Buffer& out);
std::unique_ptr<chat::ReplyWriter> make_transcription_stream_writer(Buffer& out);

}  // namespace llmproxy::openai_chat
