// References of a schema, all of them as pointers from its root.
#include "base/percent.h"
#include "base/text.h"
#include "dialects/gemini/schema_tree.h"
#include "json/pointer.h"

#include <algorithm>
#include <array>
#include <map>
#include <span>
#include <string>
#include <utility>

namespace llmproxy::gemini {
namespace {

bool is_one_of(std::string_view key, std::span<const std::string_view> names) {
  return std::find(names.begin(), names.end(), key) != names.end();
}

// What stands under these is data, whatever it looks like.
// https://json-schema.org/draft/2020-12/json-schema-validation
bool is_data(std::string_view key) {
  constexpr std::array kData =
      std::to_array<std::string_view>({"default", "example", "examples", "enum", "const"});
  return is_one_of(key, kData);
}

// What stands under these has names that its author chose, and schemas under them.
bool is_map(std::string_view key) {
  constexpr std::array kMaps =
      std::to_array<std::string_view>({"properties", "patternProperties", "$defs", "definitions",
                                       "dependentSchemas", "dependencies"});
  return is_one_of(key, kMaps);
}

std::string_view without_fragment(std::string_view uri) {
  return uri.substr(0, uri.find('#'));
}

bool has_scheme(std::string_view uri) {
  const std::size_t colon = uri.find(':');
  return colon != std::string_view::npos && colon < uri.find('/') && colon < uri.find('#');
}

// Where the path of a URI begins, behind its host.
std::size_t path_begin(std::string_view uri) {
  const std::size_t host = uri.find("://");
  return host == std::string_view::npos ? 0 : std::min(uri.find('/', host + 3), uri.size());
}

// A reference, without its fragment, as a URI of its own.
// https://www.rfc-editor.org/rfc/rfc3986#section-5.2
std::string resolve(std::string_view reference, std::string_view base) {
  if (reference.empty()) {
    return std::string(base);
  }
  if (has_scheme(reference)) {
    return std::string(reference);
  }
  const std::size_t root = path_begin(base);
  if (reference.front() == '/') {
    return concat({base.substr(0, root), reference});
  }
  const std::size_t slash = base.rfind('/');
  const bool in_path = slash != std::string_view::npos && slash >= root;
  std::string_view folder = base.substr(0, in_path ? slash : root);
  while (reference.starts_with("./") || reference.starts_with("../")) {
    const bool up = reference[1] == '.';
    reference.remove_prefix(up ? 3 : 2);
    if (up && folder.size() > root) {
      folder = folder.substr(0, std::max(folder.rfind('/'), root));
    }
  }
  return concat({folder, in_path || root > 0 ? "/" : "", reference});
}

// A step of a pointer, as decode_step() reads it.
void append_step(std::string_view name, std::string& path) {
  path.push_back('/');
  for (const char c : name) {
    path.append(c == '~' ? "~0" : c == '/' ? "~1" : c == '%' ? "%25" : std::string_view(&c, 1));
  }
}

// Percent signs are decoded before a pointer is split, so an escaped slash splits it, too. The
// other escapes come to the same when decode_step() reads them, and stay.
// https://www.rfc-editor.org/rfc/rfc6901#section-6
std::string with_slashes(std::string_view fragment) {
  std::string out;
  while (!fragment.empty()) {
    const bool slash = read_percent_escape(fragment) == '/';
    out.push_back(slash ? '/' : fragment.front());
    fragment.remove_prefix(slash ? 3 : 1);
  }
  return out;
}

// A schema with an id of its own, and what it holds.
struct Resource {
  std::string uri;
  std::string path;  // from the root: "/$defs/a"
};

class References {
 public:
  explicit References(Tree& root) : root_(root) {}

  void resolve_all() {
    std::string path;
    walk(root_, path, {},
         [this](Tree& schema, const std::string& at, const Resource& in) { note(schema, at, in); });
    walk(root_, path, {},
         [this](Tree& schema, const std::string&, const Resource& in) { rewrite(schema, in); });
  }
  bool changed() const { return changed_; }
  bool is_lossy() const { return lossy_; }

