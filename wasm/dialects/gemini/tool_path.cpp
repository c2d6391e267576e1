#include "dialects/gemini/tool_path.h"

#include "base/text.h"

namespace llmproxy::gemini {

std::string path_of(const chat::Tool& tool) {
  return concat({tool.in_functions ? "functions[" : "tools[", std::to_string(tool.index), "]"});
}

std::string path_of(const chat::Tool& tool, std::string_view member) {
  const bool custom = tool.kind == chat::ToolKind::custom;
  const std::string_view inside = custom ? ".custom." : ".function.";
  return concat({path_of(tool), tool.in_functions ? "." : inside, member});
}

}  // namespace llmproxy::gemini
