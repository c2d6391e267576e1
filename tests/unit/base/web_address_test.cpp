#include "base/web_address.h"

#include "base/ip_address.h"
#include "native/catch.h"

#include <string>

using namespace llmproxy;

TEST_CASE("hosts that are the machine itself") {
  for (const char* host : {"localhost", "a.localhost", "127.0.0.1", "127.9.9.9", "127.1", "::1"}) {
    INFO(host);
    CHECK(is_loopback_host(host));
  }
  for (const char* host : {"", "a.example", "localhost.example", "notlocalhost", "10.0.0.1",
                           "128.0.0.1", "0.0.0.0", "::", "::2", "1::1"}) {
    INFO(host);
    CHECK_FALSE(is_loopback_host(host));
  }
}

TEST_CASE("URLs that not everybody reads alike") {
  CHECK(fault_of_url("https://a.example:8443/x?y#z").empty());
  CHECK(fault_of_url("http://[::1]:80").empty());
  for (const char* url : {"https://a.example/x y", "https://a.example/x\n", "https://a.example\\x",
                          "https://u@a.example/", "https://a.example:x/", "a.example/x"}) {
    INFO(url);
    CHECK_FALSE(fault_of_url(url).empty());
  }
}

TEST_CASE("hosts of addresses") {
  CHECK(host_of("https://Example.COM:8080/a?b") == "example.com");
  CHECK(host_of("https://user:pass@example.com/") == "example.com");
  CHECK(host_of("http://[2606:4700::1111]:80/") == "2606:4700::1111");
  CHECK(host_of("https://public.example\\@10.0.0.1/") == "public.example");
  CHECK(host_of("no address").empty());
  CHECK(scheme_of("HTTPS://x") == "https");
  CHECK(has_credentials("https://a:b@x.example/"));
  CHECK_FALSE(has_credentials("https://x.example/@b"));
  CHECK(scheme_of("/login?to=https://x.example/").empty());
}

TEST_CASE("only hosts of the public internet are public") {
  for (const char* host :
       {"example.com", "images.example.org.", "8.8.8.8", "1.1.1.1", "2606:4700::1111", "172.32.0.1",
        "11.0.0.1", "my.internal.example.com"}) {
    INFO(host);
    CHECK(is_public_host(host));
  }
  for (const char* host : {"localhost",
                           "a.localhost",
                           "127.0.0.1",
                           "127.1",
                           "2130706433",
                           "0x7f000001",
                           "0177.0.0.1",
                           "10.1.2.3",
                           "172.16.0.1",
                           "172.31.255.255",
                           "192.168.1.1",
                           "169.254.169.254",
                           "100.100.100.200",
                           "0.0.0.0",
                           "224.0.0.1",
                           "255.255.255.255",
                           "::1",
                           "fe80::1",
                           "fd00::1",
                           "::ffff:127.0.0.1",
                           "64:ff9b::7f00:1",
                           "2002:7f00:1::",
                           "metadata.google.internal",
                           "printer.local",
                           "intranet",
                           "router.lan",
                           "host.home.arpa",
                           "localhost.",
                           "localhost..",
                           "x.local.",
                           "127.0.0.1.",
                           "0x7f.1",
                           "0x",
                           "a.0x",
                           "017700000001",
                           "127.0.0.08",
                           "256.256.256.256",
                           "1.2.3.4.5",
                           "8.8.8.8..",
                           "168.63.129.16",
                           "192.0.0.192",
                           "192.88.99.1",
                           "198.19.255.255",
                           "240.0.0.1",
                           "::",
                           "::7f00:1",
                           "::ffff:0:7f00:1",
                           "64:ff9b::8.8.8.8",
                           "64:ff9b:1::1",
                           "100::1",
                           "2001::1",
                           "2001:0:1::1",
                           "2001:00db8::1",
                           "2001:db8::1",
                           "2001:1ff::1",
                           "2002::1",
                           "2620:4f:8000::1",
                           "3fff::1",
                           "4000::1",
                           "5f00::1",
                           "fec0::1",
                           "ff02::1",
                           "2606:4700::1111%eth0",
                           "2606:4700:::1111",
                           "2606:4700",
                           "xn--localhost-.example",
                           "xn--127-.xn--0-.xn--1-",
                           "\xEF\xBC\x91\xEF\xBC\x92\xEF\xBC\x97.0.0.1",
                           "127%2e0.0.1",
                           "a b.example",
                           ".example.com",
                           "a..example.com",
                           "kubernetes.default.svc.cluster.local",
                           "metadata",
                           ""}) {
    INFO(host);
    CHECK_FALSE(is_public_host(host));
  }
}

