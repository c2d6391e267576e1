#include "base/assert.h"
#include "base/buffer.h"
#include "base/error.h"
#include "base/limits.h"
#include "base/spans.h"
#include "dialects/table.h"
#include "exports/llmproxy.h"
#include "gateway/config.h"
#include "gateway/exchange.h"
#include "gateway/request_headers.h"
#include "gateway/responses.h"

#include <array>
#include <new>
#include <string>
#include <string_view>
#include <vector>

using llmproxy::Buffer;
using llmproxy::Span;
using llmproxy::gateway::Command;
using llmproxy::gateway::CommandKind;
using llmproxy::gateway::ContentEncoding;
using llmproxy::gateway::Due;

struct lp_exchange {
  lp_exchange(const llmproxy::gateway::Config& config,
              llmproxy::policy::CapabilityCache& capabilities, std::string_view head,
              std::int64_t now, std::uint64_t seed)
      : core(config, capabilities, head, now, seed) {}

  llmproxy::gateway::Exchange core;
  // Of lp_held().
  std::array<std::uintptr_t, 2> held{};
  // Of each body that has several. Never freed before the exchange: the host reads them while it
  // sends.
  std::vector<std::vector<Span>> spans;
};

namespace {

static_assert(LP_FIRST_PIECE == llmproxy::kFirstPiece);
static_assert(LP_WAIT == static_cast<int>(CommandKind::wait) &&
              LP_READ == static_cast<int>(CommandKind::read) &&
              LP_FETCH == static_cast<int>(CommandKind::fetch) &&
              LP_ABORT == static_cast<int>(CommandKind::abort) &&
              LP_HEAD == static_cast<int>(CommandKind::head) &&
              LP_WRITE == static_cast<int>(CommandKind::write) &&
              LP_PIPE == static_cast<int>(CommandKind::pipe) &&
              LP_END == static_cast<int>(CommandKind::end));
static_assert(LP_IDENTITY == static_cast<int>(ContentEncoding::identity) &&
              LP_GZIP == static_cast<int>(ContentEncoding::gzip) &&
              LP_DEFLATE == static_cast<int>(ContentEncoding::deflate));
static_assert(LP_NOTHING == static_cast<int>(Due::nothing) &&
              LP_BYTES == static_cast<int>(Due::bytes) &&
              LP_COMMANDS == static_cast<int>(Due::commands));

// Of the command that lp_next() returned last.
std::array<std::uintptr_t, LP_ARGUMENTS> arguments;  // NOLINT: the host reads it where it is

// Of the instance, none of them of an exchange.
Buffer& scratch() {
  static Buffer buffer;
  return buffer;
}

llmproxy::gateway::Config& config() {
  static llmproxy::gateway::Config config;
  return config;
}

llmproxy::policy::CapabilityCache& capabilities() {
  static llmproxy::policy::CapabilityCache capabilities;
  return capabilities;
}

std::uintptr_t address(const void* pointer) {
  return reinterpret_cast<std::uintptr_t>(pointer);
}

// As LP_FETCH has it.
struct BodyRange {
  const void* begin = nullptr;
  std::size_t spans = 0;
  std::size_t size = 0;
};

BodyRange find_spans(lp_exchange& exchange, const llmproxy::SpanList& body) {
  const std::vector<Span>& spans = exchange.spans.emplace_back(body.spans());
  return {spans.data(), spans.size(), body.size()};
}

BodyRange find_body(lp_exchange& exchange, const llmproxy::SpanList* body) {
  if (body == nullptr) {
    return {};
  }
  if (const std::string_view piece = body->one_piece(); !piece.empty()) {
    return {piece.data(), 0, piece.size()};
  }
  return find_spans(exchange, *body);
}

// What is due; what is held stands in lp_held() then.
std::uint32_t look(lp_exchange& exchange) {
  const std::string_view bytes = exchange.core.held();
  exchange.held = {address(bytes.data()), bytes.size()};
  return static_cast<std::uint32_t>(exchange.core.due());
}

llmproxy::Error fatal_error() {
  return {llmproxy::ErrorCode::instance_failed,
          "The proxy failed in the middle of this request. The next one gets a fresh start: please "
          "try again.",
          ""};
}

// By the numbers of lp_text().
const std::array<std::string, LP_TEXTS>& texts() {
  static const std::array<std::string, LP_TEXTS> kTexts = [] {
    const llmproxy::Error error = fatal_error();
    const llmproxy::dialects::ClientDialect& client = llmproxy::dialects::default_client();
    Buffer body;
    Buffer event;
    client.write_error(error, body);
    client.write_error_event(error, event);
    return std::array<std::string, LP_TEXTS>{
        llmproxy::gateway::error_headers(error),
        std::string(body.view()),
        std::string(event.view()),
        llmproxy::gateway::common_headers(),
        llmproxy::gateway::common_upstream_headers(),
        llmproxy::gateway::request_header_names(config().suppliers())};
  }();
  return kTexts;
}

}  // namespace

