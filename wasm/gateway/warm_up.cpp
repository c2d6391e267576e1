#include "gateway/warm_up.h"

#include "base/assert.h"
#include "base/text.h"

#include <string_view>

namespace llmproxy::gateway {
namespace {

// Behind the model. Its end is missing: whether it is streamed.
constexpr std::string_view kQuestion =
    R"(","temperature":1,"top_p":1,"max_tokens":9,)"
    R"("messages":[{"role":"system","content":"x"},)"
    R"({"role":"user","content":"x \"é\" and more of it, for whole blocks"},)"
    R"({"role":"assistant","content":"x"},)"
    R"({"role":"user","content":[{"type":"text","text":"x"}]}],"stream":)";

}  // namespace

std::array<WarmUp, 2> warm_ups(const suppliers::Table& suppliers) {
  const suppliers::Supplier* supplier = suppliers.find_warm_up();
  LLMPROXY_ASSERT(supplier != nullptr);
  const std::string& model = supplier->warm_up->model;
  const std::string& reply = supplier->warm_up->reply;
  const std::string head = concat({"POST\nhttp://localhost/v2/", supplier->name,
                                   "/chat/completions\nauthorization: Bearer x\n"});
  const std::string question = concat({R"({"model":")", model, kQuestion});
  return {WarmUp{head, concat({question, "false}"}), reply},
          WarmUp{head, concat({question, "true}"}), concat({"data: ", reply, "\r\n\r\n"})}};
}

}  // namespace llmproxy::gateway
