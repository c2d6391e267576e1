// The other side of the endpoints for documents: embeddings and lists of models, as a supplier of
// this dialect takes and sends them.
// https://platform.openai.com/docs/api-reference/embeddings
// https://platform.openai.com/docs/api-reference/models
#pragma once

#include "base/result.h"
#include "base/spans.h"
#include "chat/changes.h"
#include "chat/embeddings.h"

#include <cstddef>
#include <string_view>

namespace llmproxy::openai_chat {

// A call for the inputs from `begin` on, kMaxInputs at most.
void write_embeddings_request(const chat::EmbeddingsRequest& request, std::size_t begin,
                              SpanList& out, chat::Changes& changes);
Result<chat::EmbeddingsReply> read_embeddings(std::string_view body);

Result<chat::ModelsPage> read_models(std::string_view body);
Result<chat::ModelInfo> read_model(std::string_view body);

}  // namespace llmproxy::openai_chat
