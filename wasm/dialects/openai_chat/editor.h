// How a request is edited: a walk over its body that keeps, cuts and replaces members as the rules
// of the supplier say. For edit_request() only.
#pragma once

#include "base/error.h"
#include "dialects/openai_chat/edit_request.h"
#include "dialects/openai_chat/edit_values.h"
#include "json/cursor.h"

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

namespace llmproxy::openai_chat {

class Editor {
 public:
  Editor(std::string_view body, const RequestEdits& edits, SpanList& out, chat::Changes& changes);

  Status edit();

 private:
  // The members of an object so far.
  struct Run {
    bool kept_one = false;
    std::size_t previous_end = 0;           // of the member before
    std::optional<std::size_t> first_gone;  // where the members begin that go at the front
  };

  void object(Place place);
  void members(Place place);
  void list(Place place);
  // Where the fields stand that the value of this member holds; nothing: they are of no interest.
  std::optional<Place> place_inside(Place place, const json::String& key);
  // The value at hand is a list or an object without anything in it.
  bool is_empty() const;
  // Edits the value at hand, whose fields stand there.
  void go_into(Place inside);
  void content();
  bool is_joined();
  // The part, which is no text, goes from the content at hand.
  bool drops(const json::Cursor& part);
  // Of the message at hand. Reads all of it, once.
  MessageFacts& facts();
  // As JSON text; empty: it has none.
  std::string_view role();
  // What the message at hand says elsewhere than in its content, which says nothing.
  struct Words {
    std::string_view field;
    std::string_view text;  // a JSON string; empty: nothing
  };
  const Words& words();
  Words find_words();
  // Puts those in the place of its content; false when there are none.
  bool fill_content(Run& run, std::size_t begin, std::string_view value);
  // What becomes of the member that begins there. False: it goes.
  bool edit_member(Place place, const json::String& key, Run& run, std::size_t begin,
                   std::string_view value);
  const EditRule* find_rule(Place place, const json::String& key, std::string_view value);
  bool is_allowed(Place place, const json::String& key, std::string_view value);
  // Applies the rule, of which the client is told. False: the member goes.
  bool apply(const EditRule& rule, Run& run, std::size_t begin, std::string_view value);
  bool apply_custom_call(Run& run, std::size_t begin, std::string_view value);
  bool apply_reasoning(Run& run, std::size_t begin, std::string_view value);
  bool apply_words(const EditRule& rule, Run& run, std::size_t begin, std::string_view value);
  bool apply_object(Run& run, std::size_t begin, std::string_view value);
  // The request has an effort, wherever it stands.
  bool has_effort();
  // The member that begins there stays, or goes.
  void keep(Run& run, std::size_t begin);
  void drop(Run& run, std::size_t begin, std::size_t end);
  // What stands between the two places of the body goes, and `replacement` comes there.
  void cut(std::size_t begin, std::size_t end, std::string_view replacement = {});
  void report(const EditRule& rule, std::string_view value);
  void report_unknown(Place place, const json::String& key, std::string_view value);
  void report_content(std::string_view field, std::string_view value,
                      chat::Reason reason = chat::Reason::dropped);

  std::string_view body_;
  json::Cursor cursor_;
  const RequestEdits& edits_;
  std::vector<const EditRule*> rules_;  // those for the model
  SpanList& out_;
  std::size_t done_ = 0;  // how much of the body is in out_, or cut out
  chat::Changes& changes_;
  bool has_words_rules_ = false;   // of the supplier
  bool results_are_text_ = false;  // for this model
  std::size_t tool_ = 0;           // the one at hand
  std::size_t message_ = 0;        // the one at hand
  json::Cursor message_begin_;
  std::optional<MessageFacts> facts_;     // of it; nothing: not read yet
  std::optional<Words> words_;            // likewise
  std::size_t call_ = 0;                  // the one of its calls
  std::optional<std::string_view> role_;  // of it, as JSON text; nothing: not known yet
  std::optional<bool> has_effort_;        // nothing: not known yet
  std::optional<Error> error_;            // the first one
};

}  // namespace llmproxy::openai_chat
