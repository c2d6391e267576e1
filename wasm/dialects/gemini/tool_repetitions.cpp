#include "dialects/gemini/tool_repetitions.h"

#include "base/limits.h"
#include "base/text.h"
#include "dialects/gemini/schema.h"
#include "dialects/gemini/tool_path.h"
#include "json/tree.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace llmproxy::gemini {
namespace {

using chat::Tool;
using json::Tree;

// The order of members says nothing.
bool are_equal(Tree& a, Tree& b);

// Nor does that of names in these.
// https://json-schema.org/draft/2020-12/json-schema-validation#section-6.5.3
bool is_set_of_names(std::string_view key, const Tree& value) {
  return (key == "required" || key == "type") && value.is_array() &&
         std::all_of(value.begin(), value.end(), [](const Tree& name) { return name.is_string(); });
}

bool are_equal_sets(const Tree& a, const Tree& b) {
  const auto sorted = [](const Tree& names) {
    std::vector<std::string_view> out;
    for (const Tree& name : names) {
      out.push_back(json::text_of(&name));
    }
    std::sort(out.begin(), out.end());
    return out;
  };
  return sorted(a) == sorted(b);
}

bool are_equal_objects(Tree& a, Tree& b) {
  json::Index index(b);
  return std::all_of(json::members(a).begin(), json::members(a).end(), [&](auto& member) {
    Tree* other = index.find(member.first);
    if (other == nullptr) {
      return false;
    }
    const bool sets =
        is_set_of_names(member.first, member.second) && is_set_of_names(member.first, *other);
    return sets ? are_equal_sets(member.second, *other) : are_equal(member.second, *other);
  });
}

bool are_equal(Tree& a, Tree& b) {
  if (a.is_object() && b.is_object()) {
    return a.size() == b.size() && are_equal_objects(a, b);
  }
  if (a.is_array() && b.is_array()) {
    return a.size() == b.size() &&
           std::equal(a.begin(), a.end(), b.begin(),
                      [](Tree& left, Tree& right) { return are_equal(left, right); });
  }
  return a == b;
}

bool are_same_text(const chat::Text& a, const chat::Text& b) {
  return a.raw == b.raw || a.decode() == b.decode();
}

bool says_nothing(std::string_view parameters) {
  return parameters.empty() || takes_no_arguments(parameters);
}

bool are_same_parameters(std::string_view a, std::string_view b) {
  const bool nothing = says_nothing(a);
  return nothing || says_nothing(b) ? nothing && says_nothing(b) : are_same_json(a, b);
}

// Whether both are one tool, and told by the same words.
bool are_copies(const Tool& a, const Tool& b) {
  return a.parameters == b.parameters && a.description.raw == b.description.raw &&
         a.grammar.raw == b.grammar.raw;
}

// A description that only one of them has contradicts nothing.
bool are_one_tool(const Tool& kept, const Tool& before, const Tool& tool) {
  const bool described = !kept.description.empty() && !tool.description.empty();
  return kept.kind == tool.kind &&
         (!described || are_same_text(kept.description, tool.description)) &&
         are_same_text(before.grammar, tool.grammar) &&
         are_same_parameters(before.parameters, tool.parameters);
}

}  // namespace

bool are_same_json(std::string_view a, std::string_view b) {
  if (a == b) {
    return true;
  }
  a = a.empty() ? "{}" : a;
  b = b.empty() ? "{}" : b;
  // A schema with more is refused anyway.
  if (json::count_values(a) > kMaxSchemaNodes || json::count_values(b) > kMaxSchemaNodes) {
    return false;
  }
  Tree left = json::read_tree(a);
  Tree right = json::read_tree(b);
  return are_equal(left, right);
}

Status find_repetitions(const chat::Request& request, chat::Changes& changes,
                        std::vector<const Tool*>& out) {
  std::vector<std::pair<std::string, const Tool*>> named;
  for (const Tool& tool : request.tools) {
    if (tool.kind != chat::ToolKind::hosted) {
      named.emplace_back(tool.name.decode(), &tool);
    }
  }
  std::stable_sort(named.begin(), named.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  const Tool* kept = named.empty() ? nullptr : named.front().second;
  for (std::size_t i = 1; i < named.size(); ++i) {
    const Tool* tool = named[i].second;
    if (named[i].first != named[i - 1].first) {
      kept = tool;
      continue;
    }
    // Schemas are compared with the one before, so that each is read twice and not more often.
    if (!are_one_tool(*kept, *named[i - 1].second, *tool)) {
      const std::string param = path_of(*tool, "name");
      return Error{ErrorCode::invalid_value,
                   {"Invalid '", param, "': ", path_of(*kept),
                    " has the same name, and Gemini takes each name once."},
                   param};
    }
    const Tool* left_out = tool;
    if (kept->description.empty() && !tool->description.empty()) {
      std::swap(kept, left_out);
    }
    out.push_back(left_out);
    if (!are_copies(*kept, *left_out)) {
      changes.add(path_of(*left_out), chat::Reason::dropped);
    }
  }
  return {};
}

}  // namespace llmproxy::gemini
