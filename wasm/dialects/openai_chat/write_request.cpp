#include "dialects/openai_chat/write_request.h"

#include "base/text.h"
#include "dialects/openai_chat/request_context.h"
#include "dialects/openai_chat/write_messages.h"
#include "dialects/openai_chat/write_settings.h"
#include "dialects/openai_chat/write_tools.h"

namespace llmproxy::openai_chat {
namespace {

// Of what was left out when the request was read: it has a place here.
bool is_written(std::string_view param, const chat::Request& request) {
  constexpr std::string_view kName = "].name";  // messages[2].name
  if (param.starts_with("messages[") && param.ends_with(kName) &&
      param.find(']') == param.size() - kName.size()) {
    return true;
  }
  for (const chat::OtherField& field : request.inner_others) {
    if (param == concat({field.parent, ".", field.name})) {
      return true;
    }
  }
  return false;
}

}  // namespace

Status write_request(const chat::CompleteRequest& source, std::string_view model,
                     RefusedSettings refused, SpanList& out, chat::Changes& changes) {
  const chat::Request& request = source.request;
  if (model.empty()) {
    return Error{ErrorCode::invalid_value, "The model has no name.", "model"};
  }
  json::Writer writer(out);
  const RequestContext context{source, refused, out, changes, writer};
  writer.begin_object();
  writer.key("model");
  writer.text(model);
  MessagesWriter(context).write();
  const bool searches = write_tools(context);
  write_settings(context, request.web_search || searches);
  for (const chat::VendorField& field : request.vendor_fields) {
    changes.add(field.param, chat::Reason::dropped);
  }
  for (const std::string& param : request.dropped) {
    if (!is_written(param, request)) {
      changes.add(param, chat::Reason::dropped);
    }
  }
  writer.end_object();
  return {};
}

}  // namespace llmproxy::openai_chat
