// One Worker, an attack, and a bystander: another caller whose stream is open on the same instance all the while.
import assert from "node:assert/strict";
import { chatBody, geminiEvent, JSON_HEADERS, send, startSupplier, startWorker, suppliersAt, textOf, until } from "./harness.mjs";

export const GEMINI = "/v2/gemini/chat/completions";
export const FINE = JSON.stringify({ candidates: [{ content: { parts: [{ text: "fine" }] }, finishReason: "STOP" }] });

/** {attack(), url, close()}. The supplier answers an attack with `answer(request, response, body)`, and all others with "fine". */
export async function startAttacked(answer) {
  let slow = null; // finishes the bystander's stream
  const supplier = await startSupplier((request, response, body) => {
    supplier.seen.length = 0; // nobody looks, and bodies are large
    if (request.url.includes("gemini-slow")) {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(geminiEvent("begun "));
      slow = () => response.end(geminiEvent("and ended", "STOP"));
      return undefined;
    }
    if (request.url.includes("gemini-small")) return response.writeHead(200, { "content-type": "application/json" }).end(FINE);
    return answer(request, response, body);
  });
  const worker = await startWorker(suppliersAt(supplier.url));
  const post = (path, body, headers = {}, method = "POST") => send(worker.url + path, { method, headers: { ...JSON_HEADERS, ...headers }, body });

  /** What the attacker got. The bystander's stream has ended whole then, and the next small request was served. */
  async function attack(path, body, headers, method) {
    slow = null;
    const stream = await post(GEMINI, chatBody({ model: "gemini-slow", stream: true }));
    await until(() => slow !== null, "the bystander's stream is open");
    const answer = await post(path, body, headers, method);
    const text = await textOf(answer.response);
    slow();
    const seen = await textOf(stream.response);
    assert.match(seen, /begun /);
    assert.match(seen, /and ended.*\[DONE\]\s*$/s, `the bystander's stream after ${answer.status} ${text.slice(0, 300)}`);
    const small = await post(GEMINI, chatBody({ model: "gemini-small" }));
    assert.equal(JSON.parse(await textOf(small.response)).choices[0].message.content, "fine");
    return { status: answer.status, headers: answer.headers, text };
  }

  const close = async () => {
    slow?.();
    await worker.close();
    supplier.close();
  };
  return { url: worker.url, attack, close };
}
