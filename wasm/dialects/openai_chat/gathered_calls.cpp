#include "dialects/openai_chat/gathered_calls.h"

#include "base/limits.h"
#include "base/text.h"
#include "json/lenient.h"

#include <utility>

namespace llmproxy::openai_chat {

using json::Kind;

struct GatheredCalls::Piece {
  std::int64_t index = -1;
  chat::Text id;
  chat::Text name;
  chat::Text input;       // arguments, or the text for a custom tool
  std::string_view json;  // arguments that are no string, which some suppliers send
  bool custom = false;
  bool begins = false;  // no call that is there can be meant
};

namespace {

// What the model wrote may be empty, no object, or no JSON. What is not an object is kept under
// "input", as where such a call comes back in a history.
void as_object(Buffer& arguments) {
  const std::string_view value = trim(arguments.view());
  json::Cursor inner(value);
  const Kind kind = inner.kind();
  const bool is_json = inner.skip_value() && inner.at_end();
  if (is_json && kind == Kind::object) {
    return;
  }
  Buffer out;
  if (value.empty() || value == "null") {
    out.append("{}");
  } else {
    out.append("{\"input\":");
    if (is_json) {
      out.append(value);
    } else {
      out.append("\"");
      json::escape(arguments.view(), out);
      out.append("\"");
    }
    out.append("}");
  }
  arguments = std::move(out);
}

}  // namespace

void GatheredCalls::read_list(json::Cursor& cursor, bool whole) {
  each_element(cursor, [&] { read_call(cursor, whole); });
}

void GatheredCalls::read_call(json::Cursor& cursor, bool whole) {
  Piece piece;
  each_member(cursor, [&](const json::String& key) {
    if (key.equals("index")) {
      piece.index = read_integer(cursor, -1);
    } else if (key.equals("id")) {
      read_text(cursor, piece.id);
    } else if (key.equals("function") || key.equals("custom")) {
      piece.custom = key.equals("custom");
      read_function(cursor, piece);
    } else {
      cursor.skip_value();
    }
  });
  piece.begins = whole || (piece.index < 0 && piece.id.empty() && !piece.name.empty());
  add(piece);
}

void GatheredCalls::read_old(json::Cursor& cursor) {
  Piece piece;
  piece.index = 0;
  read_function(cursor, piece);
  if (!piece.name.empty() || !piece.input.empty() || !piece.json.empty()) {
    add(piece);
  }
}

void GatheredCalls::read_function(json::Cursor& cursor, Piece& piece) {
  each_member(cursor, [&](const json::String& key) {
    if (key.equals("name")) {
      read_text(cursor, piece.name);
    } else if (!key.equals("arguments") && !key.equals("input")) {
      cursor.skip_value();
    } else if (cursor.kind() == Kind::object) {
      cursor.skip_value(piece.json);
    } else {
      read_text(cursor, piece.input);
    }
  });
}

// A piece belongs to the call of its index. Suppliers that send calls whole leave the index out, or
// give all of them the same one: then another id is another call.
GatheredCalls::Call& GatheredCalls::find(const Piece& piece) {
  const auto is_same = [&](const Call& call) {
    return (piece.index < 0 || call.index == piece.index) &&
           (piece.id.empty() || call.id.empty() || call.id == piece.id.raw);
  };
  // Where there are several of one index, the last one is under way.
  for (auto call = calls_.rbegin(); call != calls_.rend() && !piece.begins; ++call) {
    if (is_same(*call)) {
      return *call;
    }
  }
  ++count_;
  Call& call = calls_.emplace_back();
  call.index = piece.index;
  return call;
}

void GatheredCalls::add(const Piece& piece) {
  if (count_ > kMaxCallsOfReply || piece.id.raw.size() > kMaxId ||
      piece.name.raw.size() > kMaxName) {
    size_ = kMaxKeptOfReply + 1;
    return;
  }
  Call& call = find(piece);
  const auto keep = [&](const chat::Text& text, std::string& out) {
    if (out.empty()) {
      out = text.raw;
      size_ += out.size();
    }
  };
  keep(piece.id, call.id);
  keep(piece.name, call.name);
  call.custom = call.custom || piece.custom;
  const std::size_t before = call.input.size();
  call.input.append(piece.input.raw);
  if (!piece.json.empty()) {
    json::escape(piece.json, call.input);
  }
  size_ += call.input.size() - before;
}

bool GatheredCalls::emit(std::uint32_t choice, chat::EventSink& sink) {
  for (Call& call : calls_) {
    const chat::Text raw{call.input.view(), true};
    chat::ToolCall event{choice, {call.id, true}, {call.name, true}, "{}", {}};
    Buffer arguments;
    if (call.custom) {
      event.input = raw;
    } else {
      json::decode(raw, arguments);
      as_object(arguments);
      event.arguments = arguments.view();
    }
    if (call.input.failed() || arguments.failed()) {
      return false;
    }
    sink.take(event);
  }
  calls_.clear();
  size_ = 0;
  return true;
}

}  // namespace llmproxy::openai_chat
