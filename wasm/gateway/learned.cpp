#include "gateway/learned.h"

#include <algorithm>
#include <utility>

namespace llmproxy::gateway {
namespace {

// Names come from clients, so there is an end to what is remembered.
constexpr std::size_t kMaxLessons = 64;
constexpr std::size_t kMaxName = 128;
// A model may take tomorrow what it refuses today.
constexpr std::int64_t kSeconds = 3600;

}  // namespace

std::optional<Lesson> lesson_of(const dialects::SupplierModel& model,
                                const dialects::Refused& refused, const chat::Request& request,
                                std::string_view key, std::int64_t now) {
  const bool of_request = model.is_of_request(refused.what);
  const std::uint64_t subject = model.subject_of(refused.what, request, key);
  if (model.name().size() > kMaxName || (of_request ? subject == 0 : !refused.of_model)) {
    return std::nullopt;
  }
  return Lesson{std::string(model.name()), refused.what, subject, now + kSeconds};
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

void Learned::apply(dialects::SupplierModel& model, const chat::Request& request,
                    std::string_view key, std::int64_t now) const {
  // Told once for all lessons of a kind: it takes a look at every schema.
  std::vector<std::pair<std::uint32_t, std::uint64_t>> subjects;
  for (const Lesson& lesson : lessons_) {
    if (lesson.model != model.name() || lesson.until <= now) {
      continue;
    }
    auto known = std::find_if(subjects.begin(), subjects.end(),
                              [&](const auto& row) { return row.first == lesson.refusal; });
    if (known == subjects.end()) {
      known =
          subjects.insert(known, {lesson.refusal, model.subject_of(lesson.refusal, request, key)});
    }
    if (lesson.subject == known->second) {
      model.adapt_to({lesson.refusal, true});
    }
  }
}

}  // namespace llmproxy::gateway
