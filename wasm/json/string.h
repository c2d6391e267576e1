// A JSON string as it stands in the source: the bytes between the quotes, escapes and all. It is a
// legal JSON string wherever it is put, so text moves from one document to the next by memcpy.
#pragma once

#include "base/buffer.h"
#include "base/bytes.h"

#include <string>
#include <string_view>

namespace llmproxy::json {

struct String {
  std::string_view raw;  // a slice of the document, which must outlive it
  bool has_escapes = false;

  bool empty() const { return raw.empty(); }
  // The text it stands for equals `text` (which is UTF-8).
  bool equals(std::string_view text) const;
  // The same, put where it is called: for the names that a request has hundreds of.
  bool is(std::string_view name) const {
    return has_escapes
               ? equals(name)
               : raw.size() == name.size() && same_bytes(raw.data(), name.data(), name.size());
  }
  // The text it stands for, as UTF-8.
  std::string decode() const;

 private:
  bool equals_decoded(std::string_view text) const;
};

// Appends the text that `text` stands for, as UTF-8: for texts whose size a client or a supplier
// decides.
void decode(const String& text, Buffer& out);

// Appends `text` (UTF-8) as the inside of a JSON string.
void escape(std::string_view text, Buffer& out);
std::string escape(std::string_view text);

// The longest prefix of a raw string, at most `limit` bytes (at least 12), that cuts no escape, no
// surrogate pair and no UTF-8 sequence.
std::size_t prefix_length(std::string_view raw, std::size_t limit);

}  // namespace llmproxy::json
