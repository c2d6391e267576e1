// The Worker: hands each request to the core, and says something readable if the core dies of it.
import { Exchange } from "./exchange.js";
import { instanceFor, isTrap } from "./instance.js";

export default {
  async fetch(request, env, ctx) {
    const instance = instanceFor(env);
    let exchange = null;
    try {
      exchange = new Exchange(instance, request, ctx);
      return await exchange.respond();
    } catch (error) {
      if (isTrap(error)) instance.dead = true;
      exchange?.fail(error);
      if (!isTrap(error)) throw error;
      const { status, headers, body } = instance.farewell;
      return new Response(body.slice(), { status, headers: exchange ? { ...headers, "x-request-id": exchange.id } : headers });
    }
  },
};
