#include "suppliers/read_suppliers.h"

#include "base/limits.h"
#include "native/catch.h"

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

using namespace llmproxy;

namespace {

using nlohmann::ordered_json;

// As small as a row can be.
ordered_json small_row(const std::string& name) {
  return {{"name", name},
          {"title", "A title"},
          {"dialect", "openai_chat"},
          {"base_url", "https://api.a.example/v1"},
          {"key", {{"header", "authorization"}, {"prefix", "Bearer "}}}};
}

std::string document_of(const std::vector<ordered_json>& rows) {
  return ordered_json{{"suppliers", rows}}.dump();
}

// "param: message" of the error; empty: there is none.
std::string fault_of(const std::string& text) {
  auto rows = suppliers::read_suppliers(text);
  return rows ? std::string() : rows.error().param + ": " + rows.error().message;
}

// Of a document whose second row is a good one with this change.
std::string fault_with(const ordered_json& change) {
  ordered_json row = small_row("b");
  row.merge_patch(change);
  return fault_of(document_of({small_row("a"), row}));
}

std::string fault_of_edit(const ordered_json& edit) {
  return fault_with(
      {{"edits", ordered_json::array({{{"place", "request"}, {"field", "x"}}, edit})}});
}

struct Wrong {
  ordered_json change;
  std::string path;
  std::string allowed;  // of the message
};

bool tells(const std::string& fault, const std::string& path, const std::string& allowed) {
  return fault.starts_with(path + ": ") && fault.find("'" + path + "'") != std::string::npos &&
         fault.find(allowed) != std::string::npos;
}

}  // namespace

TEST_CASE("a row of what is needed is enough, and has no more") {
  auto rows = suppliers::read_suppliers(document_of({small_row("a")}));
  REQUIRE(rows);
  REQUIRE(rows->size() == 1);
  const suppliers::Supplier& row = rows->front();
  CHECK(row.name == "a");
  CHECK(row.title == "A title");
  CHECK(row.dialect == "openai_chat");
  CHECK(row.base_url == "https://api.a.example/v1");
  CHECK(row.base_url_variable.empty());
  CHECK(row.key_header == "authorization");
  CHECK(row.key_prefix == "Bearer ");
  CHECK_FALSE(row.is_default);
  CHECK(row.overloaded_status == 0);
  CHECK_FALSE(row.stores_completions);
  CHECK(row.edits.rules.empty());
  CHECK_FALSE(row.warm_up);
}

TEST_CASE("base URLs that a key may go to") {
  for (const char* url : {"https://a.example", "https://a.example:8443/x/v1", "http://localhost:80",
                          "http://127.0.0.2/v1", "http://[::1]:9/v1", "http://dev.localhost/v1"}) {
    INFO(url);
    CHECK(fault_with({{"base_url", url}}).empty());
  }
  for (const char* url :
       {"http://a.example/v1", "http://10.0.0.1/v1", "http://localhost.example/v1", "a.example/v1",
        "ftp://localhost/v1", "https://u:p@a.example/v1", "https://a.example/v1?x=1",
        "https://a.example/v1#x", "https://a.example/a b", "https://a.example/../v1",
        "https://a.example\\v1", "https:///v1", "https://a.example:99999/v1", "https://"}) {
    INFO(url);
    CHECK(tells(fault_with({{"base_url", url}}), "suppliers[1].base_url",
                "https URL (http only for localhost)"));
  }
  ordered_json row = small_row("a");
  row["base_url"] = "https://a.example/v1//";
  auto rows = suppliers::read_suppliers(document_of({row}));
  REQUIRE(rows);
  CHECK(rows->front().base_url == "https://a.example/v1");
}

