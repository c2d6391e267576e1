// What is measured. The model's name tells the supplier what to answer: MODEL-bench-KIND-COUNT, and -paced for a pause
// behind each chunk. It begins as a common model of Gemini's does, because what is asked for depends on that.

const TURN = 'What is the meaning of life? 你好，世界。 "quoted"\n'.repeat(8);
const PIXELS = "iVBORw0KGgoAAAANSUhEUgAA";

function conversation(bytes) {
  const messages = [{ role: "system", content: "You are a helpful assistant." }];
  for (let size = 0; size < bytes; size += Buffer.byteLength(TURN)) {
    messages.push({ role: messages.length % 2 ? "user" : "assistant", content: TURN });
  }
  if (messages.length % 2) messages.push({ role: "user", content: "go on" });
  return messages;
}

function image(bytes) {
  const url = `data:image/png;base64,${PIXELS.repeat(Math.ceil(bytes / PIXELS.length))}`;
  const content = [
    { type: "text", text: "What is in this picture?" },
    { type: "image_url", image_url: { url } },
  ];
  return [{ role: "user", content }];
}

const LOOK_UP = {
  type: "function",
  function: {
    name: "look_up",
    description: "Looks up the weather of a place",
    parameters: {
      type: "object",
      properties: { city: { type: "string" }, days: { type: "integer" }, units: { type: "array", items: { type: "string" } } },
      required: ["city"],
    },
  },
};

function scenario(title, kind, count, messages, more = {}) {
  const { share = 1, tools, pace = "", supplier = "gemini" } = more;
  const model = `gemini-2.5-flash-bench-${kind}-${count}${pace}`;
  const stream = kind !== "whole";
  const body = JSON.stringify({ model, messages, tools, temperature: 0.7, top_p: 1, max_tokens: 1024, stream });
  // Of all requests of a round, this part is a scenario's own: a large one takes longer.
  return { title, body, stream, share, supplier, method: stream ? "streamGenerateContent?alt=sse" : "generateContent", model };
}

const KB = 1024;
const short = conversation(KB);

export const SCENARIOS = {
  small: scenario("request 1.4 KB", "whole", 1, short),
  context: scenario("request 91 KB", "whole", 1, conversation(100 * KB), { share: 1 / 2 }),
  image: scenario("image 5 MB", "whole", 1, image(5 * KB * KB), { share: 1 / 40 }),
  stream: scenario("stream, 200 chunks at once", "text", 200, short, { share: 1 / 10 }),
  paced: scenario("stream, a chunk every 5 ms", "text", 200, short, { share: 1 / 25, pace: "-paced" }),
  tools: scenario("stream, 200 tool calls", "tools", 200, short, { share: 1 / 10, tools: [LOOK_UP] }),
  long: scenario("stream, 10,000 chunks", "text", 10_000, short, { share: 1 / 250 }),
  openai: scenario("OpenAI's stream, 200 chunks", "openai", 200, short, { share: 1 / 10, supplier: "openai" }),
};

/** A short stream, one at a time. */
export const IDLE = scenario("stream, 20 chunks", "text", 20, short);

/** How cost grows: the same with more, by a size that the chart shows. */
export const GROWTH = {
  request: [1, 50, 100, 200, 400, 800].map((size) => {
    const made = scenario(`request ${size} KB`, "whole", 1, conversation(size * KB), { share: 1 / (2 + size / 10) });
    return { ...made, size: Math.round(Buffer.byteLength(made.body) / KB) };
  }),
  chunks: [10, 500, 1000, 2000, 5000, 10_000].map((size) => {
    return { ...scenario(`${size} chunks`, "text", size, short, { share: 1 / (4 + size / 40) }), size };
  }),
};
