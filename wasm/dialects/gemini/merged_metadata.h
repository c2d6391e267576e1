// What the events of a stream say beside the text (groundingMetadata, citationMetadata,
// urlContextMetadata), as one object. Gemini tells its sources in one event, in pieces, or in every
// event all that it has until then; clients of other gateways lost those of all events but the
// last: https://github.com/vercel/ai/pull/13123
#pragma once

#include "base/buffer.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace llmproxy::gemini {

class MergedMetadata {
 public:
  // Lists are joined, without what they hold already; of anything else the last value holds.
  // `groundingChunkIndices` count the chunks of their own event, and those of the whole afterwards.
  // False: there are more sources than an answer may have (kMaxSources), or no memory for them.
  [[nodiscard]] bool add(std::string_view object);
  bool empty() const { return first_.empty() && members_.empty(); }
  // About as many bytes are held.
  std::size_t size() const;
  // The JSON object; it lives as long as this and `storage`.
  std::string_view json(Buffer& storage) const;
  void clear() {
    first_.clear();
    members_.clear();
  }

 private:
  struct Member {
    std::string name;  // as it stands in the source
    bool is_list = false;
    Buffer value;  // of a list, its elements with commas between
    // Of a list: where in it an element is, by a hash of what tells it from others.
    std::unordered_map<std::uint64_t, std::size_t> places;
  };
  // Where the chunks of one event are in the list of all.
  using Numbers = std::vector<std::size_t>;

  bool merge(std::string_view object);
  // nullptr: there are too many.
  Member* find(std::string_view name, bool is_list);
  // Where `element` is in the list, into which it goes if it is not there.
  static std::size_t place(Member& list, std::string_view element, std::uint64_t key);
  bool merge_list(Member& list, std::string_view elements);
  bool merge_chunks(std::string_view chunks, Numbers& numbers);
  bool merge_supports(std::string_view supports, const Numbers& numbers);

  // The only object until now, as most answers have one. With the second one it goes into members_.
  std::string first_;
  std::vector<Member> members_;
};

}  // namespace llmproxy::gemini
