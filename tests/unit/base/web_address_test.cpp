#include "base/web_address.h"

#include "native/catch.h"

using namespace llmproxy;

TEST_CASE("hosts of addresses") {
  CHECK(host_of("https://Example.COM:8080/a?b") == "example.com");
  CHECK(host_of("https://user:pass@example.com/") == "example.com");
  CHECK(host_of("http://[2606:4700::1111]:80/") == "2606:4700::1111");
  CHECK(host_of("https://public.example\\@10.0.0.1/") == "public.example");
  CHECK(host_of("no address").empty());
  CHECK(scheme_of("HTTPS://x") == "https");
  CHECK(has_credentials("https://a:b@x.example/"));
  CHECK_FALSE(has_credentials("https://x.example/@b"));
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
                           ""}) {
    INFO(host);
    CHECK_FALSE(is_public_host(host));
  }
}

TEST_CASE("a reference as seen from a page") {
  CHECK(resolve_url("https://a.example/x/y?q", "https://b.example/") == "https://b.example/");
  CHECK(resolve_url("https://a.example/x/y?q", "//b.example/z") == "https://b.example/z");
  CHECK(resolve_url("https://a.example/x/y?q", "/z") == "https://a.example/z");
  CHECK(resolve_url("https://a.example/x/y?q", "z") == "https://a.example/x/z");
  CHECK(resolve_url("https://a.example/x/y?q", "?r") == "https://a.example/x/y?r");
  CHECK(resolve_url("https://a.example", "z") == "https://a.example/z");
}
