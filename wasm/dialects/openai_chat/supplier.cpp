#include "dialects/openai_chat/supplier.h"

#include "base/limits.h"
#include "base/text.h"
#include "dialects/openai_chat/edit_request.h"
#include "dialects/openai_chat/lists.h"
#include "dialects/openai_chat/read_error.h"
#include "dialects/openai_chat/read_reply.h"
#include "dialects/openai_chat/refused_setting.h"
#include "dialects/openai_chat/write_parts.h"
#include "dialects/openai_chat/write_request.h"
#include "http/url.h"

namespace llmproxy::openai_chat {
namespace {

// What a reply does not say: the form of the sound that was asked for. A stream has no other than
// PCM. https://platform.openai.com/docs/api-reference/chat/create#chat-create-audio
std::string sound_of(const chat::Request& request) {
  const std::string_view format = request.audio.format.raw;
  if (request.stream || format == "pcm16") {
    return "audio/l16;rate=24000";
  }
  return format == "mp3" ? "audio/mpeg" : concat({"audio/", format.empty() ? "wav" : format});
}

class ChatRequest final : public dialects::SupplierRequest {
 public:
  ChatRequest(const chat::CompleteRequest& source, std::string model, RefusedSettings refused)
      : source_(source), model_(std::move(model)), refused_(refused) {}

  Status write(SpanList& out, chat::Changes& changes) override {
    return write_request(source_, model_, refused_, out, changes);
  }
  std::string path() const override { return "chat/completions"; }
  bool streams() const override { return source_.request.stream; }
  std::uint32_t calls() const override { return 1; }
  std::unique_ptr<chat::ReplyReader> make_reader(std::uint32_t /*call*/) const override {
    return std::make_unique<ReplyReader>(streams() ? Framing::stream : Framing::whole,
                                         sound_of(source_.request));
  }

 private:
  const chat::CompleteRequest source_;
  const std::string model_;
  const RefusedSettings refused_;
};

class ChatModel final : public dialects::SupplierModel {
 public:
  explicit ChatModel(std::string_view name) : name_(name) {}

  std::string_view name() const override { return name_; }
  std::vector<chat::MediaLink> find_links(const chat::CompleteRequest& source) const override {
    return openai_chat::find_links(source);
  }
  std::unique_ptr<dialects::SupplierRequest> make_request(
      const chat::CompleteRequest& source) const override {
    return std::make_unique<ChatRequest>(source, name_, refused_);
  }

  std::optional<dialects::Downgrade> find_downgrade(int status,
                                                    std::string_view body) const override {
    const std::optional<RefusedSetting> found = find_refused_setting(status, body);
    return found ? std::optional(dialects::Downgrade{found->number, found->of_model})
                 : std::nullopt;
  }
  void adapt_to(const dialects::Downgrade& downgrade) override { refused_.add(downgrade.what); }
  bool is_of_request(std::uint32_t /*what*/) const override { return false; }
  std::uint64_t subject_of(std::uint32_t /*what*/, const chat::Request& /*request*/,
                           std::string_view /*key*/) const override {
    return 0;
  }

 private:
  std::string name_;
  RefusedSettings refused_;
};

constexpr dialects::EmbeddingsCalls kEmbeddings{
    kMaxInputs, [](std::string_view /*model*/) { return std::string("embeddings"); },
    &write_embeddings_request, &read_embeddings};

constexpr dialects::ModelsCalls kModels{
    "system",  // of those that have no owner: as OpenAI calls its own
    [](std::string_view /*token*/) { return std::string("models"); }, &read_models,
    [](std::string_view model) {
      return concat({"models/", http::encode_segment(model)});
    },
    &read_model};

// Requests of the client's own dialect pass as they are, by edit_request(). The rest is for clients
// of others.
constexpr dialects::SupplierDialect kDialect{
    "openai_chat",
    &read_error,
    [](std::string_view name) -> std::unique_ptr<dialects::SupplierModel> {
      return std::make_unique<ChatModel>(name);
    },
    kEmbeddings,
    kModels,
    &edit_request};

constexpr dialects::SupplierDialect kPassing{"openai_chat", &read_error, nullptr, {}, {},
                                             &edit_request};

}  // namespace

const dialects::SupplierDialect& supplier_dialect() {
  return kDialect;
}

const dialects::SupplierDialect& passing_supplier_dialect() {
  return kPassing;
}

}  // namespace llmproxy::openai_chat
