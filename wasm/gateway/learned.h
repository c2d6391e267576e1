// What an instance learned of models: which of them refused what. It saves the next requests a
// refusal, and it is gone with the instance.
#pragma once

#include "dialects/gemini/model.h"

#include <string>
#include <string_view>
#include <vector>

namespace llmproxy::gateway {

class Learned {
 public:
  void learn(std::string_view model, gemini::Refusal refusal);
  // Applies what is known of the model.
  void apply(gemini::Model& model) const;

 private:
  struct Entry {
    std::string model;
    gemini::Refusal refusal;
  };
  std::vector<Entry> entries_;  // the newest last
};

}  // namespace llmproxy::gateway
