#include "gateway/rehearsal.h"

#include "base/text.h"

namespace llmproxy::gateway {
namespace {

constexpr std::string_view kHead =
    "POST\nhttp://localhost/v2/gemini/chat/completions\n"
    "authorization: Bearer x\n";

// Its end is missing: whether it is streamed.
constexpr std::string_view kQuestion =
    R"({"model":"gemini-2.5-flash","temperature":1,"top_p":1,"max_tokens":9,)"
    R"("messages":[{"role":"system","content":"x"},)"
    R"({"role":"user","content":"x \"é\" and more of it, for whole blocks"},)"
    R"({"role":"assistant","content":"x"},)"
    R"({"role":"user","content":[{"type":"text","text":"x"}]}],"stream":)";

constexpr std::string_view kAnswer =
    R"({"candidates":[{"content":{"parts":[{"text":"x"}],"role":"model"},)"
    R"("finishReason":"STOP","index":0}],)"
    R"("usageMetadata":{"promptTokenCount":1,"candidatesTokenCount":1,"totalTokenCount":2,)"
    R"("promptTokensDetails":[{"modality":"TEXT","tokenCount":1}]},)"
    R"("modelVersion":"x","responseId":"x"})";

}  // namespace

std::array<Rehearsal, 2> rehearsals() {
  return {Rehearsal{kHead, concat({kQuestion, "false}"}), std::string(kAnswer)},
          Rehearsal{kHead, concat({kQuestion, "true}"}), concat({"data: ", kAnswer, "\r\n\r\n"})}};
}

}  // namespace llmproxy::gateway