TEST_CASE("a wrong row is refused with its place in the document and what is allowed there") {
  const std::vector<Wrong> wrongs = {
      {{{"name", nullptr}}, "suppliers[1].name", "Missing"},
      {{{"name", 7}}, "suppliers[1].name", "expected a string, got a number"},
      {{{"name", ""}}, "suppliers[1].name", "1 to"},
      {{{"name", std::string(3000, 'a')}}, "suppliers[1].name", "1 to"},
      {{{"name", "A b"}}, "suppliers[1].name", "small letters, digits"},
      {{{"name", "x/y"}}, "suppliers[1].name", "small letters, digits"},
      {{{"name", "a"}}, "suppliers[1].name", "a row before has it"},
      {{{"title", nullptr}}, "suppliers[1].title", "Missing"},
      {{{"title", "a\nb"}}, "suppliers[1].title", "one line"},
      {{{"dialect", "klingon"}}, "suppliers[1].dialect", "one of openai_chat, gemini"},
      {{{"dialect", nullptr}}, "suppliers[1].dialect", "Missing"},
      {{{"base_url", nullptr}}, "suppliers[1].base_url", "Missing"},
      {{{"base_url_variable", "a-b"}}, "suppliers[1].base_url_variable", "capitals"},
      {{{"key", nullptr}}, "suppliers[1].key", "Missing"},
      {{{"key", "authorization"}}, "suppliers[1].key", "expected an object, got a string"},
      {{{"key", {{"header", nullptr}}}}, "suppliers[1].key.header", "Missing"},
      {{{"key", {{"header", "x key"}}}}, "suppliers[1].key.header", "name of a header"},
      {{{"key", {{"header", "x:"}}}}, "suppliers[1].key.header", "name of a header"},
      {{{"key", {{"prefix", "a\r\nb"}}}}, "suppliers[1].key.prefix", "header may hold"},
      {{{"key", {{"suffix", "x"}}}}, "suppliers[1].key.suffix", "Known here: header, prefix"},
      {{{"default", "yes"}}, "suppliers[1].default", "true or false, got a string"},
      {{{"models", "m-"}}, "suppliers[1].models", "expected an array, got a string"},
      {{{"models", {"m-", ""}}}, "suppliers[1].models[1]", "1 to"},
      {{{"models", {"m-", 1}}}, "suppliers[1].models[1]", "expected a string, got a number"},
      {{{"models", std::vector<std::string>(kMaxSupplierList + 1, "m")}},
       "suppliers[1].models",
       "it has 257 elements, and may have 256"},
      {{{"request_headers", {"x-a", "x b"}}}, "suppliers[1].request_headers", "names of headers"},
      {{{"reply_headers", {"x-a\n"}}}, "suppliers[1].reply_headers", "names of headers"},
      {{{"overloaded_status", 200}},
       "suppliers[1].overloaded_status",
       "an integer from 400 to 599"},
      {{{"overloaded_status", 429.5}}, "suppliers[1].overloaded_status", "an integer from 400"},
      {{{"overloaded_status", "498"}}, "suppliers[1].overloaded_status", "an integer from 400"},
      {{{"stores_completions", 1}},
       "suppliers[1].stores_completions",
       "true or false, got a number"},
      {{{"joins_texts", ordered_json::array()}}, "suppliers[1].joins_texts", "got an array"},
      {{{"edits", ordered_json::object({{"place", "request"}})}},
       "suppliers[1].edits",
       "expected an array, got an object"},
      {{{"edits", {"x"}}}, "suppliers[1].edits[0]", "expected an object, got a string"},
      {{{"allowed", {{{"place", "request"}}}}}, "suppliers[1].allowed[0].names", "one at least"},
      {{{"allowed", {{{"place", "request"}, {"names", {"a"}}, {"told", {"b"}}}}}},
       "suppliers[1].allowed[0].told",
       "outside of messages"},
      {{{"allowed", {{{"place", "tool"}, {"names", {"a"}}, {"role", "user"}}}}},
       "suppliers[1].allowed[0].role",
       "outside of messages"},
      {{{"warm_up", {{"model", "m"}}}}, "suppliers[1].warm_up.reply", "Missing"},
      {{{"warm_up", {{"model", "a\"b"}, {"reply", ordered_json::object()}}}},
       "suppliers[1].warm_up.model",
       "the name of a model"},
      {{{"sources", "https://x.example"}}, "suppliers[1].sources", "expected an array"},
      {{{"note", 1}}, "suppliers[1].note", "expected a string"},
      {{{"basis_url", "x"}},
       "suppliers[1].basis_url",
       "Known here: name, title, dialect, base_url"},
      {{{"dialect", "gemini"}, {"joins_texts", true}},
       "suppliers[1].joins_texts",
       "none: requests in this 'dialect'"},
      {{{"dialect", "gemini"}, {"edits", ordered_json::array()}},
       "suppliers[1].edits",
       "none: requests in this 'dialect'"},
  };
  for (const Wrong& wrong : wrongs) {
    const std::string fault = fault_with(wrong.change);
    INFO(wrong.change.dump() << "\n" << fault);
    CHECK(tells(fault, wrong.path, wrong.allowed));
  }
}

