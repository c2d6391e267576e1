// What an instance learned of models: which of them refused what. It saves the next requests a
// refusal, and it is gone with the instance. A refusal of one schema, history or address says
// nothing of others, so it is remembered with a fingerprint of that; nothing of the request itself
// is kept.
#pragma once

#include "chat/request.h"
#include "dialects/gemini/model.h"

#include <cstdint>
#include <string>
#include <vector>

namespace llmproxy::gateway {

class Learned {
 public:
  void learn(const gemini::Model& model, gemini::Refusal refusal, const chat::Request& request);
  // Applies what is known of the model, and of what it is asked.
  void apply(gemini::Model& model, const chat::Request& request) const;

 private:
  struct Entry {
    std::string model;
    gemini::Refusal refusal;
    std::uint64_t subject;
  };
  std::vector<Entry> entries_;  // the newest last
};

}  // namespace llmproxy::gateway
