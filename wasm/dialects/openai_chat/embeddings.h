// OpenAI's embeddings. https://platform.openai.com/docs/api-reference/embeddings/create
#pragma once

#include "base/buffer.h"
#include "base/result.h"
#include "chat/embeddings.h"

#include <cstdint>
#include <string_view>
#include <vector>

namespace llmproxy::openai_chat {

// `body` must outlive the request.
Status read_embeddings_request(std::string_view body, chat::EmbeddingsRequest& out);

// Writes the parts of the response in their order.
class EmbeddingsWriter {
 public:
  EmbeddingsWriter(const chat::EmbeddingsRequest& request, Buffer& out)
      : request_(request), out_(out) {}

  // `values`: the numbers as JSON text. OpenAI's vectors have length 1, so others are brought to it
  // when they were cut to `dimensions`.
  void add(const std::vector<std::string_view>& values);
  void end(std::int64_t tokens);

 private:
  const chat::EmbeddingsRequest& request_;
  Buffer& out_;
  std::size_t count_ = 0;
};

// https://platform.openai.com/docs/api-reference/models/object
void write_model(const chat::ModelInfo& model, std::string_view owner, Buffer& out);
void write_models(const std::vector<chat::ModelInfo>& models, std::string_view owner, Buffer& out);

}  // namespace llmproxy::openai_chat
