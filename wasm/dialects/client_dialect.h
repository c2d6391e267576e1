// How clients speak an API: what it takes to read their requests, and to answer in their words. A
// dialect is a folder with a row of this kind; the gateway knows no more of it.
#pragma once

#include "base/buffer.h"
#include "base/error.h"
#include "base/result.h"
#include "chat/embeddings.h"
#include "chat/reply.h"
#include "chat/request.h"
#include "dialects/endpoint.h"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace llmproxy::dialects {

// A request as it came. The body outlives whatever is read from it.
struct RequestInput {
  std::string_view body;
  std::string_view content_type;
};

// What a writer cannot tell from the request.
struct WriterOptions {
  std::int64_t created = 0;  // Unix time in seconds
  std::uint64_t seed = 0;    // of the ids
  // Proofs of thoughts are told in the ids of calls as well, where the client brings those back.
  bool proofs_in_ids = false;
  bool strict = false;  // all of what was asked for, or an error
};

// An endpoint that is a conversation, perhaps in other words.
struct Conversation {
  Endpoint endpoint = Endpoint::chat;
  Status (*read)(const RequestInput& input, chat::Request& out) = nullptr;
  // Writes to `out`, which must outlive it, as does the request.
  std::unique_ptr<chat::ReplyWriter> (*make_writer)(const chat::Request& request,
                                                    const WriterOptions& options,
                                                    Buffer& out) = nullptr;
  // Of a whole response; nullptr: JSON.
  std::string_view (*content_type)(const chat::Request& request) = nullptr;
  // When one of several calls fails, what the others gave is an answer.
  bool fewer_choices_do = false;
};

struct ClientDialect {
  std::string_view name;
  std::string_view title;  // whose API it is, in messages to people
  // What is posted to; the first one also under the base URL alone.
  std::span<const EndpointPath> paths;
  std::span<const Conversation> conversations;
  // The model that a request names, however little of it can be read; empty: none.
  std::string (*find_model)(Endpoint endpoint, const RequestInput& input);

  Status (*read_embeddings)(const RequestInput& input, chat::EmbeddingsRequest& out);
  // `replies` are those to the parts of the request, in order.
  void (*write_embeddings)(const chat::EmbeddingsRequest& request,
                           std::span<const chat::EmbeddingsReply> replies, Buffer& out);
  // `owner`: whose models they are, as the supplier's dialect says.
  void (*write_models)(const std::vector<chat::ModelInfo>& models, std::string_view owner,
                       Buffer& out);
  void (*write_model)(const chat::ModelInfo& model, std::string_view owner, Buffer& out);

  // The body of an error, and an error as the last event of a stream.
  void (*write_error)(const Error& error, Buffer& out);
  void (*write_error_event)(const Error& error, Buffer& out);
  // A supplier's error in this dialect, or what is left of it, as clients read it. `supplier`: its
  // title.
  void (*write_upstream_error)(int status, std::string_view supplier, std::string_view body,
                               Buffer& out);
};

// nullptr when the endpoint is no conversation.
inline const Conversation* find_conversation(const ClientDialect& client, Endpoint endpoint) {
  for (const Conversation& conversation : client.conversations) {
    if (conversation.endpoint == endpoint) {
      return &conversation;
    }
  }
  return nullptr;
}

}  // namespace llmproxy::dialects