TEST_CASE("addresses are read as the URL standard reads them") {
  CHECK(parse_ipv4("1.2.3.4") == 0x01020304U);
  CHECK(parse_ipv4("1.2.772") == 0x01020304U);
  CHECK(parse_ipv4("0x1.0x2.0x3.0x4") == 0x01020304U);
  CHECK(parse_ipv4("4294967295") == 0xFFFFFFFFU);
  for (const char* text : {"", "1.", "1..2", "4294967296", "1.2.3.256", "256.1.1.1", "1.2.65536",
                           "09", "0xg", "1.2.3.4.5", "99999999999999999999"}) {
    INFO(text);
    CHECK_FALSE(parse_ipv4(text));
  }
  const auto same = [](std::string_view text, std::uint64_t high, std::uint64_t low) {
    const std::optional<Ipv6> address = parse_ipv6(text);
    return address && address->high == high && address->low == low;
  };
  CHECK(same("::", 0, 0));
  CHECK(same("1:2:3:4:5:6:7:8", 0x0001000200030004U, 0x0005000600070008U));
  CHECK(same("1::8", 0x0001000000000000U, 8));
  CHECK(same("::ffff:1.2.3.4", 0, 0xFFFF01020304U));
  CHECK(same("1:2:3:4:5:6:1.2.3.4", 0x0001000200030004U, 0x0005000601020304U));
  CHECK(same("2001:0db8::", 0x20010DB800000000U, 0));
  for (const char* text :
       {"", ":", "1", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1::2::3", ":::", "::12345", "::1.2.3",
        "::1.2.3.256", "::01.2.3.4", "1.2.3.4::", "1:2:3:4:5:6:7:1.2.3.4", "::1%2",
        "1:2:3:4:5:6:7:", "::g", "::1.2.3.4:5", "1:2:3:4::5:6:7:8"}) {
    INFO(text);
    CHECK_FALSE(parse_ipv6(text));
  }
  CHECK(ends_in_number("a.1"));
  CHECK(ends_in_number("a.0x1f"));
  CHECK_FALSE(ends_in_number("1.a"));
  CHECK_FALSE(ends_in_number("a.0xg"));
}

TEST_CASE("links that may be fetched, and why others may not") {
  for (const char* url : {"https://example.com", "http://example.com:8080/a.png?b=c#e",
                          "HTTPS://EXAMPLE.com./a", "https://[2606:4700::1111]:443/",
                          "https://8.8.8.8/", "https://example.com:/\xE7\x8C\xAB.png",
                          "https://xn--n3h.example/a%20b", "https://a_b.example/@c"}) {
    INFO(url);
    CHECK(fault_of_link(url).empty());
  }
  const auto fault = [](std::string_view url) { return std::string(fault_of_link(url)); };
  const std::string control = "the address holds a space or a control character.";
  CHECK(fault("https://a.example/\nauthorization: x") == control);
  CHECK(fault("https://a.example/\r") == control);
  CHECK(fault(std::string_view("https://a.example/\0b", 20)) == control);
  CHECK(fault("https://a.example/\x7F") == control);
  CHECK(fault(" https://a.example/") == control);
  CHECK(fault("ht\ttp://127.0.0.1/") == control);
  CHECK(fault("https://a.example\\@127.0.0.1/") == "the address holds a backslash.");
  CHECK(fault("https:\\\\127.0.0.1/") == "the address holds a backslash.");
  CHECK(fault("https://a:b@c.example/") == "the address holds a user name or password.");
  CHECK(fault("https:/127.0.0.1/") == "only http and https addresses and data URLs can be read.");
  CHECK(fault("file:///etc/passwd") == "only http and https addresses and data URLs can be read.");
  const std::string host = "its host is not on the public internet.";
  CHECK(fault("http://\xEF\xBC\x91\xEF\xBC\x92\xEF\xBC\x97.0.0.1/") == host);
  CHECK(fault("http://127%2e0.0.1/") == host);
  CHECK(fault("http://loc\xC2\xAD"
              "alhost.example/") == host);
  CHECK(fault("http:///127.0.0.1/") == host);
  CHECK(fault("http://?127.0.0.1") == host);
  const std::string form = "its host and port cannot be read.";
  CHECK(fault("http://8.8.8.8:99999/") == form);
  CHECK(fault("http://8.8.8.8:80:80/") == form);
  CHECK(fault("http://8.8.8.8:-1/") == form);
  CHECK(fault("http://[2606:4700::1111/") == form);
  CHECK(fault("http://[2606:4700::1111].evil/") == form);
  CHECK(fault("http://[8.8.8.8]/") == form);
}

TEST_CASE("a reference as seen from a page") {
  CHECK(resolve_url("https://a.example/x/y?q", "https://b.example/") == "https://b.example/");
  CHECK(resolve_url("https://a.example/x/y?q", "//b.example/z") == "https://b.example/z");
  CHECK(resolve_url("https://a.example/x/y?q", "/z") == "https://a.example/z");
  CHECK(resolve_url("https://a.example/x/y?q", "z") == "https://a.example/x/z");
  CHECK(resolve_url("https://a.example/x/y?q", "?r") == "https://a.example/x/y?r");
  CHECK(resolve_url("https://a.example", "z") == "https://a.example/z");
  CHECK(resolve_url("https://a.example/", "/in?to=http://b.example/") ==
        "https://a.example/in?to=http://b.example/");
}