TEST_CASE("a wrong rule is refused with its place in the document and what is allowed there") {
  const std::vector<Wrong> wrongs = {
      {{{"field", "x"}}, "place", "Missing"},
      {{{"place", "nowhere"}, {"field", "x"}}, "place", "one of request, stream_options, tool"},
      {{{"place", "request"}}, "field", "Missing"},
      {{{"place", "request"}, {"field", "x"}, {"match", "some"}}, "match", "one of any, content"},
      {{{"place", "request"}, {"field", "x"}, {"match", "value"}}, "from", "and only there"},
      {{{"place", "request"}, {"field", "x"}, {"from", 1}}, "from", "and only there"},
      {{{"place", "part"}, {"field", "x"}, {"match", "object"}, {"to", 1}}, "to", "none"},
      {{{"place", "part"}, {"field", "x"}, {"match", "words"}}, "match", "in message"},
      {{{"place", "message"}, {"field", "x"}, {"match", "words"}}, "field", "audio or refusal"},
      {{{"place", "part"}, {"field", "x"}, {"match", "reasoning"}}, "match", "in request"},
      {{{"place", "request"}, {"field", "x"}, {"match", "custom_call"}}, "match", "in tool_call"},
      {{{"place", "tool"}, {"field", "x"}, {"role", "user"}}, "role", "outside of messages"},
      {{{"place", "message"}, {"field", "x"}, {"role", 1}}, "role", "expected a string"},
      {{{"place", "message"}, {"field", "x"}, {"model", false}}, "model", "expected a string"},
      {{{"place", "message"}, {"field", "x"}, {"form", 1}}, "form", "Known here: place, field"},
  };
  for (const Wrong& wrong : wrongs) {
    const std::string fault = fault_of_edit(wrong.change);
    INFO(wrong.change.dump() << "\n" << fault);
    CHECK(tells(fault, "suppliers[1].edits[1]." + wrong.path, wrong.allowed));
  }
}

TEST_CASE("what only one row may say") {
  ordered_json first = small_row("a");
  ordered_json second = small_row("b");
  first["default"] = second["default"] = true;
  CHECK(tells(fault_of(document_of({first, second})), "suppliers[1].default", "a row before"));
  first["default"] = false;
  first["base_url_variable"] = second["base_url_variable"] = "BASE_URL";
  CHECK(tells(fault_of(document_of({first, second})), "suppliers[1].base_url_variable",
              "a row before has it"));
}

TEST_CASE("a document that is none") {
  CHECK(fault_of("").starts_with(": The document of suppliers is not JSON"));
  CHECK(fault_of(R"({"suppliers":[})").starts_with(": The document of suppliers is not JSON"));
  CHECK(fault_of(R"({"suppliers":[]} x)").find("there is more after its end") != std::string::npos);
  CHECK(tells(fault_of("{}"), "suppliers", "a list of rows"));
  CHECK(tells(fault_of(R"({"suppliers":{}})"), "suppliers", "expected an array, got an object"));
  CHECK(tells(fault_of(R"({"suppliers":[7]})"), "suppliers[0]", "expected an object"));
  CHECK(tells(fault_of(R"({"suppliers":[],"supplier":[]})"), "supplier", "Known here: suppliers"));
  CHECK(fault_of("[]").find("expected an object, got an array") != std::string::npos);
  CHECK(fault_of(std::string(kMaxSuppliersDocument + 1, ' ')).find("256 KiB") != std::string::npos);
  const std::vector<ordered_json> many(kMaxSuppliers + 1, small_row("a"));
  CHECK(tells(fault_of(document_of(many)), "suppliers", "may have 64"));
  const ordered_json rule = {{"place", "request"}, {"field", "x"}};
  CHECK(tells(fault_with({{"edits", std::vector<ordered_json>(kMaxSupplierRules + 1, rule)}}),
              "suppliers[1].edits", "may have 512"));
}

TEST_CASE("values of rules are JSON, of any kind") {
  ordered_json row = small_row("a");
  row["edits"] = ordered_json::parse(R"([
    {"place": "request", "field": "a", "match": "value", "from": null, "to": 0.50},
    {"place": "request", "field": "b", "match": "value", "from": ["x", {"y": "\""}], "to": ""},
    {"note": "n", "sources": ["s"], "place": "message", "field": "c", "model": "m-", "role": "tool"}
  ])");
  auto rows = suppliers::read_suppliers(document_of({row}));
  REQUIRE(rows);
  const auto& rules = rows->front().edits.rules;
  REQUIRE(rules.size() == 3);
  CHECK(rules[0].from == "null");
  CHECK(rules[0].to == "0.5");
  CHECK(rules[1].from == R"(["x",{"y":"\""}])");
  CHECK(rules[1].to == R"("")");
  CHECK(rules[2].match == openai_chat::Match::any);
  CHECK(rules[2].to.empty());
  CHECK(rules[2].model == "m-");
  CHECK(rules[2].role == R"("tool")");
}
