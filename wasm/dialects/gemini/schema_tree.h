// Schemas as trees: the two rewritings behind schema.h. A tree is the right tool here, where parts
// move, merge and refer to one another.
#pragma once

#include "json/tree.h"

#include <string>
#include <string_view>
#include <vector>

namespace llmproxy::gemini {

using json::Tree;

// What JSON Schema says in words that Gemini's first door has no ear for, in words that it has:
// const, definitions, siblings of $ref, boolean schemas, allOf, exclusive bounds, OpenAPI's
// nullable.
class SchemaAdapter {
 public:
  explicit SchemaAdapter(Tree& root) : root_(root) {}

  // Changes the tree; false when there was nothing to change.
  bool adapt();
  bool is_lossy() const { return lossy_; }

 private:
  void visit(Tree& schema, int depth);
  void visit_children(Tree& schema, int depth);
  void visit_each(Tree& schema, std::string_view key, int depth);
  void visit_items(Tree& schema, int depth);
  void visit_schema_or_bool(Tree& child, int depth);
  void visit_properties(Tree& schema, int depth);
  void rename_definitions(Tree& value);
  void move_definitions();
  void resolve_siblings(Tree& schema);
  const Tree* find_definition(std::string_view reference) const;
  void merge_all_of(Tree& schema);
  void merge(Tree& schema, const Tree& part);
  void merge_properties(Tree& schema, const Tree& properties);
  void map_const(Tree& schema);
  void map_enum(Tree& schema);
  void map_bound(Tree& schema, std::string_view exclusive, std::string_view inclusive, int step);
  void map_nullable(Tree& schema);

  Tree& root_;
  bool changed_ = false;
  bool lossy_ = false;
  // Each use of a definition makes a copy of it, and copies may hold uses.
  int copies_ = 0;
};

// The part of OpenAPI's that the second door takes. The tree must have been adapted.
class SchemaLowering {
 public:
  explicit SchemaLowering(const Tree& root) : root_(root) {}

  Tree lower() { return lower(root_, 0); }
  bool is_lossy() const { return lossy_; }

 private:
  Tree lower(const Tree& schema, int depth);
  void copy_plain(const Tree& schema, Tree& out);
  void lower_type(const Tree& schema, Tree& out, int depth);
  void lower_choice(const Tree& schema, Tree& out, int depth);
  static void take_choices(Tree choices, Tree& out);
  void lower_enum(const Tree& schema, Tree& out);
  void lower_array(const Tree& schema, Tree& out, int depth);
  void lower_object(const Tree& schema, Tree& out, int depth);
  const Tree* find_target(const Tree& schema);
  Tree too_deep(const Tree& schema);

  const Tree& root_;
  bool lossy_ = false;
  // Definitions that are being written: one inside of itself has no end.
  std::vector<std::string> open_;
};

}  // namespace llmproxy::gemini
