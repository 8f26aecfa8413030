// What the model thought, as an answer tells it and as a later request brings it back. A turn is known by the ids of
// the tools that it called.

import { eventsOf } from "./http.mjs";

const join = (parts, key) => (parts ?? []).map((part) => part[key] ?? "").join("");
const thoughtOfItem = (item) => join(item.summary, "text") + join(item.content, "text");

const answers = {
  chat(events) {
    const turn = { tools: [], thought: "" };
    for (const { data } of events) {
      const delta = data.choices?.[0]?.delta ?? {};
      turn.thought += delta.reasoning_content ?? "";
      for (const call of delta.tool_calls ?? []) if (call.id) turn.tools.push(call.id);
    }
    return turn;
  },
  responses(events) {
    const turn = { tools: [], thought: "" };
    for (const { data } of events) {
      if (data.type !== "response.output_item.done") continue;
      if (data.item.type === "reasoning") turn.thought += thoughtOfItem(data.item);
      if (data.item.type === "function_call") turn.tools.push(data.item.call_id);
    }
    return turn;
  },
  messages(events) {
    const turn = { tools: [], thought: "" };
    for (const { data } of events) {
      if (data.type === "content_block_delta") turn.thought += data.delta.thinking ?? "";
      if (data.content_block?.type === "tool_use") turn.tools.push(data.content_block.id);
    }
    return turn;
  },
};

const lastEvents = { chat: "[DONE]", responses: "response.completed", messages: "message_stop" };

// Whether a streamed answer came to its end. An agent may leave as soon as it has seen that, before the last chunk.
export function isWhole(dialect, text) {
  const last = eventsOf(text).at(-1);
  return last !== undefined && (last.event ?? last.data) === lastEvents[dialect];
}

// The turn that a streamed answer tells: {tools, thought}.
export const turnOfAnswer = (dialect, text) => answers[dialect](eventsOf(text));

const histories = {
  chat: (body) =>
    body.messages
      .filter((message) => message.role === "assistant")
      .map((message) => ({
        tools: (message.tool_calls ?? []).map((call) => call.id),
        thought: message.reasoning_content,
      })),
  responses(body) {
    const turns = [];
    let thought;
    for (const item of body.input) {
      if (item.type === "reasoning") thought = (thought ?? "") + thoughtOfItem(item);
      if (item.type !== "function_call") continue;
      turns.push({ tools: [item.call_id], thought });
      thought = undefined;
    }
    return turns;
  },
  messages: (body) =>
    body.messages
      .filter((message) => message.role === "assistant" && Array.isArray(message.content))
      .map(({ content }) => {
        const thoughts = content.filter((block) => block.type === "thinking");
        return {
          tools: content.filter((block) => block.type === "tool_use").map((block) => block.id),
          thought: thoughts.length > 0 ? join(thoughts, "thinking") : undefined,
        };
      }),
};

// The assistant's turns in a request: [{tools, thought}]; a turn without thinking has none (undefined).
export const turnsOfRequest = (dialect, body) => histories[dialect](JSON.parse(body));

// The results of tools that a request ends with, as text.
export function lastResultOf(dialect, body) {
  const request = JSON.parse(body);
  const last = (request.messages ?? request.input).at(-1);
  return JSON.stringify(last.output ?? last.content);
}
