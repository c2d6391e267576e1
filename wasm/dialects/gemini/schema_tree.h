// Schemas as trees: the two rewritings behind schema.h. A tree is the right tool here, where parts
// move, merge and refer to one another.
#pragma once

#include "dialects/gemini/schema.h"
#include "json/tree.h"

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace llmproxy::gemini {

using json::Tree;

inline bool is_of_type(const Tree& schema, std::string_view type) {
  return json::is_text(json::find(schema, "type"), type);
}

// What is under `key`, if it is an array; nullptr if not.
inline const Tree* find_array(const Tree& schema, std::string_view key) {
  const Tree* found = json::find(schema, key);
  return found != nullptr && found->is_array() ? found : nullptr;
}

// What Gemini does not read of JSON Schema, in words that it does read:
// const, definitions, anchors, siblings of $ref, boolean schemas, allOf, exclusive bounds,
// OpenAPI's nullable.
class SchemaAdapter {
 public:
  explicit SchemaAdapter(Tree& root) : root_(root) {}

  // Changes the tree; false when there was nothing to change.
  bool adapt();
  bool is_lossy() const { return lossy_; }
  // What was copied from definitions to where they are used.
  const json::Size& copied() const { return copied_; }

 private:
  void visit(Tree& schema, int depth);
  void visit_children(Tree& schema, int depth);
  void visit_each(Tree& schema, std::string_view key, int depth);
  void visit_items(Tree& schema, int depth);
  void visit_schema_or_bool(Tree& child, int depth);
  void visit_properties(Tree& schema, int depth);
  // Makes pointers from the root of all references: of anchors, of ids, of other notations. Those
  // that lead to nothing stay, and are a loss.
  void resolve_references();
  void move_definitions();
  void resolve_siblings(Tree& schema);
  bool resolve_once(Tree& schema);
  const Tree* find_definition(std::string_view reference);
  const Tree* find_by_name(std::string_view name);
  bool may_copy(const Tree& tree, std::string_view reference, json::Size& size);
  void merge_all_of(Tree& schema, int depth);
  void merge_parts(Tree& schema, Tree& parts, int depth);
  void prepare_part(Tree& part, int depth);
  struct Merge;
  void merge(Merge& merged, const Tree& part);
  void merge_properties(Merge& merged, const Tree& properties);
  void map_type(Tree& schema);
  void map_const(Tree& schema);
  void map_enum(Tree& schema);
  void map_bound(Tree& schema, std::string_view exclusive, std::string_view inclusive, int step);
  void map_nullable(Tree& schema);

  Tree& root_;
  bool changed_ = false;
  bool lossy_ = false;
  // Each use of a definition makes a copy of it, and copies may hold uses.
  int copies_ = 0;
  json::Size copied_;
  std::size_t looked_at_ = 0;  // values of definitions, in search of references
  std::map<std::string, std::size_t, std::less<>> definitions_;  // by name, where they stand
};

// The part of OpenAPI's schemas that Gemini takes. The tree must have been adapted.
class SchemaLowering {
 public:
  SchemaLowering(const Tree& root, SchemaBudget& budget) : root_(root), budget_(budget) {}

  // Of no use when the budget is over then.
  Tree lower() { return lower(root_, 0); }
  bool is_lossy() const { return lossy_; }

 private:
  // `type`: one of the types that the schema has a list of, in place of the list. The description
  // is that of the list then.
  Tree lower(const Tree& schema, int depth, const Tree* type = nullptr);
  Tree lower_reference(const Tree& schema, const Tree& reference, int depth);
  void copy_plain(const Tree& schema, Tree& out, bool describes);
  void lower_type(const Tree& schema, Tree& out, int depth, const Tree* type);
  Tree lower_types(const Tree& schema, Tree& out, int depth, const std::vector<const Tree*>& types);
  void lower_choice(const Tree& schema, Tree& out, int depth);
  static void take_choices(Tree choices, Tree& out);
  void add_properties(Tree choices, Tree& out);
  void leave_choices_alone(Tree& out);
  void lower_enum(const Tree& schema, Tree& out);
  void lower_array(const Tree& schema, Tree& out, int depth);
  void lower_object(const Tree& schema, Tree& out, int depth);
  const Tree* find_target(const Tree& schema);
  const Tree* find(const Tree& object, std::string_view name);
  Tree too_deep(const Tree& schema, bool describes = true);
  void describe(Tree& out, std::string_view text);
  // What is written; false when there was too much of it.
  bool spend(const json::Size& size);

  const Tree& root_;
  SchemaBudget& budget_;
  json::Size expanded_;  // inside of references
  // Members of objects in which references were looked up: definitions may be many.
  std::map<const Tree*, std::map<std::string_view, const Tree*>> indexes_;
  bool lossy_ = false;
  // Definitions that are being written: one inside of itself has no end.
  std::vector<std::string> open_;
};

}  // namespace llmproxy::gemini