 private:
  // Every object that may be a schema. `path` is that of `value`, and is so again at the end.
  template <typename Visit>
  void walk(Tree& value, std::string& path, const Resource& in, Visit visit) {
    const std::size_t size = path.size();
    if (value.is_array()) {
      for (std::size_t i = 0; i < value.size(); ++i) {
        append_step(std::to_string(i), path);
        walk(value[i], path, in, visit);
        path.resize(size);
      }
    } else if (value.is_object()) {
      const std::string_view id = without_fragment(json::text_of(json::find(value, "$id")));
      if (id.empty()) {
        visit(value, path, in);
        walk_members(value, path, in, visit);
      } else {
        const Resource own{resolve(id, in.uri), path};
        visit(value, path, own);
        walk_members(value, path, own, visit);
      }
    }
  }

  template <typename Visit>
  void walk_members(Tree& schema, std::string& path, const Resource& in, Visit visit) {
    const std::size_t size = path.size();
    for (auto& [key, child] : json::members(schema)) {
      if (is_data(key) || !child.is_structured()) {
        continue;
      }
      append_step(key, path);
      if (is_map(key) && child.is_object()) {
        const std::size_t inner = path.size();
        for (auto& [name, member] : json::members(child)) {
          append_step(name, path);
          walk(member, path, in, visit);
          path.resize(inner);
        }
      } else {
        walk(child, path, in, visit);
      }
      path.resize(size);
    }
  }

  void note(const Tree& schema, const std::string& path, const Resource& in) {
    if (path == in.path) {
      places_.try_emplace(in.uri, path);
    }
    for (const std::string_view key : {"$anchor", "$dynamicAnchor"}) {
      const std::string_view name = json::text_of(json::find(schema, key));
      if (!name.empty()) {
        places_.try_emplace(concat({in.uri, "#", name}), path);
      }
    }
    // What an anchor was called before 2019.
    const std::string_view id = json::text_of(json::find(schema, "$id"));
    if (id.size() > 1 && id.front() == '#') {
      places_.try_emplace(concat({in.uri, id}), path);
    }
  }

  void rewrite(Tree& schema, const Resource& in) {
    const Tree* found = json::find(schema, "$ref");
    if (found == nullptr || !found->is_string()) {
      return;
    }
    const std::string reference(json::text_of(found));
    const std::string target = target_of(reference, in);
    if (target.empty()) {
      // Of another document, or of none.
      changed_ = true;
      lossy_ = true;
    } else if (target != reference) {
      changed_ = true;
      json::set_text(schema, "$ref", target);
    }
  }

  // "#/…"; empty: it leads to nothing that is here.
  std::string target_of(std::string_view reference, const Resource& in) const {
    const std::string_view uri = without_fragment(reference);
    std::string fragment;
    if (uri.size() < reference.size()) {
      fragment = with_slashes(reference.substr(uri.size() + 1));
    }
    const std::string whole = resolve(uri, in.uri);
    const bool is_pointer = fragment.empty() || fragment.front() == '/';
    std::string anchor;
    if (!is_pointer) {
      percent_decode(fragment, anchor);
    }
    const auto place = places_.find(is_pointer ? whole : concat({whole, "#", anchor}));
    return place == places_.end() ? "" : pointer(place->second, is_pointer ? fragment : "");
  }

  // The definitions of the root are under one name, however it is written.
  static std::string pointer(const std::string& place, std::string_view rest) {
    std::string path = concat({place, rest});
    const std::size_t end = std::min(path.find('/', path.empty() ? 0 : 1), path.size());
    const std::string first = path.empty() ? "" : json::decode_step(path.substr(1, end - 1));
    if (first == "definitions" || first == "$defs") {
      path = concat({"/$defs", std::string_view(path).substr(end)});
    }
    return concat({"#", path});
  }

  Tree& root_;
  std::map<std::string, std::string, std::less<>> places_;  // pointers by URI
  bool changed_ = false;
  bool lossy_ = false;
};

}  // namespace

void SchemaAdapter::resolve_references() {
  References references(root_);
  references.resolve_all();
  changed_ = changed_ || references.changed();
  lossy_ = lossy_ || references.is_lossy();
}

}  // namespace llmproxy::gemini
