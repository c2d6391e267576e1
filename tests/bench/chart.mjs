// Charts as SVG, readable on light and dark pages.

const COLOURS = { pass: "#9aa5b1", copy: "#c9a227", pump: "#c9a227", js: "#d1495b", floor: "#9ec5f4", llmproxy: "#2a7de1" };
const LABELS = { pass: "only forwards", js: "plain JavaScript", llmproxy: "llmproxy" };
const WIDTH = 760;

const text = (x, y, content, more = "") => `<text x="${x}" y="${y}" ${more}>${content}</text>\n`;
const rect = (x, y, width, height, fill) => `<rect x="${x}" y="${y}" width="${width}" height="${height}" fill="${fill}"/>\n`;

function page(height, content, caption) {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="system-ui, sans-serif" font-size="12">
<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>
<g fill="#1f2933">
${content}${text(12, height - 10, caption, 'font-size="10" fill="#616e7c"')}</g>
</svg>
`;
}

function legend(labels, y) {
  let x = 12;
  return Object.entries(labels)
    .map(([name, label]) => {
      const item = rect(x.toFixed(1), y - 9, 10, 10, COLOURS[name]) + text((x + 14).toFixed(1), y, label);
      x += 34 + label.length * 6.6;
      return item;
    })
    .join("");
}

/** CPU of each contender in each scenario, the Worker that only forwards as 1. */
export function bars({ scenarios, machine }) {
  const left = 190;
  const bar = 11;
  const room = WIDTH - left - 60;
  const all = Object.values(scenarios);
  const most = Math.max(...all.flatMap(({ results }) => Object.values(results).map(({ ratio }) => ratio)));
  let y = 66;
  let content = text(12, 22, "CPU of a request, as a multiple of a Worker that only forwards it", 'font-size="15" font-weight="600"');
  content += legend({ pass: LABELS.pass, copy: "copies bodies, or touches each chunk", js: LABELS.js, floor: "empty core", llmproxy: "llmproxy" }, 44);
  for (const { title, results } of all) {
    const shown = Object.entries(results);
    content += text(left - 8, y + (shown.length * bar) / 2 + 4, title, 'text-anchor="end"');
    for (const [name, { ratio }] of shown) {
      const width = Math.max(1, (ratio / most) * room);
      content += rect(left, y, width.toFixed(1), bar - 1, COLOURS[name]) + text((left + width + 4).toFixed(1), y + 9, ratio.toFixed(2), 'font-size="10"');
      y += bar;
    }
    y += 12;
  }
  return page(y + 20, content, `${machine.text}; ${machine.date}`);
}

const AXES = { request: "size of the request in KB", chunks: "chunks of the stream" };

function panel(x, title, steps) {
  const width = WIDTH / 2 - 70;
  const height = 210;
  const bottom = 66 + height;
  const names = Object.keys(steps[0].results);
  const maxX = steps.at(-1).size;
  const maxY = Math.max(...steps.flatMap(({ results }) => names.map((name) => results[name].cpu))) / 1000;
  const at = (size, cpu) => `${(x + (size / maxX) * width).toFixed(1)},${(bottom - (cpu / 1000 / maxY) * height).toFixed(1)}`;
  let out = `<path d="M${x},66 V${bottom} H${x + width}" fill="none" stroke="#9aa5b1"/>\n`;
  out += text(x + width / 2, bottom + 30, title, 'text-anchor="middle"') + text(x + width, bottom + 15, maxX.toLocaleString("en"), 'text-anchor="end" font-size="10"');
  out += text(x + 4, 62, `${maxY.toFixed(maxY < 10 ? 1 : 0)} ms of CPU`, 'font-size="10"');
  for (const name of names) {
    const points = steps.map(({ size, results }) => at(size, results[name].cpu));
    out += `<polyline points="${points.join(" ")}" fill="none" stroke="${COLOURS[name]}" stroke-width="2"/>\n`;
    out += points.map((point) => `<circle cx="${point.split(",")[0]}" cy="${point.split(",")[1]}" r="3" fill="${COLOURS[name]}"/>\n`).join("");
  }
  return out;
}

/** How cost grows with the size of a request and the number of chunks. */
export function lines({ growth, machine }) {
  let content = text(12, 22, "How CPU grows", 'font-size="15" font-weight="600"') + legend(LABELS, 44);
  Object.entries(growth).forEach(([name, steps], index) => {
    content += panel(40 + (index * WIDTH) / 2, AXES[name], steps);
  });
  return page(340, content, `${machine.text}; ${machine.date}`);
}
