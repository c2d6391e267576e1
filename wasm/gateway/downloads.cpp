#include "gateway/downloads.h"

#include "base/base64.h"
#include "base/limits.h"
#include "base/media_type.h"
#include "base/text.h"
#include "base/web_address.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace llmproxy::gateway {
namespace {

bool is_redirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

}  // namespace

const Downloads::Item* Downloads::find(std::uint32_t fetch) const {
  const auto found = std::find_if(items_.begin(), items_.end(),
                                  [&](const Item& item) { return item.fetch == fetch; });
  return fetch == 0 || found == items_.end() ? nullptr : &*found;
}

Downloads::Item* Downloads::find(std::uint32_t fetch) {
  return const_cast<Item*>(std::as_const(*this).find(fetch));
}

// Neither the address nor what came from it is quoted: it may hold a secret.
Error Downloads::failure(const Item& item, std::string_view why) const {
  return {ErrorCode::invalid_value,
          {"Invalid '", item.what.param, "': ", why, " Send the file as a data URL instead."},
          item.what.param};
}

Status Downloads::begin(std::vector<chat::MediaLink> list) {
  if (items_.size() + list.size() > kMaxLinks) {
    const std::string& param = list[kMaxLinks - items_.size()].param;
    return Error{
        ErrorCode::invalid_value,
        {"Invalid '", param, "': too many links. The files of at most ", std::to_string(kMaxLinks),
         " can be fetched for a request, and it has ", std::to_string(items_.size() + list.size()),
         ". Send the others as data URLs instead."},
        param};
  }
  for (chat::MediaLink& what : list) {
    items_.emplace_back().what = std::move(what);
  }
  return start_next();
}

Status Downloads::start_next() {
  while (open_ < kMaxParallelDownloads && next_ < items_.size()) {
    Item& item = *std::next(items_.begin(), static_cast<std::ptrdiff_t>(next_++));
    ++open_;
    if (Status status = start(item); !status) {
      return status;
    }
  }
  return {};
}

Status Downloads::start(Item& item) {
  const std::string& url = item.what.url;
  if (const std::string_view fault = fault_of_link(url); !fault.empty()) {
    return failure(item, fault);
  }
  // No key goes there, and nothing of the client.
  std::string head;
  if (!http::write_request_line("GET", url.substr(0, url.find('#')), head)) {
    return failure(item, "it cannot be asked for.");
  }
  http::write_header("accept", "image/*,audio/*,video/*,application/pdf,text/*,*/*;q=0.5", head);
  Fetch fetch{std::move(head)};
  fetch.wants_reply_headers = true;
  item.fetch = context_.outbox.fetch(std::move(fetch));
  return {};
}

Status Downloads::take_head(std::uint32_t fetch, int status, std::string_view headers) {
  Item& item = *find(fetch);
  const http::Headers block = http::Headers::parse(headers);
  if (is_redirect(status)) {
    return follow(item, block.find("location").value_or(""));
  }
  if (!http::is_success(status)) {
    return failure(item, concat({"its host answered with status ", std::to_string(status), "."}));
  }
  const auto length = parse_integer(block.find("content-length").value_or("0"));
  if (length.value_or(0) > static_cast<std::int64_t>(kMaxDownload)) {
    return too_large(fetch);
  }
  item.type = normal_media_type(block.find("content-type").value_or(""));
  return {};
}

// The body of a redirect does not matter, and need not have an end.
Status Downloads::follow(Item& item, std::string_view location) {
  context_.outbox.abort(item.fetch);
  item.fetch = 0;
  if (location.empty() || item.redirects == kMaxRedirects) {
    return failure(item, "it redirects too often, or to nowhere.");
  }
  ++item.redirects;
  item.what.url = resolve_url(item.what.url, location);
  return start(item);
}

char* Downloads::reserve(std::uint32_t fetch, std::size_t count) {
  Item& item = *find(fetch);
  const bool fits = item.bytes.size() + count <= kMaxDownload && total_ + count <= kMaxDownloads;
  return fits ? item.bytes.reserve(count) : nullptr;
}

Error Downloads::too_large(std::uint32_t fetch) const {
  const std::string each = std::to_string(kMaxDownload >> 20U);
  const std::string all = std::to_string(kMaxDownloads >> 20U);
  return failure(*find(fetch),
                 concat({"it is larger than ", each,
                         " MiB, or those of the request are larger than ", all, " MiB together."}));
}

void Downloads::take(std::uint32_t fetch, std::size_t count) {
  Item& item = *find(fetch);
  item.bytes.commit(count);
  total_ += count;
}

Status Downloads::end(std::uint32_t fetch) {
  Item& item = *find(fetch);
  item.fetch = 0;
  --open_;
  if (item.bytes.size() == 0) {
    return failure(item, "there is nothing at this address.");
  }
  // The bytes know better than the server: many say "application/octet-stream".
  const std::string_view sniffed = sniff_media_type(item.bytes.view());
  std::string type(sniffed.empty() ? item.type : sniffed);
  if (type == "application/octet-stream" || type.empty()) {
    type = media_type_of_name(item.what.url);
  }
  if (item.what.part->kind == chat::MediaKind::image && sniffed.empty() &&
      !type.starts_with("image/")) {
    return failure(item, "what is there is not an image.");
  }
  chat::FetchedMedia::Item& fetched = media_.add(*item.what.part);
  fetched.mime_type = std::move(type);
  encode_base64(item.bytes.view(), fetched.base64);
  item.bytes.release();
  return fetched.base64.failed() ? Status(out_of_memory()) : start_next();
}

Error Downloads::fail(std::uint32_t fetch) const {
  return failure(*find(fetch), "its host could not be reached, or broke off.");
}

std::optional<Error> Downloads::tick(std::uint32_t ms) {
  for (Item& item : items_) {
    if (item.fetch != 0 && item.time.lasts(ms, kDownloadMs)) {
      return failure(item, concat({"its host took longer than ", std::to_string(kDownloadMs / 1000),
                                   " seconds."}));
    }
  }
  return {};
}

void Downloads::abort() {
  for (Item& item : items_) {
    if (item.fetch != 0) {
      context_.outbox.abort(item.fetch);
      item.fetch = 0;
    }
  }
}

}  // namespace llmproxy::gateway
