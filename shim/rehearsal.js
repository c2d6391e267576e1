// An exchange without a client, while the Worker starts. The engine compiles a function when it is called first: what
// every request needs is compiled here, where a Worker may take a second, and not in the first request, which has ten
// milliseconds of CPU on the free plan. https://developers.cloudflare.com/workers/platform/limits/#worker-startup-time
import { ASK, END, READ, WAIT } from "./commands.js";

const encoder = new TextEncoder();

const question = (stream) =>
  `{"model":"gemini-2.5-flash","temperature":1,"top_p":1,"max_tokens":9,"stream":${stream},"messages":[{"role":"system","content":"x"},{"role":"user","content":"x \\"é\\""},{"role":"assistant","content":"x"},{"role":"user","content":[{"type":"text","text":"x"}]}]}`;
const ANSWER =
  '{"candidates":[{"content":{"parts":[{"text":"x"}],"role":"model"},"finishReason":"STOP","index":0}],"usageMetadata":{"promptTokenCount":1,"candidatesTokenCount":1,"totalTokenCount":2,"promptTokensDetails":[{"modality":"TEXT","tokenCount":1}]},"modelVersion":"x","responseId":"x"}';

export function rehearse(instance) {
  play(instance, question(false), ANSWER);
  play(instance, question(true), `data: ${ANSWER}\r\n\r\n`);
}

function play(instance, request, reply) {
  const { calls } = instance;
  const exchange = calls.lp_exchange_new(instance.write("POST\nhttp://localhost/v2/gemini/chat/completions\n"), 0, 0, 0);
  const body = encoder.encode(request);
  for (let kind = calls.lp_next(exchange); kind !== WAIT; kind = calls.lp_next(exchange)) {
    if (kind === ASK) calls.lp_request_headers(exchange, instance.write(`authorization: Bearer x\ncontent-length: ${body.length}\n`));
    if (kind !== READ) continue;
    instance.memory().set(body, calls.lp_request_reserve(exchange, body.length) >>> 0);
    calls.lp_request_take(exchange, body.length);
    calls.lp_request_end(exchange);
  }
  const fetch = 1; // the id of the first
  const bytes = encoder.encode(reply);
  calls.lp_reply_head(exchange, fetch, 200, instance.write(""));
  instance.memory().set(bytes, calls.lp_reply_reserve(exchange, fetch, bytes.length) >>> 0);
  calls.lp_reply_take(exchange, fetch, bytes.length);
  calls.lp_reply_end(exchange, fetch);
  while (calls.lp_next(exchange) !== END);
  calls.lp_exchange_free(exchange);
}
