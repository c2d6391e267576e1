// The built Worker in front of the demo suppliers, and of one that fails as each test wants it.
import { startDemoSuppliers } from "../../scripts/demo/suppliers.mjs";
import { startSupplier, startWorker } from "../worker/harness.mjs";

export async function startAll() {
  const demo = await startDemoSuppliers();
  const worker = await startWorker({
    OPENAI_BASE_URL: demo.urls.openai,
    GEMINI_BASE_URL: demo.urls.gemini,
    GROQ_BASE_URL: demo.urls.groq,
  });
  // Answers with the status that the model's name ends in; 200 is a stream that breaks off.
  const failing = await startSupplier((request, response) => {
    const status = Number(/-(\d+):/.exec(request.url)?.[1] ?? 500);
    const names = { 400: "INVALID_ARGUMENT", 403: "PERMISSION_DENIED", 404: "NOT_FOUND", 429: "RESOURCE_EXHAUSTED", 503: "UNAVAILABLE" };
    const details = status === 401 ? [{ "@type": "type.googleapis.com/google.rpc.ErrorInfo", reason: "API_KEY_INVALID" }] : [];
    if (status === 200) {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write('data: {"candidates":[{"content":{"parts":[{"text":"Once"}]}}]}\r\n\r\n');
      return response.end();
    }
    response.writeHead(status === 401 ? 400 : status, { "content-type": "application/json" });
    response.end(JSON.stringify({ error: { code: status, message: `status ${status}`, status: names[status] ?? "INTERNAL", details } }));
  });
  const brokenWorker = await startWorker({ GEMINI_BASE_URL: failing.url });
  const close = async () => {
    await worker.close();
    await brokenWorker.close();
    demo.close();
    failing.close();
  };
  return { url: worker.url, brokenUrl: brokenWorker.url, close };
}
