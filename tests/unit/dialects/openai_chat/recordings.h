// The recorded exchanges in vectors/openai_chat.
#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace llmproxy {

struct Recording {
  std::string name;
  std::string text;
};

// Those that have a file of this name.
inline std::vector<Recording> recordings(const std::string& file) {
  namespace fs = std::filesystem;
  std::vector<Recording> out;
  for (const auto& entry : fs::directory_iterator(LLMPROXY_TESTS_DIR "/vectors/openai_chat")) {
    const fs::path path = entry.path() / file;
    if (fs::is_regular_file(path)) {
      std::ostringstream text;
      text << std::ifstream(path, std::ios::binary).rdbuf();
      out.push_back({entry.path().filename().string(), text.str()});
    }
  }
  std::sort(out.begin(), out.end(),
            [](const Recording& a, const Recording& b) { return a.name < b.name; });
  return out;
}

}  // namespace llmproxy
