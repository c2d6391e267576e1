#include "base/wav.h"

#include "base/text.h"

namespace llmproxy {
namespace {

void put(std::uint32_t value, int bytes, std::string& out) {
  for (int i = 0; i < bytes; ++i, value >>= 8U) {
    out.push_back(static_cast<char>(value & 0xFFU));
  }
}

std::uint32_t get(std::string_view bytes) {
  std::uint32_t value = 0;
  for (std::size_t i = 4; i-- > 0;) {
    value = (value << 8U) | static_cast<unsigned char>(bytes[i]);
  }
  return value;
}

}  // namespace

std::string wav_header(std::uint32_t samples_per_second, std::uint32_t size) {
  std::string out = "RIFF";
  put(size + 36, 4, out);
  out.append("WAVEfmt ");
  put(16, 4, out);
  put(1, 2, out);  // PCM
  put(1, 2, out);  // channels
  put(samples_per_second, 4, out);
  put(samples_per_second * 2, 4, out);
  put(2, 2, out);   // bytes per sample
  put(16, 2, out);  // bits per sample
  out.append("data");
  put(size, 4, out);
  return out;
}

std::string_view pcm_of_wav(std::string_view bytes) {
  if (bytes.size() < 44 || !bytes.starts_with("RIFF") || bytes.substr(8, 4) != "WAVE") {
    return bytes;
  }
  std::size_t at = 12;
  while (at + 8 <= bytes.size()) {
    const std::uint32_t size = get(bytes.substr(at + 4));
    if (bytes.substr(at, 4) == "data") {
      return bytes.substr(at + 8, size);
    }
    at += 8 + std::size_t{size} + (size & 1U);
  }
  return {};
}

std::uint32_t rate_of(std::string_view media_type) {
  constexpr std::string_view kRate = "rate=";
  const std::size_t at = media_type.find(kRate);
  if (at == std::string_view::npos) {
    return 24000;
  }
  std::string_view digits = media_type.substr(at + kRate.size());
  digits = digits.substr(0, digits.find_first_not_of("0123456789"));
  return static_cast<std::uint32_t>(parse_integer(digits).value_or(24000));
}

}  // namespace llmproxy
