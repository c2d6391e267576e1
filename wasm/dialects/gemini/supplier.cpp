#include "dialects/gemini/supplier.h"

#include "base/text.h"
#include "dialects/gemini/code_fence.h"
#include "dialects/gemini/downgrade.h"
#include "dialects/gemini/final_answer.h"
#include "dialects/gemini/lists.h"
#include "dialects/gemini/media.h"
#include "dialects/gemini/model.h"
#include "dialects/gemini/read_error.h"
#include "dialects/gemini/read_reply.h"
#include "dialects/gemini/reply_context.h"
#include "dialects/gemini/write_request.h"
#include "http/url.h"

#include <utility>

namespace llmproxy::gemini {
namespace {

// "32,768 for a request that is not streamed", where the model can do more.
// https://ai.google.dev/gemini-api/docs/long-decode
constexpr std::int64_t kMaxWholeTokens = 32768;

// https://ai.google.dev/api/models and https://ai.google.dev/api/tuning
std::string resource_of(std::string_view model) {
  constexpr std::string_view kTuned = "tunedModels/";
  const bool tuned = model.starts_with(kTuned);
  return concat({tuned ? kTuned : "models/",
                 http::encode_segment(tuned ? model.substr(kTuned.size()) : model)});
}

class GeminiRequest final : public dialects::SupplierRequest {
 public:
  GeminiRequest(const chat::CompleteRequest& source, const Model& model)
      : source_(source), model_(model) {}

  Status write(SpanList& out, chat::Changes& changes) override {
    return write_request(source_, model_, out, changes, context_);
  }
  std::string path() const override {
    return concat({resource_of(model_.name),
                   streams() ? ":streamGenerateContent?alt=sse" : ":generateContent"});
  }
  bool streams() const override {
    return source_.request.stream || model_.prefers_stream ||
           source_.request.sampling.max_output_tokens.value_or(0) > kMaxWholeTokens;
  }
  std::uint32_t calls() const override {
    return model_.candidates ? 1 : source_.request.sampling.choices;
  }
  std::unique_ptr<chat::ReplyReader> make_reader(std::uint32_t call) const override {
    return std::make_unique<ReplyReader>(streams() ? Framing::stream : Framing::whole, context_,
                                         call);
  }
  std::unique_ptr<chat::EventFilter> make_filter(chat::EventSink& next) const override {
    if (context_.answer_by_function) {
      return std::make_unique<FinalAnswer>(next);
    }
    return context_.answer_by_words ? std::make_unique<CodeFence>(next) : nullptr;
  }
  void write_continuation(const SpanList& request, std::string_view token,
                          SpanList& out) const override {
    gemini::write_continuation(request, token, out);
  }

 private:
  const chat::CompleteRequest source_;
  const Model model_;
  ReplyContext context_;
};

class GeminiModel final : public dialects::SupplierModel {
 public:
  explicit GeminiModel(std::string_view name) : model_(parse_model(name)) {}

  std::string_view name() const override { return model_.name; }
  std::vector<chat::MediaLink> find_links(const chat::CompleteRequest& source) const override {
    return gemini::find_links(source, model_);
  }
  std::unique_ptr<dialects::SupplierRequest> make_request(
      const chat::CompleteRequest& source) const override {
    return std::make_unique<GeminiRequest>(source, model_);
  }

  std::optional<dialects::Downgrade> find_downgrade(int status,
                                                    std::string_view body) const override {
    std::optional<Downgrade> downgrade = gemini::find_downgrade(status, body);
    if (!downgrade) {
      return std::nullopt;
    }
    return dialects::Downgrade{static_cast<std::uint32_t>(downgrade->what), downgrade->of_model,
                               std::move(downgrade->bounds)};
  }
  void adapt_to(const dialects::Downgrade& downgrade) override {
    model_.adapt_to({feature_of(downgrade.what), downgrade.of_model, downgrade.bounds});
  }
  bool is_of_request(std::uint32_t what) const override {
    return gemini::is_of_request(feature_of(what));
  }
  std::uint64_t subject_of(std::uint32_t what, const chat::Request& request,
                           std::string_view key) const override {
    return gemini::subject_of(feature_of(what), request, key);
  }

 private:
  static Feature feature_of(std::uint32_t what) { return static_cast<Feature>(what); }

  Model model_;
};

std::string name_in_path(std::string_view model) {
  return resource_of(parse_model(model).name);
}

constexpr dialects::EmbeddingsCalls kEmbeddings{
    kMaxBatch,
    [](std::string_view model) {
      return concat({name_in_path(model), ":batchEmbedContents"});
    },
    [](const chat::EmbeddingsRequest& request, std::size_t begin, SpanList& out,
       chat::Changes& changes) {
      write_embeddings_batch(request, parse_model(request.model).name, begin, out, changes);
    },
    &read_embeddings};

constexpr dialects::ModelsCalls kModels{
    "google",
    [](std::string_view token) {
      return concat({"models?pageSize=1000",
                     token.empty() ? "" : "&pageToken=", http::encode_segment(token)});
    },
    &read_models, &name_in_path, &read_model};

constexpr dialects::SupplierDialect kDialect{
    "gemini",
    &read_error,
    [](std::string_view name) -> std::unique_ptr<dialects::SupplierModel> {
      return std::make_unique<GeminiModel>(name);
    },
    kEmbeddings,
    kModels,
    nullptr};

}  // namespace

const dialects::SupplierDialect& supplier_dialect() {
  return kDialect;
}

}  // namespace llmproxy::gemini
