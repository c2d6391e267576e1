#include "dialects/openai_chat/lists.h"

#include "base/limits.h"
#include "dialects/openai_chat/read_error.h"
#include "json/lenient.h"
#include "json/writer.h"

#include <algorithm>
#include <utility>

namespace llmproxy::openai_chat {
namespace {

using json::Kind;

// Reads a reply that says it is a success: `take(cursor, key)` reads or skips the value of each
// member. It may still be an error, or no object.
template <typename Take>
Status read_document(std::string_view body, Take take) {
  json::Cursor cursor(body);
  if (cursor.kind() != Kind::object) {
    cursor.skip_value();
    return cursor.failed() ? malformed_reply(cursor) : malformed_reply("a value that is no list");
  }
  bool is_error = false;
  each_member(cursor, [&](const json::String& key) {
    if (key.equals("error") && cursor.kind() != Kind::null) {
      is_error = true;
      cursor.skip_value();
    } else {
      take(cursor, key);
    }
  });
  if (cursor.failed()) {
    return malformed_reply(cursor);
  }
  return is_error ? read_error(0, body) : Status();
}

struct Vector {
  std::size_t index = 0;
  std::vector<std::string_view> values;
};

// Of all values `left` may still be kept.
Vector read_vector(json::Cursor& cursor, std::size_t otherwise, std::size_t& left) {
  Vector out{otherwise, {}};
  each_member(cursor, [&](const json::String& key) {
    if (key.equals("index")) {
      out.index =
          static_cast<std::size_t>(read_integer(cursor, static_cast<std::int64_t>(otherwise)));
    } else if (key.equals("embedding")) {
      json::read_numbers(cursor, left, out.values);
    } else {
      cursor.skip_value();
    }
  });
  return out;
}

bool read_model_member(json::Cursor& cursor, const json::String& key, chat::ModelInfo& out) {
  json::String text;
  if (key.equals("id")) {
    read_text(cursor, text);
    out.id = text.raw.size() <= kMaxName ? text.raw : "";  // nobody could ask for it
  } else if (key.equals("owned_by")) {
    read_text(cursor, text);
    out.owner = text.raw.size() <= kMaxName ? text.raw : "";
  } else if (key.equals("created")) {
    out.created = read_integer(cursor, 0);
  } else {
    return cursor.skip_value();
  }
  return true;
}

}  // namespace

void write_embeddings_request(const chat::EmbeddingsRequest& request, std::size_t begin,
                              SpanList& out, chat::Changes& changes) {
  json::Writer writer(out);
  writer.begin_object();
  writer.key("model");
  writer.text(request.model);
  writer.key("input");
  writer.begin_array();
  const std::size_t end = std::min(request.inputs.size(), begin + kMaxInputs);
  for (std::size_t i = begin; i < end; ++i) {
    writer.string(request.inputs[i]);
  }
  writer.end_array();
  if (request.dimensions) {
    writer.key("dimensions");
    writer.integer(*request.dimensions);
  }
  writer.key("encoding_format");  // as numbers: in what form the client wants them is its own
  writer.word("float");
  writer.end_object();
  if (!request.task_type.empty()) {
    changes.add("task_type", chat::Reason::dropped);
  }
}

// One level of members in another.
// NOLINTNEXTLINE(readability-function-size,readability-function-cognitive-complexity)
Result<chat::EmbeddingsReply> read_embeddings(std::string_view body) {
  std::vector<Vector> vectors;
  std::size_t left = kMaxEmbeddingValues;
  chat::EmbeddingsReply reply;
  Status status = read_document(body, [&](json::Cursor& cursor, const json::String& key) {
    if (key.equals("data")) {
      each_element(cursor, [&] {
        if (vectors.size() <= kMaxInputs) {
          vectors.push_back(read_vector(cursor, vectors.size(), left));
        } else {
          cursor.skip_value();
        }
      });
    } else if (key.equals("usage")) {
      each_member(cursor, [&](const json::String& member) {
        if (member.equals("prompt_tokens")) {
          reply.tokens = read_integer(cursor, 0);
        } else {
          cursor.skip_value();
        }
      });
    } else {
      cursor.skip_value();
    }
  });
  if (!status) {
    return std::move(status.error());
  }
  if (left == 0 || vectors.size() > kMaxInputs) {
    return malformed_reply("more embeddings than can be held");
  }
  std::stable_sort(vectors.begin(), vectors.end(),
                   [](const Vector& a, const Vector& b) { return a.index < b.index; });
  for (Vector& vector : vectors) {
    reply.vectors.push_back(std::move(vector.values));
  }
  return reply;
}

Result<chat::ModelsPage> read_models(std::string_view body) {
  chat::ModelsPage page;
  Status status = read_document(body, [&](json::Cursor& cursor, const json::String& key) {
    if (!key.equals("data")) {
      cursor.skip_value();
      return;
    }
    each_element(cursor, [&] {
      chat::ModelInfo model;
      each_member(cursor,
                  [&](const json::String& member) { read_model_member(cursor, member, model); });
      if (!model.id.empty() && page.models.size() <= kMaxModels) {
        page.models.push_back(std::move(model));
      }
    });
  });
  if (!status) {
    return std::move(status.error());
  }
  if (page.models.size() > kMaxModels) {
    return malformed_reply("more models than can be held");
  }
  return page;
}

Result<chat::ModelInfo> read_model(std::string_view body) {
  chat::ModelInfo model;
  Status status = read_document(body, [&](json::Cursor& cursor, const json::String& key) {
    read_model_member(cursor, key, model);
  });
  if (!status) {
    return std::move(status.error());
  }
  if (model.id.empty()) {
    return malformed_reply("something that is no model");
  }
  return model;
}

}  // namespace llmproxy::openai_chat
