#include "gateway/exchange.h"

#include "base/limits.h"
#include "base/text.h"
#include "dialects/gemini/model.h"
#include "dialects/gemini/read_error.h"
#include "dialects/gemini/read_reply.h"
#include "dialects/gemini/write_request.h"
#include "dialects/openai_chat/edit_request.h"
#include "dialects/openai_chat/error_body.h"
#include "dialects/openai_chat/read_request.h"
#include "dialects/openai_chat/write_reply.h"
#include "gateway/credential.h"
#include "gateway/responses.h"
#include "http/url.h"

#include <algorithm>
#include <utility>

namespace llmproxy::gateway {

using suppliers::Dialect;

namespace {

Error out_of_memory() {
  return {ErrorCode::out_of_memory,
          "There is no memory for this request at the moment: it is large, or many large ones are "
          "under way.",
          ""};
}

Error body_too_large() {
  return {ErrorCode::body_too_large,
          concat({"The request is larger than ", std::to_string(kMaxRequestBody >> 20U), " MiB."}),
          ""};
}

Error unreachable(const suppliers::Supplier& supplier) {
  return {ErrorCode::upstream_unreachable, concat({supplier.title, " could not be reached."}), ""};
}

Error cut(const suppliers::Supplier& supplier) {
  return {ErrorCode::upstream_cut,
          concat({"The connection to ", supplier.title, " broke before its answer was complete."}),
          ""};
}

}  // namespace

std::string request_header_names() {
  std::string names =
      "authorization\nx-api-key\napi-key\nx-goog-api-key\nsupplier\ncontent-length\n"
      "access-control-request-headers";
#ifdef LLMPROXY_TRAP_FOR_TESTS
  names.append("\nx-trap");
#endif
  for (const suppliers::Supplier& supplier : suppliers::all()) {
    for (const std::string_view name : supplier.request_headers) {
      names.append("\n").append(name);
    }
  }
  return names;
}

Exchange::Exchange(const Config& config, std::string_view head, std::int64_t now,
                   std::uint64_t seed)
    : config_(config),
      head_text_(head),
      head_(http::RequestHead::parse(head_text_)),
      now_(now),
      random_(seed),
      request_id_(random_.identifier("req_")) {
  begin();
}

void Exchange::begin() {
  Result<Route> route = find_route(head_);
  if (!route) {
    answer_error(route.error());
    return;
  }
  route_ = *route;
  switch (route_.endpoint) {
    case Endpoint::preflight:
      answer(204, preflight_headers(head_.headers), "");
      return;
    case Endpoint::index:
      answer(200, text_headers(), index_text());
      return;
    case Endpoint::health:
      answer(200, json_headers(request_id_), health_json());
      return;
    case Endpoint::chat:
      break;
  }
  Result<std::string_view> key = find_key(head_.headers);
  if (!key) {
    answer_error(key.error());
    return;
  }
  key_ = *key;
  expect_body();
}

// The length is known in most cases, and then the memory is taken once and exactly.
void Exchange::expect_body() {
  const auto length = parse_integer(head_.headers.find("content-length").value_or("0"));
  if (length.value_or(0) > static_cast<std::int64_t>(kMaxRequestBody)) {
    answer_error(body_too_large());
    return;
  }
  const auto size = static_cast<std::size_t>(std::max<std::int64_t>(length.value_or(0), 0));
  if (size > 0 && request_body_.reserve_exactly(size) == nullptr) {
    answer_error(out_of_memory());
    return;
  }
  issue(CommandKind::read);
}

char* Exchange::reserve_request(std::size_t count) {
  if (state_ != State::reading) {
    return nullptr;
  }
  if (request_body_.size() + count > kMaxRequestBody) {
    answer_error(body_too_large());
    return nullptr;
  }
  char* room = request_body_.reserve(count);
  if (room == nullptr) {
    answer_error(out_of_memory());
  }
  return room;
}

void Exchange::take_request(std::size_t count) {
  if (state_ == State::reading) {
    request_body_.commit(count);
  }
}

void Exchange::end_request() {
  if (state_ == State::reading) {
    start_attempt();
  }
}

void Exchange::start_attempt() {
  if (Status status = prepare_attempt(); !status) {
    answer_error(status.error());
  }
}

Status Exchange::prepare_attempt() {
  const std::string_view body = request_body_.view();
  if (route_.supplier == nullptr) {
    const suppliers::Supplier* supplier = suppliers::find_by_model(openai_chat::find_model(body));
    route_.supplier = supplier != nullptr ? supplier : suppliers::find("openai");
  }
  const suppliers::Supplier& supplier = *route_.supplier;
  const std::string_view base_url = config_.base_url(supplier);
  std::string url;
  if (supplier.dialect == Dialect::openai_chat) {
    url = http::join(base_url, "chat/completions");
    if (Status status = openai_chat::edit_request(body, supplier.edits, upstream_body_); !status) {
      return status;
    }
  } else if (Status status = prepare_translated(base_url, url); !status) {
    return status;
  }
  if (upstream_body_.failed()) {
    return out_of_memory();
  }
  state_ = State::fetching;
  ++fetch_id_;
  Command& command = issue(CommandKind::fetch);
  command.head = upstream_head(url);
  command.body = &upstream_body_;
  return {};
}

Status Exchange::prepare_translated(std::string_view base_url, std::string& url) {
  Result<chat::Request> request = openai_chat::read_request(request_body_.view());
  if (!request) {
    return request.error();
  }
  const gemini::Model model = gemini::parse_model(request->model);
  upstream_body_.expect(std::min(request_body_.size(), kMaxCopiedBody) + 1024);
  if (Status status = gemini::write_request(*request, model, upstream_body_); !status) {
    return status;
  }
  url = http::join(
      base_url, concat({"models/", http::encode_segment(model.name),
                        request->stream ? ":streamGenerateContent?alt=sse" : ":generateContent"}));
  auto reader = std::make_unique<gemini::ReplyReader>(request->stream ? gemini::Framing::stream
                                                                      : gemini::Framing::whole);
  const openai_chat::ReplyOptions options{request->model, now_, random_.next(),
                                          request->include_usage};
  translation_ =
      request->stream
          ? translate_stream(std::move(reader), openai_chat::make_stream_writer(options, out_))
          : translate_whole(std::move(reader), openai_chat::make_whole_writer(options, out_));
  return {};
}

// Only what a supplier needs goes there: no cookie, no address of the client, no header of another
// proxy. A firewall in front of a supplier judges by them, and they are nobody's business.
std::string Exchange::upstream_head(std::string_view url) const {
  const suppliers::Supplier& supplier = *route_.supplier;
  std::string head;
  head.reserve(url.size() + key_.size() + 256);
  for (const std::string_view part : {std::string_view("POST\n"), url, std::string_view("\n")}) {
    head.append(part);
  }
  http::write_header("content-type", "application/json", head);
  // A reply that is decoded here, or that must not be held back by a decoder on the way.
  http::write_header("accept-encoding", "identity", head);
  http::write_header("user-agent", concat({"llmproxy/", kVersion}), head);
  http::write_header(supplier.key_header, concat({supplier.key_prefix, key_}), head);
  for (const std::string_view name : supplier.request_headers) {
    if (const auto value = head_.headers.find(name)) {
      http::write_header(name, *value, head);
    }
  }
  return head;
}

bool Exchange::is_current(std::uint32_t id) const {
  return id == fetch_id_ && (state_ == State::fetching || state_ == State::relaying);
}

// Of a reply that is translated only the body is used: Gemini's errors say all in theirs.
bool Exchange::wants_reply_headers(std::uint32_t id) const {
  return is_current(id) && translation_ == nullptr;
}

void Exchange::take_reply_head(std::uint32_t id, int status, std::string_view headers) {
  if (!is_current(id) || state_ != State::fetching) {
    return;
  }
  state_ = State::relaying;
  reply_status_ = status;
  // By the status and never by the content type: errors come labelled as streams.
  if (status < 200 || status > 299) {
    error_body_.emplace();
    error_headers_ = piped_error_headers(http::Headers::parse(headers));
    return;
  }
  if (translation_ == nullptr) {
    respond(status, piped_headers(http::Headers::parse(headers)));
    issue(CommandKind::pipe);
    state_ = State::done;
    return;
  }
  if (translation_->is_stream()) {
    out_.clear();
    respond(200, stream_headers(request_id_));
    translation_->writer().begin();
    write_out();
  }
}

char* Exchange::reserve_reply(std::uint32_t id, std::size_t count) {
  if (!is_current(id)) {
    return nullptr;
  }
  if (error_body_ || translation_ == nullptr) {
    scratch_.clear();
    return scratch_.reserve(count);
  }
  char* room = translation_->reserve(count);
  if (room == nullptr) {
    stop_fetch();
    relay_error(Error{ErrorCode::upstream_malformed,
                      "The reply of the supplier is larger than can be held.", ""});
  }
  return room;
}

void Exchange::take_reply(std::uint32_t id, std::size_t count) {
  if (!is_current(id)) {
    return;
  }
  if (error_body_) {
    scratch_.commit(count);
    const std::size_t room = kMaxErrorBody - std::min(kMaxErrorBody, error_body_->size());
    error_body_->append(scratch_.view().substr(0, room));
    return;
  }
  out_.clear();
  Status status = translation_->take(count);
  if (!status) {
    stop_fetch();
    relay_error(status.error());
    return;
  }
  write_out();
}

void Exchange::end_reply(std::uint32_t id) {
  if (!is_current(id) || state_ != State::relaying) {
    return;
  }
  if (error_body_) {
    answer_upstream_error();
    return;
  }
  out_.clear();
  if (Status status = translation_->at_end(); !status) {
    relay_error(status.error());
    return;
  }
  translation_->writer().end();
  if (out_.failed()) {
    relay_error(out_of_memory());
    return;
  }
  if (!translation_->is_stream()) {
    respond(200, json_headers(request_id_));
  }
  write_out();
  issue(CommandKind::end);
  state_ = State::done;
}

// A supplier's refusal, in OpenAI's words.
void Exchange::answer_upstream_error() {
  const suppliers::Supplier& supplier = *route_.supplier;
  const std::string_view body = error_body_->view();
  if (supplier.dialect == Dialect::gemini) {
    answer_error(gemini::read_error(reply_status_, body));
    return;
  }
  if (reply_status_ == supplier.overloaded_status) {
    answer_error({ErrorCode::overloaded,
                  concat({supplier.title, " is at its capacity at the moment."}), ""});
    return;
  }
  Buffer rewritten;
  openai_chat::write_upstream_error(reply_status_, supplier.title, body, rewritten);
  answer(reply_status_, error_headers_, rewritten.view());
}

void Exchange::fail_reply(std::uint32_t id) {
  if (!is_current(id)) {
    return;
  }
  const suppliers::Supplier& supplier = *route_.supplier;
  relay_error(state_ == State::fetching ? unreachable(supplier) : cut(supplier));
}

// The status can tell as long as the response has not begun; then only the stream can.
void Exchange::relay_error(const Error& error) {
  const bool begun = state_ == State::relaying && !error_body_ && translation_->is_stream();
  if (!begun) {
    answer_error(error);
    return;
  }
  // What was translated before the failure still belongs to the client.
  translation_->writer().fail(error);
  write_out();
  issue(CommandKind::end);
  state_ = State::done;
}

void Exchange::lose_client() {
  if (state_ == State::fetching || state_ == State::relaying) {
    stop_fetch();
  }
  state_ = State::done;
}

Command& Exchange::issue(CommandKind kind) {
  Command& command = commands_.emplace_back();
  command.kind = kind;
  command.id = fetch_id_;
  return command;
}

void Exchange::stop_fetch() {
  issue(CommandKind::abort);
}

void Exchange::respond(int status, std::string headers) {
  Command& command = issue(CommandKind::head);
  command.status = status;
  command.head = std::move(headers);
}

void Exchange::write_out() {
  if (out_.size() > 0) {
    issue(CommandKind::write).bytes = out_.view();
  }
}

void Exchange::answer(int status, std::string headers, std::string_view body) {
  out_.clear();
  out_.append(body);
  respond(status, std::move(headers));
  write_out();
  issue(CommandKind::end);
  state_ = State::done;
}

void Exchange::answer_error(const Error& error) {
  Buffer body;
  openai_chat::write_error(error, body);
  answer(error.http_status(), error_headers(error, request_id_), body.view());
}

const Command& Exchange::next() {
  static const Command kWait{};
  if (next_command_ == commands_.size()) {
    commands_.clear();
    next_command_ = 0;
    return kWait;
  }
  return commands_[next_command_++];
}

}  // namespace llmproxy::gateway
