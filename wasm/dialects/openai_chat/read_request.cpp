#include "dialects/openai_chat/read_request.h"

#include "base/text.h"
#include "dialects/openai_chat/field_reader.h"
#include "dialects/openai_chat/message_reader.h"
#include "dialects/openai_chat/tool_reader.h"

#include <array>
#include <utility>

namespace llmproxy::openai_chat {
namespace {

using chat::Text;
using json::Kind;

constexpr std::int64_t kMaxChoices = 128;

class RequestReader {
 public:
  explicit RequestReader(std::string_view body) : fields_(body) {}

  Result<chat::Request> read();

 private:
  using Member = bool (RequestReader::*)();
  struct Row {
    std::string_view name;
    Member read;
  };
  static const Row* find_row(const json::String& key);

  bool read_members();
  bool check();

  bool model() {
    Text name;
    const bool read = fields_.read(name, "model");
    request_.model = name.decode();
    return read;
  }
  bool messages() { return MessageReader(fields_, request_).read_all(); }
  bool stream() { return fields_.read(request_.stream, "stream"); }
  bool stream_options();
  bool temperature() {
    return fields_.read_number(request_.sampling.temperature, "temperature", 0, 2);
  }
  bool top_p() { return fields_.read_number(request_.sampling.top_p, "top_p", 0, 1); }
  bool top_k() { return fields_.read_number(request_.sampling.top_k, "top_k"); }
  bool presence_penalty() {
    return fields_.read_number(request_.sampling.presence_penalty, "presence_penalty", -2, 2);
  }
  bool frequency_penalty() {
    return fields_.read_number(request_.sampling.frequency_penalty, "frequency_penalty", -2, 2);
  }
  bool max_tokens() { return fields_.read(max_tokens_, "max_tokens"); }
  bool max_completion_tokens() {
    return fields_.read(max_completion_tokens_, "max_completion_tokens");
  }
  bool stop();
  bool seed() { return fields_.read(request_.sampling.seed, "seed"); }
  bool n();
  bool logprobs() { return fields_.read(request_.sampling.logprobs, "logprobs"); }
  bool top_logprobs() { return fields_.read(request_.sampling.top_logprobs, "top_logprobs"); }
  bool response_format();
  bool json_schema();
  bool reasoning_effort();
  bool tools() { return ToolReader(fields_, request_).read_tools(); }
  bool tool_choice() { return ToolReader(fields_, request_).read_tool_choice(); }
  bool parallel_tool_calls() {
    return fields_.read(request_.parallel_tool_calls, "parallel_tool_calls");
  }
  bool modalities();
  // Fields that change what the answer is and that nothing here maps: never dropped in silence.
  bool functions() { return refuse("functions", "Use 'tools' instead."); }
  bool function_call() { return refuse("function_call", "Use 'tool_choice' instead."); }
  bool audio() { return refuse("audio", "This model answers in text."); }
  bool web_search_options() {
    return refuse("web_search_options", "It is not available for this model.");
  }
  bool refuse(std::string_view param, std::string_view hint);
  bool limit(std::optional<std::int64_t> tokens, std::string_view param);

