// Every limit the core enforces, in one place. Sizes are bytes.
#pragma once

#include <cstddef>
#include <cstdint>

namespace llmproxy {

// A Worker has 128 MB for JavaScript and WebAssembly together, and several requests share it.
// https://developers.cloudflare.com/workers/platform/limits/#memory
inline constexpr std::size_t kMaxRequestBody = std::size_t{32} << 20U;

// A whole reply has to be held until it is complete; a stream only one event at a time.
inline constexpr std::size_t kMaxWholeReply = std::size_t{32} << 20U;
inline constexpr std::size_t kMaxStreamEvent = std::size_t{16} << 20U;

// An error body is quoted in part at most; more than this is not even read.
inline constexpr std::size_t kMaxErrorBody = std::size_t{64} << 10U;
inline constexpr std::size_t kMaxErrorMessage = 2000;

// Readers on top of aiohttp refuse a line of an event stream that is longer than 64 KiB, so one
// delta carries at most this much text (and escapes may still double it).
inline constexpr std::size_t kMaxDelta = std::size_t{32} << 10U;

// Arrays and objects inside one another.
inline constexpr std::uint32_t kMaxJsonDepth = 128;

// The runtime allows 128 KB of response headers in all; a preflight asks for far less.
inline constexpr std::size_t kMaxEchoedHeaders = 4096;

// A slice of at least this many bytes goes into the output by reference, a shorter one by copy.
inline constexpr std::size_t kMinReferencedSlice = 4096;
// So a body of more than this is mostly references, and as much memory at once is enough for the
// rest.
inline constexpr std::size_t kMaxCopiedBody = std::size_t{256} << 10U;

}  // namespace llmproxy
