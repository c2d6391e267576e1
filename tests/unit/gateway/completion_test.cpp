// Every order of what can happen on the way to an answer: links that are fetched here or by Google,
// refusals, answers that are empty or interrupted, choices by calls of their own. Whatever comes
// after what, each request holds the bytes of the right picture, and each body is still the same
// when the exchange is over (the driver looks at all of them again).
#include "native/catch.h"
#include "native/driver.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

using namespace llmproxy;
using test::Reply;
using test::Upstream;

namespace {

// More than is copied into a request: it is referred to where it lies (kMaxCopiedBody).
const std::string& picture(char which) {
  static const std::string kFirst = "\x89PNG\r\n\x1a\n" + std::string(400'000, 'a');
  static const std::string kSecond = "\x89PNG\r\n\x1a\n" + std::string(400'000, 'b');
  return which == 'a' ? kFirst : kSecond;
}

// "aaa" is "YWFh" and "bbb" is "YmJi".
std::string_view mark(char which) {
  return which == 'a' ? "YWFhYWFhYWFhYWFh" : "YmJiYmJiYmJiYmJi";
}

enum class Media { none, here, google, both, redirect };

struct Order {
  Media media;
  std::vector<std::string_view> refusals;  // one after the other
  std::string_view ending;                 // of the first answer: "", "empty" or "continues"
  bool stream;
  bool two_choices;
};

constexpr std::string_view kLinkRefusal =
    "Cannot fetch content from the provided URL. Please ensure the URL is valid and accessible.";
constexpr std::string_view kTemperatureRefusal = "temperature is not supported by this model";
constexpr std::string_view kThinkingRefusal =
    "Unable to submit request because Thinking is not supported for this model.";

std::string part_of(std::string_view url) {
  return R"(,{"type":"image_url","image_url":{"url":")" + std::string(url) + R"("}})";
}

std::string parts_of(Media media) {
  switch (media) {
    case Media::none:
      return "";
    case Media::here:
      return part_of("https://pictures.example/a");
    case Media::google:
      return part_of("https://pictures.example/b.png");
    case Media::both:
      return part_of("https://pictures.example/a") + part_of("https://pictures.example/b.png");
    case Media::redirect:
      break;
  }
  return part_of("https://pictures.example/moved") + part_of("https://pictures.example/b.png");
}

test::Play play_of(const Order& order) {
  test::Play play;
  play.head = "POST\nhttp://x/v2/gemini/chat/completions\nauthorization: Bearer k\n";
  play.body =
      R"({"model":"gemini-3-pro","stream":)" + std::string(order.stream ? "true" : "false") +
      R"(,"temperature":0.5,"reasoning_effort":"low")" + (order.two_choices ? ",\"n\":2" : "") +
      R"(,"messages":[{"role":"user","content":[{"type":"text","text":"x"})" +
      parts_of(order.media) + "]}]}";
  return play;
}

Reply document(int status, std::string body) {
  Reply reply;
  reply.status = status;
  reply.body = std::move(body);
  return reply;
}

// Plays the hosts of the pictures and Gemini.
class World {
 public:
  explicit World(const Order& order) : order_(order) {}

  Reply answer(const Upstream& upstream) {
    const std::string& head = upstream.head;
    const std::string url = head.substr(4, head.find('\n', 4) - 4);
    if (url == "https://pictures.example/moved") {
      Reply reply = document(302, "moved");
      reply.headers = "location: /a\n";
      return reply;
    }
    if (url == "https://pictures.example/a" || url == "https://pictures.example/b.png") {
      Reply reply = document(200, picture(url.back() == 'a' ? 'a' : 'b'));
      reply.headers = "content-type: image/png\n";
      return reply;
    }
    return ask_gemini(upstream.body);
  }

  int requests = 0;  // to Gemini

 private:
  Reply ask_gemini(const std::string& body) {
    ++requests;
    check(body);
    if (refused_ < order_.refusals.size()) {
      const std::string_view text = order_.refusals[refused_++];
      return document(400, R"({"error":{"code":400,"message":")" + std::string(text) +
                               R"(","status":"INVALID_ARGUMENT"}})");
    }
    const bool ends = ended_ || order_.ending.empty();
    ended_ = true;
    std::string candidate = R"({"candidates":[{"index":0,"content":{"role":"model","parts":[)";
    if (ends) {
      candidate += R"({"text":"fine"}]},"finishReason":"STOP"}]})";
    } else if (order_.ending == "empty") {
      candidate += R"(]},"finishReason":"STOP"}]})";
    } else {
      candidate +=
          R"({"text":"so "}]},"finishReason":"CONTINUATION","continuationToken":"more"}]})";
    }
    return document(200, order_.stream ? "data: " + candidate + "\n\n" : candidate);
  }

  void check(const std::string& body) const {
    const bool links_refused =
        refused_ > 0 && std::count(order_.refusals.begin(),
                                   order_.refusals.begin() + static_cast<std::ptrdiff_t>(refused_),
                                   kLinkRefusal) > 0;
    const bool first = order_.media == Media::here || order_.media == Media::both ||
                       order_.media == Media::redirect;
    const bool second = order_.media == Media::google || order_.media == Media::both ||
                        order_.media == Media::redirect;
    CHECK((body.find(mark('a')) != std::string::npos) == first);
    CHECK((body.find(mark('b')) != std::string::npos) == (second && links_refused));
    CHECK((body.find("b.png") != std::string::npos) == (second && !links_refused));
  }

  const Order& order_;
  std::size_t refused_ = 0;
  bool ended_ = false;
};

void run(const Order& order) {
  World world(order);
  test::Play play = play_of(order);
  play.answer = [&](const Upstream& upstream) { return world.answer(upstream); };
  const test::Outcome outcome = test::play(play);
  INFO(play.body << " " << order.ending << " " << outcome.body);
  CHECK(outcome.complete);
  CHECK(outcome.status == 200);
  CHECK(outcome.body.find("fine") != std::string::npos);
  if (order.stream) {
    CHECK(outcome.body.find("[DONE]") != std::string::npos);
  }
  CHECK(world.requests >= static_cast<int>(order.refusals.size() + 1));
}

}  // namespace

TEST_CASE("whatever happens on the way, each request holds the right pictures, and keeps them",
          "[completion]") {
  const std::vector<std::vector<std::string_view>> kRefusals = {
      {},
      {kTemperatureRefusal},
      {kThinkingRefusal},
      {kTemperatureRefusal, kThinkingRefusal},
  };
  const std::vector<std::vector<std::string_view>> kWithLinks = {
      {kLinkRefusal},
      {kLinkRefusal, kTemperatureRefusal},
      {kTemperatureRefusal, kLinkRefusal},
      {kTemperatureRefusal, kLinkRefusal, kThinkingRefusal},
  };
  for (const Media media :
       {Media::none, Media::here, Media::google, Media::both, Media::redirect}) {
    std::vector<std::vector<std::string_view>> refusals = kRefusals;
    if (media != Media::none && media != Media::here) {
      refusals.insert(refusals.end(), kWithLinks.begin(), kWithLinks.end());
    }
    for (const std::vector<std::string_view>& list : refusals) {
      for (const std::string_view ending : {"", "empty", "continues"}) {
        for (const bool stream : {false, true}) {
          for (const bool two_choices : {false, true}) {
            run({media, list, ending, stream, two_choices});
          }
        }
      }
    }
  }
}
