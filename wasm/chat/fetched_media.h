// What was fetched for the parts of a request that came as links. The request itself stays as it
// was read: this lies beside it, only grows, and lives as long as the exchange, so what a request
// to a supplier refers to in here is neither moved nor freed while it is being sent.
#pragma once

#include "base/buffer.h"
#include "chat/request.h"

#include <list>
#include <string>

namespace llmproxy::chat {

// A part that is given by an address, whose bytes have to be in the request.
struct MediaLink {
  const MediaPart* part = nullptr;
  std::string url;
  std::string param;  // of the part, for errors
};

class FetchedMedia {
 public:
  struct Item {
    const MediaPart* part = nullptr;
    std::string mime_type;
    Buffer base64;
  };

  // What was fetched for the part; nullptr: nothing.
  const Item* find(const MediaPart& part) const {
    for (const Item& item : items_) {
      if (item.part == &part) {
        return &item;
      }
    }
    return nullptr;
  }
  // Nothing may be there for the part yet. It is to be filled in at once, and not changed later.
  Item& add(const MediaPart& part) {
    Item& item = items_.emplace_back();
    item.part = &part;
    return item;
  }

 private:
  std::list<Item> items_;  // of a dozen links at most (kMaxLinks)
};

// A request as it is to be written: what the client sent, and what was fetched for it since. Both
// must outlive it.
struct CompleteRequest {
  const Request& request;
  const FetchedMedia& media;
};

}  // namespace llmproxy::chat
