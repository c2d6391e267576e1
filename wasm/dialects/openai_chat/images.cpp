#include "dialects/openai_chat/images.h"

#include "base/text.h"
#include "chat/by_choice.h"
#include "dialects/openai_chat/absent_output.h"
#include "dialects/openai_chat/error_body.h"
#include "dialects/openai_chat/field_reader.h"
#include "dialects/openai_chat/reply_parts.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace llmproxy::openai_chat {
namespace {

using json::Kind;

// What image models are asked for in place of pixels.
// https://ai.google.dev/gemini-api/docs/image-generation#aspect_ratios
struct Ratio {
  std::string_view name;
  double value;
};
constexpr std::array kRatios = std::to_array<Ratio>({
    {"1:1", 1.0},
    {"2:3", 2.0 / 3},
    {"3:2", 1.5},
    {"3:4", 0.75},
    {"4:3", 4.0 / 3},
    {"4:5", 0.8},
    {"5:4", 1.25},
    {"9:16", 9.0 / 16},
    {"16:9", 16.0 / 9},
    {"21:9", 21.0 / 9},
});

// How many times wider or taller the one shape is than the other.
constexpr double stretch(double a, double b) {
  return std::max(a / b, b / a);
}

class ImageReader {
 public:
  ImageReader(std::string_view body, chat::Request& out) : fields_(body), out_(out) {}

  Status read() {
    return fields_.read_document([&](const json::String& key) { return member(key); },
                                 [&] { finish(); });
  }

 private:
  bool member(const json::String& key) {
    chat::Text text;
    if (key.equals("model")) {
      return fields_.read_model(out_.model);
    }
    if (key.equals("prompt")) {
      return fields_.read(prompt_, "prompt", kMaxJoinedText);
    }
    if (key.equals("n")) {
      return count();
    }
    if (key.equals("size")) {
      return size();
    }
    if (key.equals("response_format")) {
      // An address would need a place to keep the image, and nothing is kept here.
      const bool read = fields_.read(text, "response_format");
      return read && (!text.equals("url") ||
                      fields_.fail(ErrorCode::unsupported_value,
                                   "Invalid 'response_format': images are available as 'b64_json'.",
                                   "response_format"));
    }
    if (key.equals("stream") && fields_.cursor().kind() == Kind::boolean) {
      bool stream = false;
      fields_.read(stream, "stream");
      return !stream ||
             fields_.fail(ErrorCode::unsupported_value,
                          "Invalid 'stream': images of this supplier come whole.", "stream");
    }
    std::string_view value;
    const bool read = fields_.read_raw(value);
    // More of them than a header names are not kept.
    if (value != "null" && value != "\"auto\"" && out_.others.size() < kMaxUnknownFields) {
      out_.others.push_back({out_.storage.emplace_back(key.decode()), value});
    }
    return read;
  }

  bool count() {
    std::optional<std::int64_t> count;
    if (!fields_.read(count, "n")) {
      return false;
    }
    if (count.value_or(1) < 1 || count.value_or(1) > 10) {
      return fields_.fail(ErrorCode::invalid_value,
                          "Invalid 'n': expected an integer between 1 and 10.", "n");
    }
    out_.sampling.choices = static_cast<std::uint32_t>(count.value_or(1));
    return true;
  }

  // "1536x1024": the nearest ratio, and the resolution by the longer side.
  bool size() {
    chat::Text text;
    if (!fields_.read(text, "size", kMaxName) || text.empty() || text.equals("auto")) {
      return fields_.good();
    }
    out_.vendor_fields.clear();
    const std::string size = text.decode();
    const std::size_t x = size.find('x');
    const auto width = parse_integer(std::string_view(size).substr(0, x));
    const auto height =
        x == std::string::npos ? std::nullopt : parse_integer(std::string_view(size).substr(x + 1));
    if (width.value_or(0) < 1 || height.value_or(0) < 1 || *width > 16384 || *height > 16384) {
      return fields_.fail(ErrorCode::invalid_value,
                          "Invalid 'size': expected 'auto' or a size like '1024x1024'.", "size");
    }
    const double wanted = static_cast<double>(*width) / static_cast<double>(*height);
    const Ratio* best = kRatios.data();
    for (const Ratio& ratio : kRatios) {
      if (stretch(ratio.value, wanted) < stretch(best->value, wanted)) {
        best = &ratio;
      }
    }
    const std::int64_t edge = std::max(*width, *height);
    const std::string_view resolution = edge > 3000 ? "4K" : edge > 1900 ? "2K" : "";
    out_.vendor_fields.push_back(
        {"google",
         {"image_config", false},
         out_.storage.emplace_back(concat(
             {"{\"aspect_ratio\":\"", best->name, "\"",
              resolution.empty() ? "" : concat({",\"image_size\":\"", resolution, "\""}), "}"})),
         "size"});
    return true;
  }

  bool finish() {
    if (out_.model.empty()) {
      return fields_.fail_missing_model();
    }
    if (prompt_.empty()) {
      return fields_.fail_missing("prompt");
    }
    out_.modalities.image = true;
    out_.parts.emplace_back(chat::TextPart{prompt_});
    out_.messages.push_back({chat::Role::user, 0, out_.from(0)});
    return true;
  }

