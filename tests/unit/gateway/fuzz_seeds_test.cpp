// The seeds of fuzz_exchange: each is played as the fuzzer would, and those that are made for it
// fetch links a second time, which is where a request could once refer to what had been freed.
#include "fuzz/exchange_input.h"
#include "native/catch.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

using namespace llmproxy;
namespace fs = std::filesystem;

namespace {

std::string read_seed(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

// Links that were fetched after a request to the supplier had been sent.
std::ptrdiff_t late_downloads(const test::Outcome& outcome) {
  const auto is_download = [](const test::Upstream& upstream) {
    return upstream.head.rfind("GET\nhttps://a.example/", 0) == 0;
  };
  const auto sent =
      std::find_if_not(outcome.upstreams.begin(), outcome.upstreams.end(), is_download);
  return std::count_if(sent, outcome.upstreams.end(), is_download);
}

}  // namespace

TEST_CASE("the seeds of the fuzzer reach what it is to look at", "[fuzz]") {
  int seeds = 0;
  for (const auto& entry :
       fs::directory_iterator(fs::path(LLMPROXY_TESTS_DIR) / "fuzz" / "seeds" / "exchange")) {
    const std::string name = entry.path().filename().string();
    INFO(name);
    const test::Outcome outcome = test::run_exchange(read_seed(entry.path()));
    CHECK(outcome.complete);
    if (name.find("link_refused") != std::string::npos || name == "redirected") {
      CHECK(late_downloads(outcome) > 0);
      CHECK(outcome.body.find("fine") != std::string::npos);
    }
    ++seeds;
  }
  CHECK(seeds >= 10);
}
