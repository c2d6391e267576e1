// Makes wasm/base/special_ranges.h of wasm/base/special_ranges.csv. `node scripts/special-ranges.mjs`, and commit both.
import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const LIST = "wasm/base/special_ranges.csv";
export const HEADER = "wasm/base/special_ranges.h";

/** The rows of the list: [{ address, bits, name, rfc, source }]. */
export function ranges() {
  const lines = readFileSync(LIST, "utf8").trim().split("\n").filter((line) => !line.startsWith("#"));
  return lines.slice(1).map((line) => {
    const [range, name, rfc, source] = line.split(",");
    const [address, bits] = range.split("/");
    return { address, bits: Number(bits), name, rfc, source };
  });
}

function ipv4(address) {
  return address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
}

/** The 128 bits of an address without an IPv4 part. */
function ipv6(address) {
  const [front, back] = address.split("::").map((half) => half.split(":").filter(Boolean));
  const groups = back === undefined ? front : [...front, ...Array(8 - front.length - back.length).fill("0"), ...back];
  return groups.reduce((sum, group) => (sum << 16n) | BigInt(`0x${group}`), 0n);
}

const hex = (value, digits) => `0x${value.toString(16).toUpperCase().padStart(digits, "0")}U`;
const HALF = (1n << 64n) - 1n;

/** The text of the header. */
export function header() {
  const rows = { ipv4: [], ipv6: [] };
  for (const { address, bits, name } of ranges()) {
    const note = `  // ${name}`;
    if (address.includes(":")) {
      const value = ipv6(address);
      rows.ipv6.push(`    {${hex(value >> 64n, 16)}, ${hex(value & HALF, 16)}, ${bits}},${note}`);
    } else {
      rows.ipv4.push(`    {${hex(ipv4(address), 8)}, ${bits}},${note}`);
    }
  }
  return `// Made by scripts/special-ranges.mjs of special_ranges.csv, which names the sources.
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
${rows.ipv4.join("\n")}
});

inline constexpr std::array kSpecialIpv6 = std::to_array<Ipv6Range>({
${rows.ipv6.join("\n")}
});
// clang-format on

}  // namespace llmproxy
`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) writeFileSync(HEADER, header());
