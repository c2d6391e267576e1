#include "dialects/gemini/grounding.h"

#include "json/lenient.h"

#include <set>
#include <string>
#include <utility>
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
  std::vector<std::int64_t> sources;
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
      each_element(cursor, [&] { support.sources.push_back(read_integer(cursor, -1)); });
    } else {
      cursor.skip_value();
    }
  });
  return support;
}

}  // namespace

void read_grounding(std::string_view metadata, std::uint32_t choice, AnswerText& text,
                    chat::EventSink& sink) {
  std::vector<Source> sources;
  std::vector<Support> supports;
  json::Cursor cursor(metadata);
  each_member(cursor, [&](const json::String& key) {
    if (key.equals("groundingChunks")) {
      each_element(cursor, [&] { sources.push_back(read_source(cursor)); });
    } else if (key.equals("groundingSupports")) {
      each_element(cursor, [&] { supports.push_back(read_support(cursor)); });
    } else {
      cursor.skip_value();
    }
  });
  // A source without an address, as files in a store are, is in the metadata alone.
  const auto cite = [&](const Source& source, AnswerText::Range range) {
    if (!source.url.empty()) {
      sink.take(chat::Citation{choice, source.url, source.title, range.begin, range.end});
    }
  };
  for (const Support& support : supports) {
    const AnswerText::Range range =
        text.find(support.part, support.begin, support.end, support.text.decode());
    for (const std::int64_t index : support.sources) {
      if (index >= 0 && index < std::ssize(sources)) {
        cite(sources[static_cast<std::size_t>(index)], range);
      }
    }
  }
  // Sources of the whole answer, when nothing is said of its parts.
  if (supports.empty() && !sources.empty()) {
    const std::int64_t end = text.size();
    for (const Source& source : sources) {
      cite(source, {end, end});
    }
  }
}

void read_citations(std::string_view metadata, std::uint32_t choice, AnswerText& text,
                    chat::EventSink& sink) {
  // Sources repeat many times, and some are empty.
  std::set<std::string> seen;
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
    std::string identity(source.url.raw);
    identity.append(" ")
        .append(std::to_string(range.begin))
        .append("-")
        .append(std::to_string(range.end));
    if (seen.insert(std::move(identity)).second && !source.url.empty()) {
      const AnswerText::Range found = text.find(0, range.begin, range.end, "");
      sink.take(chat::Citation{choice, source.url, source.title, found.begin, found.end});
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
}

}  // namespace llmproxy::gemini
