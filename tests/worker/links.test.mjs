// Links that somebody else wrote, as the built core and the URL parser of the runtime read them: what the core would fetch
// has, to that parser too, a public host and no other than the link says.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { BlockList, isIP } from "node:net";
import { test } from "node:test";
import { ranges } from "../../scripts/special-ranges.mjs";
import { CORE } from "./harness.mjs";

const module = new WebAssembly.Module(readFileSync(CORE));
const [READ, FETCH, HEAD] = [1, 2, 4];

const core = new WebAssembly.Instance(module, {}).exports;
core._initialize();
const encoder = new TextEncoder();
const textAt = (address, size) => new TextDecoder().decode(new Uint8Array(core.memory.buffer, address, size));
const put = (bytes, address) => {
  new Uint8Array(core.memory.buffer).set(bytes, address >>> 0);
  return bytes.length;
};

/** What the core does about an image at this link: {head} of its fetch, or the {status} it answers with. */
function ask(link) {
  const content = [{ type: "image_url", image_url: { url: link } }];
  const body = encoder.encode(JSON.stringify({ model: "gemini-2.0-flash", messages: [{ role: "user", content }] }));
  const head = encoder.encode("POST\nhttps://x.test/v2/gemini/chat/completions\nauthorization: Bearer k\n");
  const exchange = core.lp_exchange_new(put(head, core.lp_reserve(head.length)), 0, 1, 2);
  try {
    for (;;) {
      const kind = core.lp_next(exchange);
      const given = new Uint32Array(core.memory.buffer, core.lp_arguments(), 9);
      if (kind === FETCH) return { head: textAt(given[1], given[2]) };
      if (kind === HEAD) return { status: given[0] };
      assert.equal(kind, READ);
      core.lp_request_take(exchange, put(body, core.lp_request_reserve(exchange, body.length)));
      core.lp_request_end(exchange);
    }
  } finally {
    core.lp_exchange_free(exchange);
  }
}

// Node's own idea of a range, beside ours. A list each, as one of both matches mapped addresses, too.
const special = { ipv4: new BlockList(), ipv6: new BlockList() };
for (const { address, bits } of ranges()) {
  const family = address.includes(":") ? "ipv6" : "ipv4";
  special[family].addSubnet(address, bits, family);
}
const global = new BlockList();
global.addSubnet("2000::", 3, "ipv6");

/** Is the host of a URL, as URL.hostname has it, one of the public internet? */
function isPublic(hostname) {
  const host = hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "");
  if (isIP(host) === 4) return !special.ipv4.check(host, "ipv4");
  if (isIP(host) === 6) return global.check(host, "ipv6") && !special.ipv6.check(host, "ipv6");
  return /^[a-z0-9_.-]+\.[a-z0-9_.-]+$/.test(host) && !/(^|\.)(localhost|localdomain|local|internal|intranet|private|lan|home|corp|home\.arpa|test|invalid|onion|alt)$/.test(host);
}

const PRIVATE = [
  "127.0.0.1", "127.1", "0", "0x7f.1", "0x7f000001", "2130706433", "017700000001", "0177.0.0.0x1", "10.0.0.8", "100.100.100.200",
  "169.254.169.254", "0xa9fea9fe", "192.168.1.1", "168.63.129.16", "224.0.0.1", "255.255.255.255", "localhost", "a.localhost", "printer.local",
  "metadata.google.internal", "router.lan", "host.home.arpa", "intranet", "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]",
  "[64:ff9b::7f00:1]", "[64:ff9b:1::1]", "[2002:7f00:1::]", "[2001::1]", "[2001:db8::1]", "[fe80::1]", "[fd00:ec2::254]", "[ff02::1]", "[fe80::1%25eth0]",
];
const PUBLIC = ["example.com", "8.8.8.8", "134744072", "[2606:4700::1111]", "xn--n3h.example", "a_b.example"];
const LOOKALIKES = ["１２７.0.0.1", "127。0。0。1", "①②⑦.0.0.1", "loc\u00adalhost", "ⓛocalhost", "ｌocalhost", "127.0.0.1\u2024", "xn--localhost-", "xn--127-.0.0.1", "127%2e0.0.1", "%6cocalhost", "loc%61lhost"];

