#include "gateway/learned.h"

#include "dialects/gemini/refusal.h"

#include <algorithm>
#include <array>
#include <utility>

namespace llmproxy::gateway {
namespace {

// Names come from clients, so there is an end to what is remembered.
constexpr std::size_t kMaxLessons = 64;
constexpr std::size_t kMaxName = 128;
// A model may take tomorrow what it refuses today.
constexpr std::int64_t kSeconds = 3600;

}  // namespace

std::optional<Lesson> lesson_of(const gemini::Model& model, const gemini::Refused& refused,
                                const chat::Request& request, std::string_view key,
                                std::int64_t now) {
  const bool of_request = gemini::is_of_request(refused.what);
  const std::uint64_t subject = gemini::subject_of(refused.what, request, key);
  if (model.name.size() > kMaxName || (of_request ? subject == 0 : !refused.of_model)) {
    return std::nullopt;
  }
  return Lesson{model.name, refused.what, subject, now + kSeconds};
}

// What one caller alone has of it goes before what all have.
std::vector<Lesson>::iterator Learned::least() {
  const auto found = std::find_if(lessons_.begin(), lessons_.end(),
                                  [](const Lesson& known) { return known.subject != 0; });
  return found != lessons_.end() ? found : lessons_.begin();
}

void Learned::learn(Lesson lesson, std::int64_t now) {
  const auto is_over = [&](const Lesson& known) {
    return known.until <= now || (known.model == lesson.model && known.refusal == lesson.refusal &&
                                  known.subject == lesson.subject);
  };
  lessons_.erase(std::remove_if(lessons_.begin(), lessons_.end(), is_over), lessons_.end());
  if (lessons_.size() == kMaxLessons) {
    lessons_.erase(least());
  }
  lessons_.push_back(std::move(lesson));
}

void Learned::apply(gemini::Model& model, const chat::Request& request, std::string_view key,
                    std::int64_t now) const {
  // Told once for all lessons of a kind: it takes a look at every schema.
  std::array<std::optional<std::uint64_t>, gemini::kRefusals> subjects;
  for (const Lesson& lesson : lessons_) {
    if (lesson.model != model.name || lesson.until <= now) {
      continue;
    }
    std::optional<std::uint64_t>& subject = subjects[static_cast<std::size_t>(lesson.refusal)];
    if (!subject) {
      subject = gemini::subject_of(lesson.refusal, request, key);
    }
    if (lesson.subject == *subject) {
      model.adapt_to({lesson.refusal, true});
    }
  }
}

}  // namespace llmproxy::gateway
