#include "dialects/openai_chat/answer_images.h"

#include "dialects/openai_chat/data_url.h"
#include "dialects/openai_chat/part_reader.h"
#include "dialects/openai_chat/signature_reader.h"
#include "json/lenient.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

namespace llmproxy::openai_chat {
namespace {

using chat::Text;
using json::Kind;

struct Draft {
  Text source;  // a URL, or the bytes themselves
  Text type;
  Text detail;
  Text signature;
};

class Reader {
 public:
  Reader(FieldReader& fields, chat::Request& request) : fields_(fields), request_(request) {}

  // False when the value at the cursor is no image that can be used.
  bool read(Draft& draft, const FieldPath& at) {
    if (fields_.cursor().try_read_string(draft.source)) {
      return true;
    }
    if (fields_.cursor().kind() != Kind::object) {
      fields_.cursor().skip_value();
      return false;
    }
    json::each_member(fields_.cursor(),
                      [&](const json::String& key) { read_member(key, draft, at); });
    return true;
  }

  bool finish(Draft& draft, std::size_t index, std::vector<chat::Part>& images) {
    chat::MediaPart image;
    image.part = static_cast<std::uint32_t>(index);
    image.of_answer = true;
    image.signature = draft.signature;
    image.detail = draft.detail;
    if (is_web_url(draft.source)) {
      image.url = draft.source;
    } else {
      std::optional<DataUrl> data = is_data_url(draft.source)
                                        ? parse_data_url(draft.source)
                                        : DataUrl{type_of_bytes(draft), draft.source};
      if (!data || data->base64.empty() || !data->mime_type.starts_with("image/")) {
        return false;
      }
      image.base64 = data->base64;
      image.mime_type = request_.storage.emplace_back(std::move(data->mime_type));
    }
    if (image.url.raw.size() > kMaxLink) {
      return false;
    }
    images.emplace_back(image);
    return true;
  }

 private:
  void read_member(const json::String& key, Draft& draft, const FieldPath& at) {
    const bool has_object = key.equals("image_url") || key.equals("image") || key.equals("source");
    if (has_object && fields_.cursor().kind() == Kind::object) {
      const FieldPath inside(at, key.raw);
      json::each_member(fields_.cursor(),
                        [&](const json::String& member) { read_field(member, draft, inside); });
      return;
    }
    bool found = false;
    SignatureReader(fields_).read_of_part(key, draft.signature, found);
    if (!found) {
      read_field(key, draft, at);
    }
  }

  void read_field(const json::String& key, Draft& draft, const FieldPath& at) {
    const auto is_one_of = [&key](std::initializer_list<std::string_view> names) {
      return std::any_of(names.begin(), names.end(),
                         [&key](std::string_view name) { return key.equals(name); });
    };
    if (is_one_of({"url", "b64_json", "data", "image_url", "image"})) {
      Text source;
      json::read_text(fields_.cursor(), source);
      // {"url": null, "b64_json": …}
      draft.source = source.empty() ? draft.source : source;
    } else if (is_one_of({"mime_type", "media_type"})) {
      json::read_text(fields_.cursor(), draft.type);
    } else if (key.equals("detail")) {
      json::read_text(fields_.cursor(), draft.detail);
      if (!is_known_detail(draft.detail)) {
        draft.detail = {};
        fields_.name_dropped(request_.dropped, {at, "detail"});
      }
    } else if (is_one_of({"type", "index"})) {
      fields_.cursor().skip_value();  // what it is, and where
    } else {
      fields_.drop(request_.dropped, {at, key.raw});
    }
  }

  // Bytes of images alone are told by their beginning: other text is no base64.
  static std::string type_of_bytes(const Draft& draft) {
    const std::string sniffed = media_type_of("", draft.source);
    return sniffed.empty() && !draft.type.empty() ? media_type_of(draft.type.decode(), draft.source)
                                                  : sniffed;
  }

  FieldReader& fields_;
  chat::Request& request_;
};

}  // namespace

bool read_answer_images(FieldReader& fields, chat::Request& request,
                        std::vector<chat::Part>& images, const FieldPath& param) {
  Reader reader(fields, request);
  return fields.read_elements(param, kMaxParts, [&](const FieldPath& at, std::size_t index) {
    // Each stores one text at most.
    if (std::max(request.parts.size() + images.size(), request.storage.size()) >= kMaxParts) {
      return PartReader(fields, request).fail_full(at);
    }
    Draft draft;
    if (!fields.cursor().skip_null() &&
        !(reader.read(draft, at) && reader.finish(draft, index, images))) {
      fields.name_dropped(request.dropped, at);
    }
    return fields.good();
  });
}

}  // namespace llmproxy::openai_chat
