#include "dialects/gemini/grounding.h"

#include "base/limits.h"
#include "json/lenient.h"

#include <algorithm>
#include <cstddef>
#include <set>
#include <tuple>
#include <vector>

namespace llmproxy::gemini {
namespace {

struct Source {
  chat::Text url;
  chat::Text title;
};

struct Support {
  std::int64_t part = 0;
  std::int64_t begin = 0;
  std::int64_t end = 0;
  chat::Text text;
  std::string_view sources;  // an array of numbers
};

// {"web": {…}}, {"maps": {…}}, {"retrievedContext": {…}} or {"image": {…}}
Source read_source(json::Cursor& cursor) {
  Source source;
  each_member(cursor, [&](const json::String&) {
    each_member(cursor, [&](const json::String& key) {
      if (key.equals("uri") || key.equals("sourceUri")) {
        read_text(cursor, source.url);
      } else if (key.equals("title")) {
        read_text(cursor, source.title);
      } else {
        cursor.skip_value();
      }
    });
  });
  return source;
}

void read_segment(json::Cursor& cursor, Support& out) {
  each_member(cursor, [&](const json::String& key) {
    if (key.equals("partIndex")) {
      out.part = read_integer(cursor, 0);
    } else if (key.equals("startIndex")) {
      out.begin = read_integer(cursor, 0);
    } else if (key.equals("endIndex")) {
      out.end = read_integer(cursor, 0);
    } else if (key.equals("text")) {
      read_text(cursor, out.text);
    } else {
      cursor.skip_value();
    }
  });
}

Support read_support(json::Cursor& cursor) {
  Support support;
  each_member(cursor, [&](const json::String& key) {
    if (key.equals("segment")) {
      read_segment(cursor, support);
    } else if (key.equals("groundingChunkIndices")) {
      cursor.skip_value(support.sources);
    } else {
      cursor.skip_value();
    }
  });
  return support;
}

// False: there are too many.
bool read_sources(std::string_view list, std::vector<Source>& out) {
  json::Cursor cursor(list);
  each_element(cursor, [&] {
    if (out.size() <= kMaxSources) {
      out.push_back(read_source(cursor));
    } else {
      cursor.skip_value();
    }
  });
  return out.size() <= kMaxSources;
}

// What one answer cites, told one by one: sources repeat many times.
class Citations {
 public:
  Citations(std::uint32_t choice, chat::EventSink& sink) : choice_(choice), sink_(sink) {}

  // A source without an address, as files in a store are, is in the metadata alone.
  bool claim(const Source& source, std::int64_t begin, std::int64_t end) {
    return !source.url.empty() && !too_many() && seen_.emplace(source.url.raw, begin, end).second &&
           !too_many();
  }
  void tell(const Source& source, const AnswerText::Range& range) {
    sink_.take(chat::Citation{choice_, source.url, source.title, range.begin, range.end});
  }
  void take(const Source& source, const AnswerText::Range& range) {
    count_ += source.url.empty() ? 0U : 1U;
    if (claim(source, range.begin, range.end)) {
      tell(source, range);
    }
  }
  bool too_many() const { return std::max(seen_.size(), count_) > kMaxSources; }

 private:
  std::uint32_t choice_;
  chat::EventSink& sink_;
  std::set<std::tuple<std::string_view, std::int64_t, std::int64_t>> seen_;
  std::size_t count_ = 0;  // with those that are told already
};

void take_support(const Support& support, const std::vector<Source>& sources, AnswerText& text,
                  Citations& out) {
  const AnswerText::Range range =
      text.find(support.part, support.begin, support.end, support.text.decode());
  json::Cursor cursor(support.sources);
  each_element(cursor, [&] {
    const std::int64_t index = read_integer(cursor, -1);
    if (index >= 0 && index < std::ssize(sources)) {
      out.take(sources[static_cast<std::size_t>(index)], range);
    }
  });
}

}  // namespace

bool read_grounding(std::string_view metadata, std::uint32_t choice, AnswerText& text,
                    chat::EventSink& sink) {
  std::string_view chunks;
  std::string_view supports;
  json::Cursor cursor(metadata);
  each_member(cursor, [&](const json::String& key) {
    if (key.equals("groundingChunks")) {
      cursor.skip_value(chunks);
    } else if (key.equals("groundingSupports")) {
      cursor.skip_value(supports);
    } else {
      cursor.skip_value();
    }
  });
  std::vector<Source> sources;
  if (!read_sources(chunks, sources)) {
    return false;
  }
  Citations citations(choice, sink);
  std::size_t count = 0;
  json::Cursor list(supports);
  each_element(list, [&] {
    if (++count > kMaxSources || citations.too_many()) {
      list.skip_value();
    } else {
      take_support(read_support(list), sources, text, citations);
    }
  });
  // Sources of the whole answer, when nothing is said of its parts.
  if (count == 0 && !sources.empty()) {
    const std::int64_t end = text.size();
    for (const Source& source : sources) {
      citations.take(source, {end, end});
    }
  }
  return count <= kMaxSources && !citations.too_many();
}

bool read_citations(std::string_view metadata, std::uint32_t choice, AnswerText& text,
                    chat::EventSink& sink) {
  Citations out(choice, sink);
  const auto read_one = [&](json::Cursor& cursor) {
    Source source;
    Support range;
    each_member(cursor, [&](const json::String& key) {
      if (key.equals("uri")) {
        read_text(cursor, source.url);
      } else if (key.equals("title")) {
        read_text(cursor, source.title);
      } else if (key.equals("startIndex")) {
        range.begin = read_integer(cursor, 0);
      } else if (key.equals("endIndex")) {
        range.end = read_integer(cursor, 0);
      } else {
        cursor.skip_value();
      }
    });
    if (out.claim(source, range.begin, range.end)) {
      out.tell(source, text.find(0, range.begin, range.end, ""));
    }
  };
  json::Cursor cursor(metadata);
  each_member(cursor, [&](const json::String& key) {
    if (key.equals("citationSources") || key.equals("citations")) {
      each_element(cursor, [&] { read_one(cursor); });
    } else {
      cursor.skip_value();
    }
  });
  return !out.too_many();
}

}  // namespace llmproxy::gemini
