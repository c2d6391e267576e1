// Images of an earlier answer that come back in its message (`images`). OpenAI's chat has no such
// member, so each product has its own form:
//   {"type":"image_url","image_url":{"url":…},"index":0}: ours (write_image()), and
//     https://openrouter.ai/docs/features/multimodal/image-generation
//     https://docs.litellm.ai/docs/completion/image_generation_chat
//   {"b64_json":…} and {"url":…}: https://platform.openai.com/docs/api-reference/images/object
//   {"type":"output_image","image_url":"data:…"}: from the parts of the Responses API
//   {"type":"image","source":{"media_type":…,"data":…}}: https://docs.claude.com/en/api/messages
//   the data URL or the base64 alone: https://github.com/ollama/ollama/blob/main/docs/api.md
#pragma once

#include "chat/request.h"
#include "dialects/openai_chat/field_reader.h"

#include <vector>

namespace llmproxy::openai_chat {

// Reads the array at the cursor. The client did not write these, so what cannot be used is named as
// dropped, and an error is only that there are too many.
bool read_answer_images(FieldReader& fields, chat::Request& request,
                        std::vector<chat::Part>& images, const FieldPath& param);

}  // namespace llmproxy::openai_chat
