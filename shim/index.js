// The Worker: hands each request to the core, and answers with an error if the core dies of it.
import { Exchange, Over } from "./exchange.js";
import { fatal, instanceFor } from "./pool.js";

export default {
  async fetch(request, env, ctx) {
    let exchange = null;
    try {
      exchange = new Exchange(instanceFor(env), request, ctx);
      return await exchange.respond();
    } catch (error) {
      exchange?.fail();
      if (error instanceof Over) return new Response(null, { status: 499 }); // nobody reads it
      const { status, headers, body } = fatal;
      return new Response(body.slice(), { status, headers: exchange ? { ...headers, "x-request-id": exchange.id } : headers });
    }
  },
};
