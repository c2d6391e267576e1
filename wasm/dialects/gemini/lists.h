// Gemini's embeddings and its list of models.
// https://ai.google.dev/api/embeddings and https://ai.google.dev/api/models
#pragma once

#include "base/result.h"
#include "base/spans.h"
#include "chat/changes.h"
#include "chat/embeddings.h"

#include <string>
#include <string_view>
#include <vector>

namespace llmproxy::gemini {

// "At most 100 requests can be in one batch."
inline constexpr std::size_t kMaxBatch = 100;

// The body of one batch, of the inputs from `begin` on.
void write_embeddings_batch(const chat::EmbeddingsRequest& request, std::string_view model,
                            std::size_t begin, SpanList& out, chat::Changes& changes);

Result<chat::EmbeddingsReply> read_embeddings(std::string_view body);

Result<chat::ModelsPage> read_models(std::string_view body);
// One model's own object.
Result<chat::ModelInfo> read_model(std::string_view body);

}  // namespace llmproxy::gemini
