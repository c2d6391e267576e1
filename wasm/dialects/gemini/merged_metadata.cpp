#include "dialects/gemini/merged_metadata.h"

#include "base/hash.h"
#include "base/limits.h"
#include "json/cursor.h"
#include "json/lenient.h"

#include <algorithm>

namespace llmproxy::gemini {
namespace {

using json::Kind;

constexpr std::string_view kChunks = "groundingChunks";
constexpr std::string_view kSupports = "groundingSupports";

// Gemini has six.
constexpr std::size_t kMaxMembers = 32;
// What an element takes beside its text.
constexpr std::size_t kPlaceMemory = 48;

// A web page is the same wherever it has the same address. Several passages of one document, which
// have that as well, are not.
std::uint64_t key_of_chunk(std::string_view chunk) {
  json::String uri;
  json::Cursor cursor(chunk);
  each_member(cursor, [&](const json::String& kind) {
    if (!kind.equals("web")) {
      cursor.skip_value();
      return;
    }
    each_member(cursor, [&](const json::String& key) {
      if (key.equals("uri")) {
        read_text(cursor, uri);
      } else {
        cursor.skip_value();
      }
    });
  });
  return hash(kHashSeed, uri.empty() ? chunk : uri.raw);
}

// Of chunks that another event told, an index counts all of them.
void write_indices(json::Cursor& cursor, const std::vector<std::size_t>& numbers, Buffer& out) {
  out.append('[');
  bool first = true;
  each_element(cursor, [&] {
    const std::int64_t index = read_integer(cursor, -1);
    if (index < 0) {
      return;
    }
    const auto at = static_cast<std::size_t>(index);
    out.append(first ? "" : ",");
    out.append(std::to_string(at < numbers.size() ? numbers[at] : at));
    first = false;
  });
  out.append(']');
}

// The support at the cursor with other numbers in it.
void write_support(json::Cursor& cursor, const std::vector<std::size_t>& numbers, Buffer& out) {
  out.append('{');
  bool first = true;
  each_member(cursor, [&](const json::String& key) {
    out.append(first ? "\"" : ",\"");
    out.append(key.raw);
    out.append("\":");
    first = false;
    if (key.equals("groundingChunkIndices")) {
      write_indices(cursor, numbers, out);
      return;
    }
    std::string_view value;
    cursor.skip_value(value);
    out.append(value);
  });
  out.append('}');
}

}  // namespace

bool MergedMetadata::add(std::string_view object) {
  if (empty()) {
    first_ = object;
    return true;
  }
  if (first_ == object) {
    return true;
  }
  const bool good = first_.empty() || merge(first_);
  first_.clear();
  return good && merge(object);
}

std::size_t MergedMetadata::size() const {
  std::size_t size = first_.size();
  for (const Member& member : members_) {
    size += member.name.size() + member.value.size() + member.places.size() * kPlaceMemory;
  }
  return size;
}

std::string_view MergedMetadata::json(Buffer& storage) const {
  if (!first_.empty() || members_.empty()) {
    return first_;
  }
  storage.clear();
  char before = '{';
  for (const Member& member : members_) {
    storage.append(before);
    storage.append('"');
    storage.append(member.name);
    storage.append(member.is_list ? "\":[" : "\":");
    storage.append(member.value.view());
    storage.append(member.is_list ? "]" : "");
    before = ',';
  }
  storage.append('}');
  return storage.view();
}

// Supports may stand before the chunks that they count.
bool MergedMetadata::merge(std::string_view object) {
  std::string_view chunks;
  std::string_view supports;
  bool good = true;
  json::Cursor cursor(object);
  each_member(cursor, [&](const json::String& key) {
    const Kind kind = cursor.kind();
    std::string_view value;
    cursor.skip_value(value);
    if (kind == Kind::null) {
      return;
    }
    if (key.equals(kChunks) || key.equals(kSupports)) {
      (key.equals(kChunks) ? chunks : supports) = value;
      return;
    }
    Member* member = find(key.raw, kind == Kind::array);
    if (member == nullptr || member->is_list != (kind == Kind::array)) {
      return;
    }
    if (member->is_list) {
      good = merge_list(*member, value) && good;
    } else {
      member->value.clear();
      member->value.append(value);
      good = !member->value.failed() && good;
    }
  });
  Numbers numbers;
  return good && (chunks.empty() || merge_chunks(chunks, numbers)) &&
         (supports.empty() || merge_supports(supports, numbers));
}

MergedMetadata::Member* MergedMetadata::find(std::string_view name, bool is_list) {
  for (Member& member : members_) {
    if (member.name == name) {
      return &member;
    }
  }
  if (members_.size() >= kMaxMembers) {
    return nullptr;
  }
  Member& member = members_.emplace_back();
  member.name = name;
  member.is_list = is_list;
  return &member;
}

std::size_t MergedMetadata::place(Member& list, std::string_view element, std::uint64_t key) {
  const auto [known, is_new] = list.places.emplace(key, list.places.size());
  if (is_new) {
    list.value.append(known->second == 0 ? "" : ",");
    list.value.append(element);
  }
  return known->second;
}

bool MergedMetadata::merge_list(Member& list, std::string_view elements) {
  json::Cursor cursor(elements);
  each_element(cursor, [&] {
    std::string_view element;
    cursor.skip_value(element);
    if (list.places.size() <= kMaxSources) {
      place(list, element, hash(kHashSeed, element));
    }
  });
  return list.places.size() <= kMaxSources && !list.value.failed();
}

bool MergedMetadata::merge_chunks(std::string_view chunks, Numbers& numbers) {
  Member* list = find(kChunks, true);
  if (list == nullptr) {
    return false;
  }
  json::Cursor cursor(chunks);
  each_element(cursor, [&] {
    std::string_view chunk;
    cursor.skip_value(chunk);
    if (numbers.size() <= kMaxSources && list->places.size() <= kMaxSources) {
      numbers.push_back(place(*list, chunk, key_of_chunk(chunk)));
    }
  });
  return std::max(numbers.size(), list->places.size()) <= kMaxSources && !list->value.failed();
}

bool MergedMetadata::merge_supports(std::string_view supports, const Numbers& numbers) {
  Member* list = find(kSupports, true);
  if (list == nullptr) {
    return false;
  }
  Buffer support;
  json::Cursor cursor(supports);
  each_element(cursor, [&] {
    support.clear();
    write_support(cursor, numbers, support);
    if (list->places.size() <= kMaxSources && !support.failed()) {
      place(*list, support.view(), hash(kHashSeed, support.view()));
    }
  });
  return list->places.size() <= kMaxSources && !list->value.failed() && !support.failed();
}

}  // namespace llmproxy::gemini