  FieldReader fields_;
  chat::Request& out_;
  chat::Text prompt_;
};

class ImageWriter final : public chat::ReplyWriter {
 public:
  ImageWriter(std::uint32_t wanted, const ReplyOptions& options, Buffer& out)
      : created_(options.created), wanted_(wanted), strict_(options.strict), out_(out) {}

  void keep_alive() override {}
  void fail(const Error& error) override { write_error(error, out_); }
  void take(const chat::Event& event) override {
    if (const auto* media = std::get_if<chat::Media>(&event)) {
      take_media(*media, choices_[media->choice]);
    } else if (const auto* usage = std::get_if<chat::Usage>(&event)) {
      chat::add_usage(usage_, *usage);
    } else if (const auto* delta = std::get_if<chat::TextDelta>(&event)) {
      choices_[delta->choice].absent.take(event);
    } else if (const auto* refusal = std::get_if<chat::Refusal>(&event)) {
      choices_[refusal->choice].absent.take(event);
    } else if (const auto* finish = std::get_if<chat::Finish>(&event)) {
      choices_[finish->choice].absent.take(event);
    }
  }
  void lose(std::uint32_t choice, const Error& error) override { choices_[choice].loss = error; }
  std::optional<Error> absence() const override {
    for (const auto& [number, choice] : choices_) {
      if (!choice.has_image && (count_ == 0 || strict_)) {
        return choice.loss ? *choice.loss : choice.absent.error(name(number));
      }
    }
    if (count_ == 0) {
      return AbsentOutput().error("image");
    }
    return strict_ && count_ < wanted_
               ? std::optional(Error{ErrorCode::other_answer, shortfall(), "n"})
               : std::nullopt;
  }
  void name_changes(chat::Changes& changes) const override {
    if (count_ < wanted_) {
      changes.add("n", chat::Reason::clamped);
    }
  }
  void end() override {
    out_.append(concat({"{\"created\":", std::to_string(created_), ",\"data\":["}));
    out_.append(images_.view());
    out_.append("]");
    const std::size_t slash = format_.find('/');
    if (slash != std::string::npos) {
      out_.append(concat({",\"output_format\":\"",
                          json::escape(std::string_view(format_).substr(slash + 1)), "\""}));
    }
    if (usage_) {
      out_.append(concat({",\"usage\":{\"input_tokens\":", std::to_string(usage_->prompt),
                          ",\"input_tokens_details\":{\"text_tokens\":",
                          std::to_string(usage_->prompt - usage_->image_prompt),
                          ",\"image_tokens\":", std::to_string(usage_->image_prompt), "}",
                          ",\"output_tokens\":", std::to_string(usage_->completion),
                          ",\"total_tokens\":", std::to_string(usage_->total), "}"}));
    }
    if (count_ < wanted_) {
      write_warnings();
    }
    out_.append("}");
  }

 private:
  struct Choice {
    AbsentOutput absent;
    std::optional<Error> loss;
    bool has_image = false;
  };

  std::string name(std::uint32_t number) const {
    return wanted_ > 1 ? concat({"image ", std::to_string(number + 1)}) : "image";
  }
  // Where every answer that came has an image, and too few came.
  std::string shortfall() const {
    return concat(
        {"The model gave ", std::to_string(count_), " of ", std::to_string(wanted_), " images."});
  }
  void take_media(const chat::Media& media, Choice& choice) {
    if (!is_image(media)) {
      choice.absent.take_other(media_type(media));
      return;
    }
    images_.append(count_ > 0 ? ",{\"b64_json\":\"" : "{\"b64_json\":\"");
    images_.append(media.base64.raw);
    images_.append("\"}");
    format_ = media_type(media);
    choice.has_image = true;
    ++count_;
  }
  // Of several images some are there, and it is not known to the client why the others are not.
  // OpenAI has no member for that.
  void write_warnings() {
    std::string list;
    for (const auto& [number, choice] : choices_) {
      if (!choice.has_image) {
        const std::string why =
            choice.loss ? concat({"There is no ", name(number), ". ", choice.loss->message})
                        : choice.absent.error(name(number)).message;
        list.append(concat({list.empty() ? "\"" : ",\"", json::escape(why), "\""}));
      }
    }
    out_.append(",\"warnings\":[");
    out_.append(list.empty() ? concat({"\"", shortfall(), "\""}) : list);
    out_.append("]");
  }

  std::int64_t created_;
  std::uint32_t wanted_;
  bool strict_;
  std::uint32_t count_ = 0;
  Buffer& out_;
  Buffer images_;
  chat::ByChoice<Choice> choices_;
  std::string format_;
  std::optional<chat::Usage> usage_;
};

}  // namespace

Status read_image_request(std::string_view body, chat::Request& out) {
  return ImageReader(body, out).read();
}

std::unique_ptr<chat::ReplyWriter> make_image_writer(std::uint32_t wanted,
                                                     const ReplyOptions& options, Buffer& out) {
  return std::make_unique<ImageWriter>(wanted, options, out);
}

}  // namespace llmproxy::openai_chat
