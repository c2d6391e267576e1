// Sound as WAV files: 16-bit mono PCM. http://soundfile.sapp.org/doc/WaveFormat/
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace llmproxy {

// The 44 bytes in front of `size` bytes of PCM.
std::string wav_header(std::uint32_t samples_per_second, std::uint32_t size);

// The samples inside of a WAV file; all of `bytes` when it is none.
std::string_view pcm_of_wav(std::string_view bytes);

// The rate in a media type like "audio/L16;codec=pcm;rate=24000"; 24000, which is what speech
// models send, when it is not said.
std::uint32_t rate_of(std::string_view media_type);

}  // namespace llmproxy
