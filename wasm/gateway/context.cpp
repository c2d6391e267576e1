#include "gateway/context.h"

#include "base/text.h"
#include "gateway/redaction.h"
#include "gateway/responses.h"
#include "http/url.h"

#include <utility>

namespace llmproxy::gateway {
namespace {

Error too_slow(const suppliers::Supplier& supplier, std::uint32_t first_byte_ms) {
  return {ErrorCode::timeout,
          {supplier.title, " did not begin to answer within ", std::to_string(first_byte_ms / 1000),
           " seconds."},
          ""};
}

Error too_silent(const suppliers::Supplier& supplier, std::uint32_t silence_ms) {
  return {ErrorCode::timeout,
          {supplier.title, " was silent for ", std::to_string(silence_ms / 1000),
           " seconds in the middle of its answer."},
          ""};
}

}  // namespace

Error out_of_memory() {
  return {ErrorCode::out_of_memory,
          "There is no memory for this request at the moment: it is large, or many large ones are "
          "under way.",
          ""};
}

Error reply_too_large() {
  return {ErrorCode::upstream_malformed, "The reply of the supplier is larger than can be held.",
          ""};
}

Error unreachable(const suppliers::Supplier& supplier) {
  return {ErrorCode::upstream_unreachable, {supplier.title, " could not be reached."}, ""};
}

Error odd_status(const suppliers::Supplier& supplier, int status) {
  const bool redirect = status >= 300 && status < 400;
  return {ErrorCode::upstream_malformed,
          {supplier.title, " answered with status ", std::to_string(status),
           redirect ? ", which is no answer, and redirects are not followed with a key."
                    : ", which is no answer."},
          ""};
}

Error cut(const suppliers::Supplier& supplier) {
  return {ErrorCode::upstream_cut,
          {"The connection to ", supplier.title, " broke before its answer was complete."},
          ""};
}

bool Context::is_strict() const {
  const std::string_view value = head.headers.find("x-llmproxy-strict").value_or("");
  return !value.empty() && value != "0" && !equals_ignoring_case(value, "false");
}

Status Context::check_changes() const {
  return changes.empty() ? Status() : refuse_changes();
}

Status Context::refuse_changes() const {
  if (!is_strict()) {
    return {};
  }
  const chat::Change& first = changes.all().front();
  return Error{ErrorCode::unsupported_parameter,
               {"'", first.param, "' does not reach ", supplier().title,
                " as it is, and 'x-llmproxy-strict' asks for an error then. All of it: ",
                changes.text(), "."},
               first.param};
}

// A relay in front of a supplier may decode what is escaped, so a name with a slash and dots would
// lead elsewhere: of what a path is made, only the model comes out of a body.
Status Context::check_path(std::string_view path) const {
  std::string decoded;
  path = path.substr(0, path.find('?'));
  if (!contains(path, "%") || http::segments_of(path, decoded)) {
    return {};
  }
  if (body_read && route.endpoint != dialects::Endpoint::other) {
    return Error{ErrorCode::invalid_value,
                 "Invalid 'model': it holds a part that no name has: '.' or '..', a backslash, a "
                 "control character, or an escape.",
                 "model"};
  }
  return Error{ErrorCode::invalid_path, "The URL leads out of what the supplier serves.", ""};
}

Result<Fetch> Context::call(std::string_view method, std::string_view path,
                            std::string_view content_type) const {
  if (Status status = check_path(path); !status) {
    return std::move(status.error());
  }
  const std::string url = concat({config.base_url(supplier()), "/", path});
  std::string text;
  text.reserve(url.size() + 256);
  if (!http::write_request_line(method, url, text)) {
    return Error{ErrorCode::invalid_path,
                 "The URL holds a space or a control character where it goes on to the supplier.",
                 ""};
  }
  if (!content_type.empty()) {
    http::write_header("content-type", content_type, text);
  }
  // It goes with the bytes it is said of, and only a body that was not read goes on as it came.
  if (const auto encoding = head.headers.find("content-encoding"); encoding && !body_read) {
    http::write_header("content-encoding", *encoding, text);
  }
  for (const std::string_view name : supplier().request_headers) {
    if (const auto value = head.headers.find(name)) {
      http::write_header(name, *value, text);
    }
  }
  text.append(supplier().key_header).append(": ").append(supplier().key_prefix);
  return Fetch{std::move(text), key_text};
}

std::optional<Error> Context::find_delay(Silence& silence, std::uint32_t ms, bool begun) const {
  const std::uint32_t limit = begun ? config.silence_ms() : config.first_byte_ms();
  if (!silence.lasts(ms, limit)) {
    return std::nullopt;
  }
  return begun ? too_silent(supplier(), limit) : too_slow(supplier(), limit);
}

std::string Context::own_headers(std::string block) const {
  if (!changes.empty()) {
    write_changes(block);
  }
  return block;
}

void Context::write_changes(std::string& block) const {
  http::write_header("x-llmproxy-changes", gateway::without_key(changes.text(), key_text), block);
}

void Context::answer(int status, std::string headers, std::string_view bytes) {
  outbox.out().clear();
  outbox.out().append(bytes);
  outbox.respond(status, std::move(headers));
  outbox.end();
}

Error Context::without_key(const Error& error) const {
  Error out = error;
  out.message = gateway::without_key(error.message, key_text);
  if (error.quotes_supplier) {
    out.message = redact(out.message);
  }
  out.param = gateway::without_key(error.param, key_text);
  return out;
}

void Context::answer_error(const Error& error) {
  Buffer bytes;
  client().write_error(without_key(error), bytes);
  answer(error.http_status(), error_headers(error), bytes.view());
}

}  // namespace llmproxy::gateway
