// Made by scripts/special-ranges.mjs of special_ranges.csv, which names the sources.
#pragma once

#include <array>
#include <cstdint>

namespace llmproxy {

struct Ipv4Range {
  std::uint32_t network;
  unsigned bits;
};

struct Ipv6Range {
  std::uint64_t high;
  std::uint64_t low;
  unsigned bits;
};

// clang-format off
inline constexpr std::array kSpecialIpv4 = std::to_array<Ipv4Range>({
    {0x00000000U, 8},  // This network
    {0x0A000000U, 8},  // Private use
    {0x64400000U, 10},  // Shared address space; metadata of some clouds
    {0x7F000000U, 8},  // Loopback
    {0xA83F8110U, 32},  // Azure's host of each virtual machine
    {0xA9FE0000U, 16},  // Link-local; metadata of most clouds
    {0xAC100000U, 12},  // Private use
    {0xC0000000U, 24},  // IETF protocol assignments
    {0xC0000200U, 24},  // Documentation (TEST-NET-1)
    {0xC01FC400U, 24},  // AS112-v4
    {0xC034C100U, 24},  // AMT
    {0xC0586300U, 24},  // 6to4 relay anycast (deprecated)
    {0xC0A80000U, 16},  // Private use
    {0xC0AF3000U, 24},  // Direct delegation AS112 service
    {0xC6120000U, 15},  // Benchmarking
    {0xC6336400U, 24},  // Documentation (TEST-NET-2)
    {0xCB007100U, 24},  // Documentation (TEST-NET-3)
    {0xE0000000U, 4},  // Multicast
    {0xF0000000U, 4},  // Reserved; limited broadcast
});

inline constexpr std::array kSpecialIpv6 = std::to_array<Ipv6Range>({
    {0x0000000000000000U, 0x0000000000000000U, 96},  // Unspecified; loopback; IPv4-compatible (deprecated)
    {0x0000000000000000U, 0x0000FFFF00000000U, 96},  // IPv4-mapped
    {0x0000000000000000U, 0xFFFF000000000000U, 96},  // IPv4-translated (old form)
    {0x0064FF9B00000000U, 0x0000000000000000U, 96},  // IPv4-IPv6 translation
    {0x0064FF9B00010000U, 0x0000000000000000U, 48},  // IPv4-IPv6 translation
    {0x0100000000000000U, 0x0000000000000000U, 64},  // Discard-only
    {0x0100000000000001U, 0x0000000000000000U, 64},  // Dummy prefix
    {0x2001000000000000U, 0x0000000000000000U, 23},  // IETF protocol assignments: Teredo; benchmarking; AMT; ORCHID; drone identification
    {0x20010DB800000000U, 0x0000000000000000U, 32},  // Documentation
    {0x2002000000000000U, 0x0000000000000000U, 16},  // 6to4
    {0x2620004F80000000U, 0x0000000000000000U, 48},  // Direct delegation AS112 service
    {0x3FFE000000000000U, 0x0000000000000000U, 16},  // 6bone (returned)
    {0x3FFF000000000000U, 0x0000000000000000U, 20},  // Documentation
    {0x5F00000000000000U, 0x0000000000000000U, 16},  // Segment routing (SRv6) SIDs
    {0xFC00000000000000U, 0x0000000000000000U, 7},  // Unique-local
    {0xFE80000000000000U, 0x0000000000000000U, 10},  // Link-local
    {0xFEC0000000000000U, 0x0000000000000000U, 10},  // Site-local (deprecated)
    {0xFF00000000000000U, 0x0000000000000000U, 8},  // Multicast
});
// clang-format on

}  // namespace llmproxy
