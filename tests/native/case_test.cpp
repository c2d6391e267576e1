// Plays the folders of tests/cases natively: whole, byte by byte, and cut in two at every offset.
// All ways must give the same. UPDATE=1 writes what came out as what is expected, for review as a
// diff. The format: tests/README.md.
#include "native/catch.h"
#include "native/driver.h"

#include <nlohmann/json.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace fs = std::filesystem;
using namespace llmproxy::test;

namespace {

std::optional<std::string> read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    return std::nullopt;
  }
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

void write_file(const fs::path& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

const std::string kOrigin = "https://llmproxy.test";

// The files <name>.head, <name>.json (or .sse, .txt) and <name>.cut; nothing without a head.
std::optional<Reply> load_reply(const fs::path& dir, const std::string& name) {
  const auto head = read_file(dir / (name + ".head"));
  if (!head) {
    return std::nullopt;
  }
  Reply reply;
  const std::size_t end = head->find('\n');
  reply.status = std::atoi(head->c_str());
  reply.headers = head->substr(end + 1);
  reply.unreachable = reply.status == 0;
  for (const char* extension : {".json", ".sse", ".txt"}) {
    if (const auto body = read_file(dir / (name + extension))) {
      reply.body = *body;
    }
  }
  if (const auto cut = read_file(dir / (name + ".cut"))) {
    reply.cut = static_cast<std::size_t>(std::atoi(cut->c_str()));
  }
  return reply;
}

Play load(const fs::path& dir) {
  Play play;
  std::istringstream head(read_file(dir / "request.head").value());
  std::string line;
  std::getline(head, line);
  const std::size_t space = line.find(' ');
  play.head = line.substr(0, space) + "\n" + kOrigin + line.substr(space + 1) + "\n";
  while (std::getline(head, line)) {
    play.head += line + "\n";
  }
  play.body = read_file(dir / "request.json").value_or(read_file(dir / "request.txt").value_or(""));
  play.reply = load_reply(dir, "reply").value_or(Reply{});
  for (int i = 2;; ++i) {
    std::optional<Reply> reply = load_reply(dir, "reply." + std::to_string(i));
    if (!reply) {
      break;
    }
    play.more_replies.push_back(std::move(*reply));
  }
  return play;
}

// The text of a JSON document in one form, so that space and order mean nothing.
std::string normal_json(const std::string& text) {
  const nlohmann::json tree = nlohmann::json::parse(text, nullptr, false);
  return tree.is_discarded() ? "not JSON: " + text : tree.dump(1);
}

bool is_json(const std::string& headers) {
  return headers.find("content-type: application/json") != std::string::npos;
}

struct Expected {
  std::string file;
  std::string text;
};

// What came out, as the files it belongs into.
std::vector<Expected> files_of(const Outcome& outcome) {
  std::vector<Expected> files;
  for (std::size_t i = 0; i < outcome.upstreams.size(); ++i) {
    const std::string name = i == 0 ? "upstream" : "upstream." + std::to_string(i + 1);
    files.push_back({name + ".head", outcome.upstreams[i].head});
    const std::string& body = outcome.upstreams[i].body;
    if (!body.empty()) {
      const bool json = body.front() == '{' || body.front() == '[';
      files.push_back({name + (json ? ".json" : ".txt"), body});
    }
  }
  files.push_back({"response.head", std::to_string(outcome.status) + "\n" + outcome.headers});
  if (!outcome.piped && !outcome.body.empty()) {
    const bool stream =
        outcome.headers.find("content-type: text/event-stream") != std::string::npos;
    files.push_back({is_json(outcome.headers) ? "response.json"
                     : stream                 ? "response.sse"
                                              : "response.bin",
                     outcome.body});
  }
  if (outcome.piped) {
    files.push_back({"response.piped", ""});
  }
  return files;
}

bool is_expected(const std::string& name) {
  return name.starts_with("upstream.") || name.starts_with("response.");
}

void compare(const fs::path& dir, const Outcome& outcome) {
  for (const Expected& file : files_of(outcome)) {
    INFO(file.file);
    const std::optional<std::string> expected = read_file(dir / file.file);
    REQUIRE(expected.has_value());
    if (file.file.ends_with(".json")) {
      REQUIRE(normal_json(file.text) == normal_json(*expected));
    } else {
      REQUIRE(file.text == *expected);
    }
  }
  for (const auto& entry : fs::directory_iterator(dir)) {
    const std::string name = entry.path().filename().string();
    if (!is_expected(name)) {
      continue;
    }
    bool made = false;
    for (const Expected& file : files_of(outcome)) {
      made = made || file.file == name;
    }
    INFO("expected, and did not come: " << name);
    REQUIRE(made);
  }
}

void update(const fs::path& dir, const Outcome& outcome) {
  std::vector<fs::path> old;
  for (const auto& entry : fs::directory_iterator(dir)) {
    if (is_expected(entry.path().filename().string())) {
      old.push_back(entry.path());
    }
  }
  for (const fs::path& path : old) {
    fs::remove(path);
  }
  for (const Expected& file : files_of(outcome)) {
    const bool json = file.file.ends_with(".json") &&
                      !nlohmann::json::parse(file.text, nullptr, false).is_discarded();
    write_file(dir / file.file,
               json ? nlohmann::ordered_json::parse(file.text).dump(2) + "\n" : file.text);
  }
}

void run(const fs::path& dir) {
  Play play = load(dir);
  const Outcome outcome = llmproxy::test::play(play);
  REQUIRE(outcome.complete);
  if (std::getenv("UPDATE") != nullptr) {
    update(dir, outcome);
  }
  compare(dir, outcome);
  const auto same = [&] {
    const Outcome again = llmproxy::test::play(play);
    REQUIRE(again.upstreams.size() == outcome.upstreams.size());
    for (std::size_t i = 0; i < again.upstreams.size(); ++i) {
      REQUIRE(again.upstreams[i].head == outcome.upstreams[i].head);
      REQUIRE(again.upstreams[i].body == outcome.upstreams[i].body);
    }
    REQUIRE(again.headers == outcome.headers);
    REQUIRE(again.body == outcome.body);
  };
  play.request_cut = play.reply_cut = byte_by_byte();
  same();
  std::size_t longest = std::max(play.body.size(), play.reply.body.size());
  for (const Reply& reply : play.more_replies) {
    longest = std::max(longest, reply.body.size());
  }
  for (std::size_t at = 1; at < longest; ++at) {
    play.request_cut = play.reply_cut = in_two(at);
    same();
  }
}

}  // namespace

TEST_CASE("every case plays as it is written, however its bytes arrive") {
  std::size_t count = 0;
  std::vector<fs::path> dirs;
  for (const auto& entry :
       fs::recursive_directory_iterator(fs::path(LLMPROXY_TESTS_DIR) / "cases")) {
    if (entry.path().filename() == "request.head") {
      dirs.push_back(entry.path().parent_path());
    }
  }
  std::sort(dirs.begin(), dirs.end());
  for (const fs::path& dir : dirs) {
    DYNAMIC_SECTION(dir.parent_path().filename().string() + "/" + dir.filename().string()) {
      REQUIRE(fs::exists(dir / "why.md"));
      run(dir);
    }
    ++count;
  }
  REQUIRE(count > 0);
}
