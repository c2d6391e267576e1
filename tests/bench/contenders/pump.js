// The floor of a Worker that looks at each chunk as it comes: it reads and writes the same bytes.
export default {
  async fetch(request, env, ctx) {
    const reply = await fetch(request.headers.get("x-bench-url"), request);
    const { readable, writable } = new IdentityTransformStream();
    ctx.waitUntil(pump(reply.body.getReader(), writable.getWriter()));
    return new Response(readable, { headers: { "content-type": reply.headers.get("content-type") } });
  },
};

async function pump(reader, writer) {
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    await writer.write(value);
  }
  await writer.close();
}
