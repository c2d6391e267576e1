#include "dialects/gemini/downgrade.h"

#include "base/text.h"
#include "dialects/gemini/downgrade_text.h"
#include "json/lenient.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace llmproxy::gemini {
namespace {

// FNV-1a. http://www.isthe.com/chongo/tech/comp/fnv/
class Fingerprint {
 public:
  void add(std::string_view text) {
    for (const char c : text) {
      add_byte(static_cast<unsigned char>(c));
    }
    add_byte(0xFF);  // in no UTF-8: where one text ends
    added_ = added_ || !text.empty();
  }
  // 0 when nothing was added.
  std::uint64_t value(std::string_view key) {
    const bool added = added_;
    add(key);
    return added ? value_ : 0;
  }

 private:
  void add_byte(unsigned char byte) { value_ = (value_ ^ byte) * 0x100000001B3U; }

  std::uint64_t value_ = 0xCBF29CE484222325U;
  bool added_ = false;
};

std::string_view signature_of(const chat::Part& part) {
  if (const auto* call = std::get_if<chat::ToolCallPart>(&part)) {
    return call->signature.raw;
  }
  if (const auto* text = std::get_if<chat::TextPart>(&part)) {
    return text->signature.raw;
  }
  const auto* vendor = std::get_if<chat::VendorPart>(&part);
  return vendor != nullptr ? vendor->value : std::string_view();
}

std::string_view url_of(const chat::Part& part) {
  const auto* media = std::get_if<chat::MediaPart>(&part);
  return media != nullptr ? media->url.raw : std::string_view();
}

// What is unsigned: the beginning is enough to tell one picture from another.
std::string_view unsigned_of(const chat::Part& part) {
  constexpr std::size_t kEnough = 4096;
  if (const auto* text = std::get_if<chat::TextPart>(&part)) {
    return text->text.raw.substr(0, kEnough);
  }
  if (const auto* call = std::get_if<chat::ToolCallPart>(&part)) {
    return call->arguments.substr(0, kEnough);
  }
  const auto* media = std::get_if<chat::MediaPart>(&part);
  return media != nullptr ? media->base64.raw.substr(0, kEnough) : std::string_view();
}

std::string_view subject_in(Feature feature, const chat::Message& message, const chat::Part& part) {
  if (feature == Feature::media_url) {
    return url_of(part);
  }
  if (message.role != chat::Role::assistant) {
    return {};
  }
  return feature == Feature::missing_signature ? unsigned_of(part) : signature_of(part);
}

// The first signature, what the model said first, or the first address.
std::string_view first_of(Feature feature, const chat::Request& request) {
  for (const chat::Message& message : request.messages) {
    for (const chat::Part& part : request.in(message.parts)) {
      const std::string_view found = subject_in(feature, message, part);
      if (!found.empty()) {
        return found;
      }
    }
  }
  return {};
}

struct Violation {
  std::string field;
  std::string description;
};

// google.rpc.Status, and its BadRequest.
// https://github.com/googleapis/googleapis/blob/master/google/rpc/error_details.proto
struct Complaint {
  std::string message;
  std::vector<Violation> violations;
};

// More of them would be about the same field.
constexpr std::size_t kMaxViolations = 16;

std::string decode_text(json::Cursor& cursor) {
  json::String text;
  read_text(cursor, text);
  return text.decode();
}

void read_violation(json::Cursor& cursor, Complaint& out) {
  Violation violation;
  each_member(cursor, [&](const json::String& key) {
    if (key.equals("field")) {
      violation.field = decode_text(cursor);
    } else if (key.equals("description")) {
      violation.description = decode_text(cursor);
    } else {
      cursor.skip_value();
    }
  });
  if (out.violations.size() < kMaxViolations) {
    out.violations.push_back(std::move(violation));
  }
}

void read_detail(json::Cursor& cursor, Complaint& out) {
  each_member(cursor, [&](const json::String& key) {
    if (key.equals("fieldViolations")) {
      each_element(cursor, [&] { read_violation(cursor, out); });
    } else {
      cursor.skip_value();
    }
  });
}

void read_error_member(json::Cursor& cursor, Complaint& out) {
  each_member(cursor, [&](const json::String& key) {
    if (key.equals("message")) {
      out.message = decode_text(cursor);
    } else if (key.equals("details")) {
      each_element(cursor, [&] { read_detail(cursor, out); });
    } else {
      cursor.skip_value();
    }
  });
}

Complaint read_complaint(std::string_view body) {
  Complaint out;
  json::Cursor cursor(body);
  const auto read_body = [&] {
    each_member(cursor, [&](const json::String& key) {
      if (key.equals("error")) {
        read_error_member(cursor, out);
      } else {
        cursor.skip_value();
      }
    });
  };
  if (cursor.kind() == json::Kind::array) {
    each_element(cursor, read_body);
  } else {
    read_body();
  }
  return out;
}

// What a line of a message says, and of which field.
struct Line {
  bool has_path = false;
  std::string path;
  std::string_view text;
};

std::string_view between(std::string_view text, std::string_view open, char close) {
  const std::size_t begin = text.find(open);
  if (begin == std::string_view::npos) {
    return {};
  }
  text.remove_prefix(begin + open.size());
  return text.substr(0, text.find(close));
}

// The place stands last, and a name before it may hold anything.
std::string_view place_in(std::string_view line) {
  if (const std::size_t quoted = line.rfind(" at '"); quoted != std::string_view::npos) {
    return between(line.substr(quoted), "'", '\'');
  }
  // Relays leave the quotes out.
  const std::size_t bare = line.rfind("\" at ");
  return bare == std::string_view::npos ? std::string_view()
                                        : between(line.substr(bare), " at ", ':');
}

// `* GenerateContentRequest.contents[0].parts[1]: …`,
// `Invalid JSON payload received. Unknown name "topK" at 'generation_config': Cannot find field.`,
// `Invalid value at 'generation_config.top_k' (TYPE_INT32), …`
Line read_line(std::string_view line) {
  constexpr std::string_view kPath = "* GenerateContentRequest.";
  if (line.starts_with(kPath)) {
    const std::size_t end = std::min(line.find(": "), line.size());
    const std::size_t begin = std::min(end + 2, line.size());
    return {true, std::string(line.substr(kPath.size(), end - kPath.size())), line.substr(begin)};
  }
  const bool unknown = line.starts_with("Invalid JSON payload received. Unknown name \"");
  if (!unknown && !line.starts_with("Invalid value at '")) {
    return {false, {}, line};
  }
  const std::string_view place = unknown ? place_in(line) : between(line, " at '", '\'');
  if (!unknown) {
    return {true, std::string(place), line};
  }
  const std::string_view name = between(line, "Unknown name \"", '"');
  return {true, concat({place, place.empty() ? "" : ".", name}), line};
}

std::optional<Downgrade> find_in_violations(const Complaint& complaint, bool& has_path) {
  for (const Violation& violation : complaint.violations) {
    if (violation.field.empty()) {
      continue;
    }
    has_path = true;
    const std::string_view text =
        violation.description.empty() ? complaint.message : violation.description;
    std::string path = violation.field;
    if (contains(text, "Unknown name \"")) {
      path.append(".").append(between(text, "Unknown name \"", '"'));
    }
    if (auto found = find_by_path(path, text)) {
      return found;
    }
  }
  return std::nullopt;
}

std::optional<Downgrade> find_in_lines(std::string_view message, bool& has_path) {
  // One of several lines may be a name of the caller's with line breaks in it: of a model it tells
  // nothing that others should hear.
  message = trim(message);
  const bool only = message.find('\n') == std::string_view::npos;
  while (!message.empty()) {
    const std::size_t end = std::min(message.find('\n'), message.size());
    const Line line = read_line(message.substr(0, end));
    has_path = has_path || line.has_path;
    if (line.has_path) {
      if (auto found = find_by_path(line.path, line.text)) {
        found->of_model = found->of_model && only;
        return found;
      }
    }
    message.remove_prefix(std::min(end + 1, message.size()));
  }
  return std::nullopt;
}

}  // namespace

std::optional<Downgrade> find_downgrade(int status, std::string_view body) {
  if (status != 400) {
    return std::nullopt;
  }
  const Complaint complaint = read_complaint(body);
  bool has_path = false;
  if (auto found = find_in_violations(complaint, has_path)) {
    return found;
  }
  if (auto found = find_in_lines(complaint.message, has_path)) {
    return found;
  }
  // A field that has no smaller form: words would only be names in it.
  if (has_path) {
    return std::nullopt;
  }
  if (auto found = find_by_sentence(complaint.message)) {
    return found;
  }
  return find_by_words(complaint.message);
}

bool is_of_request(Feature feature) {
  return feature == Feature::json_schema || feature == Feature::media_url ||
         feature == Feature::missing_signature || feature == Feature::invalid_signature;
}

std::uint64_t subject_of(Feature feature, const chat::Request& request, std::string_view key) {
  Fingerprint subject;
  if (feature == Feature::json_schema) {
    subject.add(request.format.schema);
    for (const chat::Tool& tool : request.tools) {
      subject.add(tool.parameters);
    }
  } else if (is_of_request(feature)) {
    subject.add(first_of(feature, request));
  }
  return subject.value(key);
}

}  // namespace llmproxy::gemini
