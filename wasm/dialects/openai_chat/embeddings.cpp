#include "dialects/openai_chat/embeddings.h"

#include "base/base64.h"
#include "base/text.h"
#include "dialects/openai_chat/field_reader.h"
#include "dialects/openai_chat/vendor_fields.h"
#include "json/cursor.h"

#include <cmath>
#include <cstring>
#include <optional>
#include <utility>

namespace llmproxy::openai_chat {
namespace {

using json::Kind;

class EmbeddingsReader {
 public:
  EmbeddingsReader(std::string_view body, chat::EmbeddingsRequest& out)
      : fields_(body), out_(out) {}

  Status read() {
    return fields_.read_document([&](const json::String& key) { return member(key); },
                                 [&] { check(); });
  }

 private:
  bool member(const json::String& key) {
    if (key.equals("model")) {
      return fields_.read_model(out_.model);
    }
    if (key.equals("input")) {
      return input();
    }
    if (key.equals("dimensions")) {
      return fields_.read(out_.dimensions, "dimensions");
    }
    if (key.equals("encoding_format")) {
      return encoding_format();
    }
    if (key.equals("extra_body") || key.equals("google") || key.equals("task_type")) {
      return vendor(key);
    }
    std::string_view value;
    const bool read = fields_.read_raw(value);
    if (value != "null" && out_.dropped.size() < kMaxNamedChanges) {
      out_.dropped.push_back(key.decode());
    }
    return read;
  }

  bool input() {
    const Kind kind = fields_.cursor().kind();
    out_.inputs.clear();  // of two members with one name the second one counts
    if (kind == Kind::string) {
      return fields_.read(out_.inputs.emplace_back(), "input");
    }
    if (kind != Kind::array) {
      return fields_.fail_type("input", "a string or an array of strings");
    }
    return fields_.read_elements("input", kMaxInputs, [&](const FieldPath& at, std::size_t) {
      if (fields_.cursor().kind() != Kind::string) {
        return fields_.fail(ErrorCode::unsupported_value,
                            "Invalid 'input': this supplier takes text; tokens mean nothing to it. "
                            "(LangChain sends tokens unless check_embedding_ctx_length is False.)",
                            "input");
      }
      return fields_.read(out_.inputs.emplace_back(), at);
    });
  }

  bool encoding_format() {
    chat::Text format;
    if (!fields_.read(format, "encoding_format")) {
      return false;
    }
    out_.base64 = format.equals("base64");
    if (!out_.base64 && !format.empty() && !format.equals("float")) {
      return fields_.fail(ErrorCode::invalid_value,
                          "Invalid 'encoding_format': supported values are 'float' and 'base64'.",
                          "encoding_format");
    }
    return true;
  }

  bool vendor(const json::String& key) {
    chat::Request request;
    VendorFieldReader reader(fields_, request);
    bool found = false;
    const bool read = key.equals("extra_body") ? reader.read_extra_body()
                      : key.equals("google")   ? reader.read_google("google")
                                               : reader.read_top_level(key, found);
    for (const chat::VendorField& field : request.vendor_fields) {
      if (field.name.equals("task_type")) {
        out_.task_type = field.value;
      } else if (out_.dropped.size() < kMaxNamedChanges) {
        out_.dropped.push_back(field.param);
      }
    }
    out_.dropped.insert(out_.dropped.end(), request.dropped.begin(), request.dropped.end());
    return read;
  }

  bool check() {
    if (out_.model.empty()) {
      return fields_.fail_missing_model();
    }
    if (out_.inputs.empty()) {
      return fields_.fail_missing("input");
    }
    for (const json::String& input : out_.inputs) {
      if (input.empty()) {
        return fields_.fail(ErrorCode::invalid_value, "Invalid 'input': a text is empty.", "input");
      }
    }
    if (out_.dimensions.value_or(1) < 1) {
      return fields_.fail(ErrorCode::invalid_value,
                          "Invalid 'dimensions': expected a value above 0.", "dimensions");
    }
    return true;
  }

