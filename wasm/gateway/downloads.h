// Media that a supplier wants as bytes and the client gave as an address: fetched here, from public
// hosts only, within limits, a few at a time.
#pragma once

#include "base/buffer.h"
#include "base/result.h"
#include "chat/fetched_media.h"
#include "gateway/context.h"
#include "gateway/silence.h"

#include <cstdint>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace llmproxy::gateway {

class Downloads {
 public:
  // `media` gets the bytes.
  Downloads(Context& context, chat::FetchedMedia& media) : context_(context), media_(media) {}

  // Takes up these, besides those that it had before; an error when an address may not be fetched.
  Status begin(std::vector<chat::MediaLink> list);
  // None is under way, and none is left.
  bool done() const { return open_ == 0 && next_ == items_.size(); }
  bool owns(std::uint32_t fetch) const { return find(fetch) != nullptr; }

  Status take_head(std::uint32_t fetch, int status, std::string_view headers);
  char* reserve(std::uint32_t fetch, std::size_t count);
  // The error after reserve() gave no room.
  Error too_large(std::uint32_t fetch) const;
  void take(std::uint32_t fetch, std::size_t count);
  Status end(std::uint32_t fetch);
  Error fail(std::uint32_t fetch) const;
  // `ms` milliseconds passed. The error, when one of them takes too long.
  std::optional<Error> tick(std::uint32_t ms);
  void abort();

 private:
  struct Item {
    chat::MediaLink what;
    std::uint32_t fetch = 0;  // 0: not under way
    Silence time{};           // that it takes, over all redirects
    std::uint32_t redirects = 0;
    std::string type;
    Buffer bytes;
  };

  const Item* find(std::uint32_t fetch) const;
  Item* find(std::uint32_t fetch);
  Status start_next();
  Status start(Item& item);
  Status follow(Item& item, std::string_view location);
  Error failure(const Item& item, std::string_view why) const;

  Context& context_;
  chat::FetchedMedia& media_;
  std::list<Item> items_;
  std::size_t next_ = 0;
  std::uint32_t open_ = 0;
  std::size_t total_ = 0;  // bytes of all together
};

}  // namespace llmproxy::gateway
