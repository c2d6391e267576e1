// What the operator set. Belongs to an instance, not to a request, and does not change while it
// lives.
#pragma once

#include "suppliers/supplier.h"

#include <string>
#include <string_view>
#include <vector>

namespace llmproxy::gateway {

class Config {
 public:
  // Takes a variable of the Worker's environment. Those with no meaning here are not kept.
  void set(std::string_view name, std::string_view value);

  // The supplier's base URL: the operator's, or the public one.
  std::string_view base_url(const suppliers::Supplier& supplier) const;

 private:
  struct BaseUrl {
    std::string_view supplier;
    std::string url;
  };
  std::vector<BaseUrl> base_urls_;
};

}  // namespace llmproxy::gateway
