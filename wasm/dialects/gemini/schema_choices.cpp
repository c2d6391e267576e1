// Schemas that give a choice (anyOf, oneOf, several types), in the form of OpenAPI.
#include "base/text.h"
#include "dialects/gemini/schema_tree.h"

#include <string>
#include <utility>

namespace llmproxy::gemini {

// One choice for each of them.
Tree SchemaLowering::lower_types(const Tree& schema, Tree& out, int depth,
                                 const std::vector<const Tree*>& types) {
  Tree choices = Tree::array();
  for (const Tree* type : types) {
    choices.push_back(lower(schema, depth + 1, type));
  }
  Tree bare = Tree::object();
  for (const std::string_view key : {"title", "description", "nullable"}) {
    if (Tree* kept = json::find(out, key)) {
      json::set(bare, key, std::move(*kept));
    }
  }
  json::set(bare, "anyOf", std::move(choices));
  return bare;
}

// One choice is no choice.
void SchemaLowering::take_choices(Tree choices, Tree& out) {
  if (choices.size() > 1) {
    json::erase(out, "type");
    json::set(out, "anyOf", std::move(choices));
  } else if (choices.size() == 1) {
    for (const auto& [name, value] : json::members(choices.front())) {
      if (name == "type" || !json::has(out, name)) {
        json::set(out, name, value);
      }
    }
  }
}

void SchemaLowering::lower_choice(const Tree& schema, Tree& out, int depth) {
  for (const std::string_view key : {"anyOf", "oneOf"}) {
    const Tree* found = find_array(schema, key);
    if (found == nullptr || json::has(out, "anyOf")) {
      continue;
    }
    Tree choices = Tree::array();
    for (const Tree& choice : *found) {
      if (is_of_type(choice, "null")) {
        json::set(out, "nullable", true);
      } else {
        choices.push_back(lower(choice, depth + 1));
      }
    }
    const Tree* own = json::find(schema, "properties");
    const bool has_own = own != nullptr && own->is_object() && !own->empty();
    if (is_of_type(out, "object") && (has_own || depth == 0)) {
      add_properties(std::move(choices), out);
    } else {
      take_choices(std::move(choices), out);
    }
  }
}

namespace {

// The members that are not there yet.
void add_new(Tree properties, json::Index& index) {
  for (auto& [name, property] : json::members(properties)) {
    if (!index.has(name)) {
      index.set(name, std::move(property));
    }
  }
}

}  // namespace

// Choices of an object that has properties of its own say which of them go together, or which
// others there may be: it keeps its own, and may have all of theirs. So does the whole schema:
// "function parameters schema should be of type OBJECT".
void SchemaLowering::add_properties(Tree choices, Tree& out) {
  lossy_ = true;
  Tree all = Tree::object();
  json::Index index(all);
  for (Tree& choice : choices) {
    Tree properties = json::take(choice, "properties");
    if (properties.is_object()) {
      add_new(std::move(properties), index);
    }
  }
  if (!all.empty()) {
    json::set(out, "properties", std::move(all));
  }
}

// "When using any_of, it must be the only field set." What tells the model something goes into the
// first choice, and null is taken when one of them takes it. No keyword left is of all choices.
// https://github.com/lambda-alpha-labs/Graphenium/issues/37
void SchemaLowering::leave_choices_alone(Tree& out) {
  Tree choices = json::take(out, "anyOf");
  Tree& first = choices.front();
  const Tree* inner = json::find(first, "description");
  const std::string before(json::text_of(inner));
  for (auto& [key, value] : json::members(out)) {
    if (key == "description" && value.is_string() && !before.empty()) {
      json::set_text(first, key, concat({json::text_of(&value), " ", before}));
    } else if (key == "description" || key == "nullable" ||
               (key == "title" && !json::has(first, key))) {
      json::set(first, key, std::move(value));
    } else {
      lossy_ = lossy_ || key != "title";
    }
  }
  out = Tree::object();
  json::set(out, "anyOf", std::move(choices));
}

}  // namespace llmproxy::gemini