  FieldReader fields_;
  chat::EmbeddingsRequest& out_;
};

std::vector<double> parse(const std::vector<std::string_view>& values) {
  std::vector<double> out;
  out.reserve(values.size());
  for (const std::string_view value : values) {
    out.push_back(json::approximate(value));
  }
  return out;
}

// Brings a vector to length 1; false, and nothing is changed, when it has no length.
bool normalise(std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) {
    sum += value * value;
  }
  if (!(sum > 0) || !std::isfinite(sum)) {
    return false;
  }
  const double length = std::sqrt(sum);
  for (double& value : values) {
    value /= length;
  }
  return true;
}

// Float32, the low byte first: what the SDKs ask for when nobody says otherwise.
void write_base64(const std::vector<double>& values, Buffer& out) {
  std::string bytes;
  bytes.reserve(values.size() * 4);
  for (const double value : values) {
    const auto number = static_cast<float>(value);
    std::uint32_t bits = 0;
    std::memcpy(&bits, &number, sizeof bits);
    for (unsigned shift = 0; shift < 32; shift += 8) {
      bytes.push_back(static_cast<char>((bits >> shift) & 0xFFU));
    }
  }
  encode_base64(bytes, out);
}

// A number from -1 to 1 with nine significant digits: as many as float32 values are told apart by.
// https://en.cppreference.com/w/cpp/types/numeric_limits/max_digits10
std::string write_decimal(double value) {
  double scaled = std::abs(value);
  std::size_t decimals = 0;
  for (; scaled != 0 && scaled < 1e8; scaled *= 10) {
    ++decimals;
  }
  std::int64_t number = std::llround(scaled);
  for (; decimals > 0 && number % 10 == 0; number /= 10) {
    --decimals;
  }
  std::string digits = std::to_string(number);
  if (digits.size() <= decimals) {
    digits.insert(0, decimals + 1 - digits.size(), '0');
  }
  if (decimals > 0) {
    digits.insert(digits.size() - decimals, ".");
  }
  return value < 0 ? "-" + digits : digits;
}

}  // namespace

Status read_embeddings_request(std::string_view body, chat::EmbeddingsRequest& out) {
  return EmbeddingsReader(body, out).read();
}

void EmbeddingsWriter::add(const std::vector<std::string_view>& values) {
  out_.append(count_ == 0 ? "{\"object\":\"list\",\"data\":[" : ",");
  out_.append(concat(
      {"{\"object\":\"embedding\",\"index\":", std::to_string(count_++), ",\"embedding\":"}));
  std::vector<double> numbers;
  if (request_.base64 || request_.dimensions) {
    numbers = parse(values);
  }
  const bool changed = request_.dimensions && normalise(numbers);
  if (request_.base64) {
    out_.append("\"");
    write_base64(numbers, out_);
    out_.append("\"}");
    return;
  }
  out_.append("[");
  for (std::size_t i = 0; i < values.size(); ++i) {
    out_.append(i == 0 ? "" : ",");
    out_.append(changed ? write_decimal(numbers[i]) : values[i]);
  }
  out_.append("]}");
}

void EmbeddingsWriter::end(std::int64_t tokens) {
  const std::string count = std::to_string(tokens);
  out_.append(
      concat({"],\"model\":\"", json::escape(request_.model),
              "\",\"usage\":{\"prompt_tokens\":", count, ",\"total_tokens\":", count, "}}"}));
}

void write_model(const chat::ModelInfo& model, std::string_view owner, Buffer& out) {
  out.append(concat({"{\"id\":\"", model.id,
                     "\",\"object\":\"model\",\"created\":", std::to_string(model.created),
                     ",\"owned_by\":\"", model.owner.empty() ? owner : model.owner, "\"}"}));
}

void write_models(const std::vector<chat::ModelInfo>& models, std::string_view owner, Buffer& out) {
  out.append("{\"object\":\"list\",\"data\":[");
  for (std::size_t i = 0; i < models.size(); ++i) {
    out.append(i == 0 ? "" : ",");
    write_model(models[i], owner, out);
  }
  out.append("]}");
}

}  // namespace llmproxy::openai_chat
