// The core natively, hot and without I/O: the exchanges come as JSON on standard input (see
// core.mjs).
#include "exports/llmproxy.h"

#include <benchmark/benchmark.h>
#include <nlohmann/json.hpp>

#include <cstdlib>
#include <cstring>
#include <iostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

struct Recording {
  std::string body;
  std::vector<std::string> pieces;
};

std::size_t give(std::string_view text) {
  std::memcpy(lp_reserve(text.size()), text.data(), text.size());
  return text.size();
}

// One exchange from its first byte to its last.
void play(const Recording& recording, std::string_view head) {
  lp_exchange* exchange = lp_exchange_new(give(head), 1760000000, 1, 2);
  for (std::uint32_t kind = lp_next(exchange); kind != LP_WAIT; kind = lp_next(exchange)) {
    if (kind == LP_READ) {
      const std::string& body = recording.body;
      std::memcpy(lp_request_reserve(exchange, body.size()), body.data(), body.size());
      lp_request_take(exchange, body.size());
      lp_request_end(exchange);
    }
  }
  lp_reply_head(exchange, 1, 200, give(""));
  for (const std::string& piece : recording.pieces) {
    std::memcpy(lp_reply_reserve(exchange, 1, piece.size()), piece.data(), piece.size());
    lp_reply_take(exchange, 1, piece.size());
  }
  lp_reply_end(exchange, 1);
  std::uint32_t kind = lp_next(exchange);
  while (kind != LP_WAIT && kind != LP_END) {
    kind = lp_next(exchange);
  }
  lp_exchange_free(exchange);
  if (kind != LP_END) {
    std::cerr << "the exchange did not end\n";
    std::exit(EXIT_FAILURE);
  }
}

}  // namespace

int main(int count, char** arguments) {
  for (const nlohmann::json& given : nlohmann::json::parse(std::cin)) {
    Recording recording{given.at("body"), given.at("pieces")};
    benchmark::RegisterBenchmark(
        given.at("name").get<std::string>().c_str(),
        [recording = std::move(recording)](benchmark::State& state) {
          const std::string head =
              "POST\nhttp://x/v2/gemini/chat/completions\nauthorization: Bearer key\n"
              "content-length: " +
              std::to_string(recording.body.size()) + "\n";
          for (auto _ : state) {
            play(recording, head);
          }
          state.SetBytesProcessed(state.iterations() *
                                  static_cast<std::int64_t>(recording.body.size()));
        });
  }
  benchmark::Initialize(&count, arguments);
  benchmark::RunSpecifiedBenchmarks();
}
