// The floor of a Worker that needs whole bodies: it reads them, and sends the same bytes.
export default {
  async fetch(request) {
    const body = await request.arrayBuffer();
    const headers = { "content-type": "application/json" };
    const reply = await fetch(request.headers.get("x-bench-url"), { method: "POST", headers, body });
    return new Response(await reply.arrayBuffer(), { headers });
  },
};