char* lp_reserve(size_t size) {
  scratch().clear();
  return scratch().reserve(size);
}

void lp_set_variable(size_t name_size, size_t value_size) {
  scratch().commit(name_size + value_size);
  const std::string_view text = scratch().view();
  config().set(text.substr(0, name_size), text.substr(name_size));
  // What is known may be known of other addresses.
  capabilities() = {};
  // A variable may be a secret.
  scratch().release();
}

lp_exchange* lp_exchange_new(size_t head_size, double now, uint32_t seed_low, uint32_t seed_high) {
  scratch().commit(head_size);
  const std::uint64_t seed = (std::uint64_t{seed_high} << 32U) | seed_low;
#ifdef LLMPROXY_TRAP_FOR_TESTS
  LLMPROXY_ASSERT(scratch().view().find("x-trap: head\n") == std::string_view::npos);
#endif
  return new lp_exchange(config(), capabilities(), scratch().view(), static_cast<std::int64_t>(now),
                         seed);
}

void lp_exchange_free(lp_exchange* exchange) {
  delete exchange;
}

char* lp_request_reserve(lp_exchange* exchange, size_t size) {
  return exchange->core.reserve_request(size);
}

void lp_request_take(lp_exchange* exchange, size_t size) {
  exchange->core.take_request(size);
}

void lp_request_end(lp_exchange* exchange) {
  exchange->core.end_request();
}

void lp_request_fail(lp_exchange* exchange) {
  exchange->core.fail_request();
}

uint32_t lp_reply_head(lp_exchange* exchange, uint32_t id, int32_t status, size_t headers_size) {
  std::string_view headers;
  if (headers_size > 0) {
    scratch().commit(headers_size);
    headers = scratch().view();
  }
  exchange->core.take_reply_head(id, status, headers);
  return look(*exchange);
}

char* lp_reply_reserve(lp_exchange* exchange, uint32_t id, size_t size) {
  return exchange->core.reserve_reply(id, size);
}

uint32_t lp_reply_take(lp_exchange* exchange, uint32_t id, size_t size) {
  exchange->held = {};
  exchange->core.take_reply(id, size);
  return look(*exchange);
}

const uintptr_t* lp_held(lp_exchange* exchange) {
  return exchange->held.data();
}

void lp_reply_end(lp_exchange* exchange, uint32_t id) {
  exchange->core.end_reply(id);
}

void lp_reply_fail(lp_exchange* exchange, uint32_t id) {
  exchange->core.fail_reply(id);
}

uint32_t lp_tick(lp_exchange* exchange, uint32_t ms) {
  exchange->core.tick(ms);
  return config().tick_ms();
}

void lp_client_lost(lp_exchange* exchange) {
  exchange->core.lose_client();
}

uint32_t lp_next(lp_exchange* exchange) {
  exchange->held = {};
  const Command& command = exchange->core.next();
  switch (command.kind) {
    case CommandKind::fetch: {
      const llmproxy::gateway::Fetch& fetch = command.fetch;
      const BodyRange body = find_body(*exchange, fetch.body);
      arguments = {command.id,
                   address(fetch.head.data()),
                   fetch.head.size(),
                   address(body.begin),
                   body.spans,
                   body.size,
                   (fetch.sends_request_body ? std::uintptr_t{LP_SENDS_REQUEST_BODY} : 0) |
                       (fetch.wants_reply_headers ? std::uintptr_t{LP_WANTS_REPLY_HEADERS} : 0),
                   address(fetch.credential.data()),
                   fetch.credential.size()};
      break;
    }
    case CommandKind::abort:
    case CommandKind::pipe:
      arguments = {command.id};
      break;
    case CommandKind::head:
      arguments = {static_cast<std::uintptr_t>(command.status), address(command.head.data()),
                   command.head.size()};
      break;
    case CommandKind::write:
      arguments = {address(command.bytes.data()), command.bytes.size(), command.is_last ? 1U : 0U};
      break;
    case CommandKind::read:
      arguments = {command.size, static_cast<std::uintptr_t>(command.encoding)};
      break;
    case CommandKind::wait:
    case CommandKind::end:
      break;
  }
  return static_cast<uint32_t>(command.kind);
}

const uintptr_t* lp_arguments(void) {
  return arguments.data();
}

const char* lp_text(uint32_t part) {
  LLMPROXY_ASSERT(part < texts().size());
  return texts()[part].data();
}

size_t lp_text_size(uint32_t part) {
  LLMPROXY_ASSERT(part < texts().size());
  return texts()[part].size();
}

int32_t lp_fatal_status(void) {
  return fatal_error().http_status();
}
