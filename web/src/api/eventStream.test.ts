import { describe, expect, test } from "vitest";
import { readEventStream, type ServerEvent } from "./eventStream";

function bodyOf(bytes: Uint8Array, pieceLength: number): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (let at = 0; at < bytes.length; at += pieceLength) controller.enqueue(bytes.slice(at, at + pieceLength));
      controller.close();
    },
  });
}

async function readAll(text: string, pieceLength = text.length * 4): Promise<ServerEvent[]> {
  const events: ServerEvent[] = [];
  for await (const event of readEventStream(bodyOf(new TextEncoder().encode(text), Math.max(1, pieceLength)))) events.push(event);
  return events;
}

describe("event stream", () => {
  test("reads ids, names and data", async () => {
    expect(await readAll('id: 4\nevent: job\ndata: {"seq":4}\n\n')).toEqual([{ id: "4", name: "job", data: '{"seq":4}' }]);
  });

  test("gives the same events however the bytes are cut, in the middle of letters too", async () => {
    const text = 'id: 1\r\ndata: "Gebühr 😀"\r\n\r\n: ping\n\nid: 2\rdata: a\rdata: b\r\rdata: [DONE]\n\n';
    const whole = await readAll(text);
    expect(whole.map((event) => event.data)).toEqual(['"Gebühr 😀"', "a\nb", "[DONE]"]);
    for (let length = 1; length < 12; length += 1) expect(await readAll(text, length)).toEqual(whole);
  });

  test("keeps the last id for events that carry none", async () => {
    const events = await readAll("id: 7\ndata: a\n\ndata: b\n\n");
    expect(events.map((event) => event.id)).toEqual(["7", "7"]);
  });

  test("comments and events without data are not events", async () => {
    expect(await readAll(": ping\n\nevent: nothing\n\n")).toEqual([]);
  });

  test("an event cut off by the end of the stream is dropped", async () => {
    expect(await readAll("data: whole\n\ndata: half")).toEqual([{ id: null, name: "message", data: "whole" }]);
  });
});
