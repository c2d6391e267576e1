#include "dialects/gemini/lists.h"

#include "base/limits.h"
#include "base/text.h"
#include "dialects/gemini/read_error.h"
#include "json/cursor.h"
#include "json/lenient.h"
#include "json/writer.h"

#include <algorithm>
#include <utility>

namespace llmproxy::gemini {
namespace {

using json::Kind;

Error too_many(std::string_view what) {
  return {ErrorCode::upstream_malformed, {"Gemini sent more ", what, " than can be held."}, ""};
}

// {"values": […]}, of which `left` may still be kept.
std::vector<std::string_view> read_vector(json::Cursor& cursor, std::size_t& left) {
  std::vector<std::string_view> out;
  each_member(cursor, [&](const json::String& key) {
    if (key.equals("values")) {
      json::read_numbers(cursor, left, out);
    } else {
      cursor.skip_value();
    }
  });
  return out;
}

std::int64_t read_prompt_tokens(json::Cursor& cursor) {
  std::int64_t tokens = 0;
  each_member(cursor, [&](const json::String& key) {
    if (key.equals("promptTokenCount")) {
      tokens = read_integer(cursor, 0);
    } else {
      cursor.skip_value();
    }
  });
  return tokens;
}

struct ModelEntry {
  chat::ModelInfo info;
  bool useful = true;  // it answers or embeds; what says nothing of it may
};

void read_entry_member(json::Cursor& cursor, const json::String& key, ModelEntry& entry) {
  if (key.equals("name")) {
    json::String name;
    read_text(cursor, name);
    constexpr std::string_view kPrefix = "models/";
    const std::string_view id = name.raw.substr(name.raw.starts_with(kPrefix) ? kPrefix.size() : 0);
    entry.info.id = id.size() <= kMaxName ? id : "";  // nobody could ask for it
  } else if (key.equals("supportedGenerationMethods") && cursor.kind() == Kind::array) {
    entry.useful = false;
    each_element(cursor, [&] {
      json::String method;
      read_text(cursor, method);
      entry.useful = entry.useful || method.equals("generateContent") ||
                     method.equals("embedContent") || method.equals("batchEmbedContents");
    });
  } else {
    cursor.skip_value();
  }
}

// One more than kMaxModels at most.
void add_useful(json::Cursor& cursor, std::vector<chat::ModelInfo>& models) {
  if (models.size() > kMaxModels) {
    cursor.skip_value();
    return;
  }
  ModelEntry entry;
  each_member(cursor, [&](const json::String& key) { read_entry_member(cursor, key, entry); });
  if (entry.useful && !entry.info.id.empty()) {
    models.push_back(std::move(entry.info));
  }
}

// Reads a reply that says it is a success: `take(cursor, key)` reads or skips the value of each
// member. It may still be an error, or no object.
template <typename Take>
Status read_reply(std::string_view body, Take take) {
  json::Cursor cursor(body);
  // A list has one member: the response or, as the endpoint for OpenAI clients sends it, the error.
  const bool in_list = cursor.try_enter_array();
  if ((in_list && !cursor.next_element()) || cursor.kind() != Kind::object) {
    return cursor.failed() ? malformed_reply(cursor)
                           : Error{ErrorCode::upstream_malformed,
                                   "Gemini sent a value that is no response.", ""};
  }
  std::string_view error;
  each_member(cursor, [&](const json::String& key) {
    if (key.equals("error")) {
      cursor.skip_value(error);
    } else {
      take(cursor, key);
    }
  });
  while (in_list && cursor.next_element()) {
    cursor.skip_value();
  }
  if (cursor.failed()) {
    return malformed_reply(cursor);
  }
  return error.empty() ? Status() : read_error_member(error);
}

}  // namespace

void write_embeddings_batch(const chat::EmbeddingsRequest& request, std::string_view model,
                            std::size_t begin, SpanList& out, chat::Changes& changes) {
  // Later models want the task in the text itself.
  const bool takes_task = contains(model, "embedding-001") || contains(model, "text-embedding");
  if (!request.task_type.empty() && !takes_task) {
    changes.add("task_type", chat::Reason::dropped);
  }
  json::Writer writer(out);
  const std::string name = concat({"models/", model});
  const std::size_t end = std::min(request.inputs.size(), begin + kMaxBatch);
  writer.begin_object();
  writer.key("requests");
  writer.begin_array();
  for (std::size_t i = begin; i < end; ++i) {
    writer.begin_object();
    writer.key("model");
    writer.text(name);
    writer.key("content");
    writer.begin_object();
    writer.key("parts");
    writer.begin_array();
    writer.begin_object();
    writer.key("text");
    writer.string(request.inputs[i]);
    writer.end_object();
    writer.end_array();
    writer.end_object();
    if (request.dimensions) {
      writer.key("outputDimensionality");
      writer.integer(*request.dimensions);
    }
    if (!request.task_type.empty() && takes_task) {
      writer.key("taskType");
      writer.raw(request.task_type);
    }
    writer.end_object();
  }
  writer.end_array();
  writer.end_object();
}

Result<chat::EmbeddingsReply> read_embeddings(std::string_view body) {
  chat::EmbeddingsReply reply;
  std::size_t left = kMaxEmbeddingValues;
  const auto add = [&](json::Cursor& cursor) {
    if (reply.vectors.size() <= kMaxInputs) {
      reply.vectors.push_back(read_vector(cursor, left));
    } else {
      cursor.skip_value();
    }
  };
  Status status = read_reply(body, [&](json::Cursor& cursor, const json::String& key) {
    if (key.equals("embeddings")) {
      each_element(cursor, [&] { add(cursor); });
    } else if (key.equals("embedding")) {
      add(cursor);
    } else if (key.equals("usageMetadata")) {
      reply.tokens = read_prompt_tokens(cursor);
    } else {
      cursor.skip_value();
    }
  });
  if (!status) {
    return std::move(status.error());
  }
  if (left == 0 || reply.vectors.size() > kMaxInputs) {
    return too_many("embeddings");
  }
  return reply;
}

Result<chat::ModelsPage> read_models(std::string_view body) {
  chat::ModelsPage reply;
  bool long_token = false;
  Status status = read_reply(body, [&](json::Cursor& cursor, const json::String& key) {
    if (key.equals("models")) {
      each_element(cursor, [&] { add_useful(cursor, reply.models); });
    } else if (key.equals("nextPageToken")) {
      json::String token;
      read_text(cursor, token);
      long_token = token.raw.size() > kMaxLink;  // it becomes part of one
      reply.next = long_token ? "" : token.decode();
    } else {
      cursor.skip_value();
    }
  });
  if (!status) {
    return std::move(status.error());
  }
  if (long_token || reply.models.size() > kMaxModels) {
    return too_many("models");
  }
  return reply;
}

Result<chat::ModelInfo> read_model(std::string_view body) {
  ModelEntry entry;
  Status status = read_reply(body, [&](json::Cursor& cursor, const json::String& key) {
    read_entry_member(cursor, key, entry);
  });
  if (!status) {
    return std::move(status.error());
  }
  if (entry.info.id.empty()) {
    return Error{ErrorCode::upstream_malformed, "Gemini sent something that is no model.", ""};
  }
  return std::move(entry.info);
}

}  // namespace llmproxy::gemini