function* hostile() {
  for (const host of [...PRIVATE, ...LOOKALIKES, ...PUBLIC]) {
    for (const scheme of ["http://", "https://", "HTTP://", "http:", "http:/", "http:///", "http:\\\\", "//", "http:\t//", " http://", "ht\ntp://"]) {
      yield `${scheme}${host}/a.png`;
    }
    for (const authority of [
      `${host}.`, `${host}..`, `${host}:80`, `${host}:`, `${host}:99999`, `u@${host}`, `u:p@${host}`, `example.com@${host}`, `${host}@example.com`,
      `example.com\\@${host}`, `${host}\\@example.com`, `example.com#@${host}`, `example.com?@${host}`, `${host}#@example.com`, `${host}?@example.com`,
      `example.com/@${host}`, `${host}\\.example.com`, `${host}\t`, `${host}\n`, `${host}\r`, `${host}\0`, `${host} `, `${host}%00.example.com`,
      `${host}%09`, `${host}%0a`, `${host}%2f.example.com`, `${host};example.com`, `${host},example.com`, `[${host}]`, `${host}\u3002`, `\u200b${host}`,
      `${host}\u0000.example.com`, `.${host}`, `${host}:80:80`, `${host}:8\t0`, `example.com:@${host}`, `${host}&@example.com`,
    ]) {
      yield `http://${authority}/a.png`;
    }
  }
}

test("what the core would fetch has a public host to the runtime's parser, too, and is one line", () => {
  let fetched = 0;
  let refused = 0;
  for (const link of hostile()) {
    const { head, status } = ask(link);
    if (head === undefined) {
      assert.equal(status, 400, JSON.stringify(link));
      refused++;
      continue;
    }
    fetched++;
    const lines = head.split("\n");
    assert.deepEqual([lines[0], lines[2].slice(0, 8), lines.length], ["GET", "accept: ", 4], JSON.stringify(link));
    const { hostname, username, password } = new URL(lines[1]);
    assert.ok(isPublic(hostname), `${JSON.stringify(link)} is fetched from ${hostname}`);
    assert.equal(username + password, "", JSON.stringify(link));
    assert.equal(hostname, new URL(link).hostname, JSON.stringify(link));
  }
  assert.ok(refused > 1500, `${refused} refused`);
  assert.ok(fetched > 50, `${fetched} fetched`);
});

test("each end of each special range is refused, and what is beyond it as its neighbour says", () => {
  const text = (value, v6) =>
    v6
      ? `[${Array.from({ length: 8 }, (_, i) => ((value >> BigInt(112 - i * 16)) & 0xffffn).toString(16)).join(":")}]`
      : Array.from({ length: 4 }, (_, i) => (value >> BigInt(24 - i * 8)) & 0xffn).join(".");
  const { hostname } = new URL("http://[1:2::3]/");
  assert.equal(hostname, "[1:2::3]");
  for (const { address, bits } of ranges()) {
    const v6 = address.includes(":");
    const size = v6 ? 128n : 32n;
    const first = v6 ? groups(address) : address.split(".").reduce((sum, part) => sum * 256n + BigInt(part), 0n);
    const last = first + (1n << (size - BigInt(bits))) - 1n;
    for (const value of [first - 1n, first, last, last + 1n]) {
      if (value < 0n || value >= 1n << size) continue;
      const host = text(value, v6);
      const expected = isPublic(new URL(`http://${host}/`).hostname);
      assert.equal(ask(`http://${host}/a.png`).head !== undefined, expected, host);
      assert.ok(!expected || value < first || value > last, host);
    }
  }
});

function groups(address) {
  const [front, back] = address.split("::").map((half) => half.split(":").filter(Boolean));
  const all = back === undefined ? front : [...front, ...Array(8 - front.length - back.length).fill("0"), ...back];
  return all.reduce((sum, group) => (sum << 16n) | BigInt(`0x${group}`), 0n);
}