  FieldReader fields_;
  chat::Request request_;
  std::optional<std::int64_t> max_tokens_;
  std::optional<std::int64_t> max_completion_tokens_;
};

const RequestReader::Row* RequestReader::find_row(const json::String& key) {
  using R = RequestReader;
  static constexpr std::array kRows = std::to_array<Row>({
      {"model", &R::model},
      {"messages", &R::messages},
      {"stream", &R::stream},
      {"stream_options", &R::stream_options},
      {"temperature", &R::temperature},
      {"top_p", &R::top_p},
      {"top_k", &R::top_k},
      {"presence_penalty", &R::presence_penalty},
      {"frequency_penalty", &R::frequency_penalty},
      {"max_tokens", &R::max_tokens},
      {"max_completion_tokens", &R::max_completion_tokens},
      {"stop", &R::stop},
      {"seed", &R::seed},
      {"n", &R::n},
      {"logprobs", &R::logprobs},
      {"top_logprobs", &R::top_logprobs},
      {"response_format", &R::response_format},
      {"reasoning_effort", &R::reasoning_effort},
      {"tools", &R::tools},
      {"tool_choice", &R::tool_choice},
      {"parallel_tool_calls", &R::parallel_tool_calls},
      {"modalities", &R::modalities},
      {"functions", &R::functions},
      {"function_call", &R::function_call},
      {"audio", &R::audio},
      {"web_search_options", &R::web_search_options},
  });
  for (const Row& row : kRows) {
    if (key.equals(row.name)) {
      return &row;
    }
  }
  return nullptr;
}

Result<chat::Request> RequestReader::read() {
  if (fields_.cursor().kind() != Kind::object) {
    fields_.fail(ErrorCode::invalid_json, "The body of the request must be a JSON object.", "");
  } else if (read_members() && !fields_.cursor().at_end()) {
    fields_.fail(ErrorCode::invalid_json,
                 "We could not parse the JSON body of your request: there is more after its end.",
                 "");
  }
  if (fields_.good()) {
    check();
  }
  if (std::optional<Error> error = fields_.take_error()) {
    return std::move(*error);
  }
  return std::move(request_);
}

bool RequestReader::read_members() {
  json::String key;
  fields_.cursor().enter_object();
  while (fields_.cursor().next_member(key)) {
    const Row* row = find_row(key);
    if (!(row != nullptr ? (this->*row->read)() : fields_.cursor().skip_value())) {
      return false;
    }
  }
  return fields_.good();
}

bool RequestReader::check() {
  if (request_.model.empty()) {
    return fields_.fail(ErrorCode::missing_parameter, "You must provide a model parameter.",
                        "model");
  }
  if (request_.messages.empty()) {
    return fields_.fail(ErrorCode::missing_parameter,
                        "Missing required parameter: 'messages' must hold at least one message.",
                        "messages");
  }
  return limit(max_completion_tokens_, "max_completion_tokens") && limit(max_tokens_, "max_tokens");
}

// The newer name wins. Zero is how many chat applications write "no limit".
bool RequestReader::limit(std::optional<std::int64_t> tokens, std::string_view param) {
  if (tokens.value_or(0) < 0) {
    return fields_.fail(ErrorCode::invalid_value,
                        concat({"Invalid '", param, "': expected a value above 0, but got ",
                                std::to_string(*tokens), "."}),
                        param);
  }
  if (tokens.value_or(0) > 0 && !request_.sampling.max_output_tokens) {
    request_.sampling.max_output_tokens = tokens;
  }
  return true;
}

bool RequestReader::stream_options() {
  if (!fields_.enter_object("stream_options")) {
    return fields_.good();
  }
  json::String key;
  while (fields_.cursor().next_member(key)) {
    if (key.equals("include_usage")) {
      fields_.read(request_.include_usage, "stream_options.include_usage");
    } else {
      fields_.cursor().skip_value();
    }
    if (!fields_.good()) {
      return false;
    }
  }
  return fields_.good();
}

bool RequestReader::stop() {
  std::vector<Text>& stops = request_.sampling.stop;
  const Kind kind = fields_.cursor().kind();
  if (kind == Kind::string) {
    return fields_.read(stops.emplace_back(), "stop");
  }
  if (kind != Kind::array && kind != Kind::null) {
    return fields_.fail_type("stop", "a string or an array of strings");
  }
  if (!fields_.enter_array("stop")) {
    return fields_.good();
  }
  const FieldPath stops_path("stop");
  for (std::size_t i = 0; fields_.cursor().next_element(); ++i) {
    if (!fields_.read(stops.emplace_back(), {stops_path, i})) {
      return false;
    }
  }
  return fields_.good();
}

bool RequestReader::n() {
  std::optional<std::int64_t> choices;
  if (!fields_.read(choices, "n")) {
    return false;
  }
  const std::int64_t count = choices.value_or(1);
  if (count < 1 || count > kMaxChoices) {
    return fields_.fail(ErrorCode::invalid_value,
                        "Invalid 'n': expected an integer between 1 and 128.", "n");
  }
  request_.sampling.choices = static_cast<std::uint32_t>(count);
  return true;
}

bool RequestReader::response_format() {
  if (!fields_.enter_object("response_format")) {
    return fields_.good();
  }
  Text type;
  json::String key;
  while (fields_.cursor().next_member(key)) {
    bool read = false;
    if (key.equals("type")) {
      read = fields_.read(type, "response_format.type");
    } else if (key.equals("json_schema")) {
      read = json_schema();
    } else {
      read = fields_.cursor().skip_value();
    }
    if (!read) {
      return false;
    }
  }
  if (!fields_.good()) {
    return false;
  }
  if (type.equals("json_object")) {
    request_.format = {chat::FormatKind::json_object, {}};
  } else if (type.equals("json_schema")) {
    request_.format.kind = chat::FormatKind::json_schema;
  } else if (type.equals("text")) {
    request_.format = {};
  } else {
    return fields_.fail(ErrorCode::invalid_value,
                        "Invalid 'response_format.type': supported values are 'text', "
                        "'json_object' and 'json_schema'.",
                        "response_format.type");
  }
  return true;
}

bool RequestReader::json_schema() {
  if (!fields_.enter_object("response_format.json_schema")) {
    return fields_.good();
  }
  json::String key;
  while (fields_.cursor().next_member(key)) {
    if (!key.equals("schema") || fields_.cursor().kind() == Kind::null) {
      fields_.cursor().skip_value();
    } else if (fields_.cursor().kind() != Kind::object) {
      return fields_.fail_type("response_format.json_schema.schema", "an object");
    } else {
      fields_.read_raw(request_.format.schema);
    }
  }
  return fields_.good();
}

bool RequestReader::reasoning_effort() {
  using chat::ReasoningEffort;
  constexpr std::array kEfforts = std::to_array<std::pair<std::string_view, ReasoningEffort>>({
      {"none", ReasoningEffort::none},
      {"minimal", ReasoningEffort::minimal},
      {"low", ReasoningEffort::low},
      {"medium", ReasoningEffort::medium},
      {"high", ReasoningEffort::high},
      {"xhigh", ReasoningEffort::xhigh},
      {"max", ReasoningEffort::max},
  });
  if (fields_.cursor().skip_null()) {
    return true;
  }
  Text effort;
  if (!fields_.read(effort, "reasoning_effort")) {
    return false;
  }
  for (const auto& [name, value] : kEfforts) {
    if (effort.equals(name)) {
      request_.reasoning_effort = value;
      return true;
    }
  }
  return fields_.fail(ErrorCode::invalid_value,
                      "Invalid 'reasoning_effort': supported values are 'none', 'minimal', 'low', "
                      "'medium', 'high', 'xhigh' and 'max'.",
                      "reasoning_effort");
}

bool RequestReader::modalities() {
  if (!fields_.enter_array("modalities")) {
    return fields_.good();
  }
  while (fields_.cursor().next_element()) {
    Text modality;
    if (!fields_.read(modality, "modalities")) {
      return false;
    }
    if (!modality.equals("text")) {
      return fields_.fail(ErrorCode::unsupported_value,
                          "Invalid 'modalities': only 'text' is available for this model.",
                          "modalities");
    }
  }
  return fields_.good();
}

bool RequestReader::refuse(std::string_view param, std::string_view hint) {
  if (fields_.cursor().kind() == Kind::null) {
    return fields_.cursor().skip_value();
  }
  return fields_.fail(ErrorCode::unsupported_parameter,
                      concat({"Unsupported parameter: '", param, "'. ", hint}), param);
}

}  // namespace

Result<chat::Request> read_request(std::string_view body) {
  return RequestReader(body).read();
}

std::string find_model(std::string_view body) {
  json::Cursor cursor(body);
  json::String key;
  if (!cursor.enter_object()) {
    return {};
  }
  while (cursor.next_member(key)) {
    json::String model;
    if (key.equals("model") && cursor.kind() == Kind::string && cursor.read_string(model)) {
      return model.decode();
    }
    cursor.skip_value();
  }
  return {};
}

}  // namespace llmproxy::openai_chat
