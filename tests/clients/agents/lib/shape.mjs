// What an agent sends, without a word of what it says: names, counts and sizes. The rows of README.md.

const bytesOf = (value) => Buffer.byteLength(typeof value === "string" ? value : JSON.stringify(value));
const textOf = (content) =>
  typeof content === "string" ? content : (content ?? []).map((part) => part.text ?? "").join("");

// Members that every request has, or that columns of their own tell.
const told = new Set(["model", "messages", "input", "tools", "system", "instructions", "stream"]);
const sessionField = /session|thread|affinity/;

// Bytes of all instructions, wherever they stand.
function systemBytes(body) {
  let bytes = bytesOf(textOf(body.system ?? body.instructions ?? ""));
  for (const message of body.messages ?? body.input ?? []) {
    if (message.role === "system" || message.role === "developer") bytes += bytesOf(textOf(message.content));
  }
  return bytes;
}

// A member as README.md shows it: short values are told, ids and long ones only named.
function shownMember([name, value]) {
  const text = JSON.stringify(value);
  const tellsIds = /[0-9a-f]{8}-[0-9a-f]{4}|_id/.test(text) || name === "prompt_cache_key";
  return tellsIds || text.length > 100 ? name : `${name} ${text}`;
}

// The shape of a conversation: its requests with tools, in order, and the rest counted.
export function shapeOf(agent, exchanges) {
  const posts = exchanges.filter((exchange) => exchange.method === "POST");
  const bodies = posts.map((exchange) => ({ bytes: bytesOf(exchange.body), json: JSON.parse(exchange.body) }));
  const turns = bodies.filter(({ json }) => json.tools?.length > 0);
  const first = turns[0].json;
  const fields = Object.keys(posts.at(-1).fields).filter((name) => sessionField.test(name));
  const others = bodies.length - turns.length;
  return {
    agent: agent.title,
    endpoint: agent.target,
    requests: others > 0 ? `${others} + ${turns.length}` : `${turns.length}`,
    bytes: [turns[0].bytes, turns.at(-1).bytes],
    tools: [first.tools.length, bytesOf(first.tools)],
    system: systemBytes(first),
    stream: first.stream === true,
    parameters: Object.entries(first).filter(([name]) => !told.has(name)).map(shownMember),
    session: fields,
  };
}

const number = (n) => n.toLocaleString("en-US");

// The shape as cells of README.md's table.
export const cellsOf = (shape, version) => [
  `${shape.agent} ${version}`,
  `\`${shape.endpoint}\``,
  shape.requests,
  shape.bytes.map(number).join(" to "),
  shape.tools.map(number).join(", "),
  number(shape.system),
  shape.stream ? "yes" : "no",
  shape.parameters.map((parameter) => `\`${parameter}\``).join(", ") || "none",
  shape.session.map((field) => `\`${field}\``).join(", ") || "none",
];

// Whether two cells say the same; figures may differ by a tenth, since paths and dates are part of what is sent.
export function sameCell(one, other) {
  const split = (cell) => cell.split(/, | to | \+ /).map((n) => Number(n.replace(/,/g, "")));
  const figures = (cell) => (/^[\d, to+]+$/.test(cell) ? split(cell) : []);
  const [a, b] = [figures(one), figures(other)];
  if (a.length === 0 || a.length !== b.length) return one === other;
  return a.every((n, i) => Math.abs(n - b[i]) <= 0.1 * Math.max(n, b[i]));
}
