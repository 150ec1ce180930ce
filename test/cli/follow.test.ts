import { expect, test } from "vitest";
import type { Desk } from "../../src/cli/desk.ts";
import { onEach } from "../../src/cli/follow.ts";
import { createOutput } from "../../src/cli/output.ts";
import type { RunView } from "../../src/hub/queries/queries.ts";

/* Work on connections side by side. What a connection says of itself meanwhile is not known here. */

const unknown = async (): Promise<never> => {
  throw new Error("nobody is at the desk");
};
const desk: Desk = { get: unknown, lines: unknown, post: unknown, ended: unknown, run: unknown };
const quiet = createOutput(true);
const done = (connection: string): RunView => ({
  id: `run of ${connection}`,
  connection,
  kind: "sync",
  owner: "this process",
  elsewhere: false,
  status: "done",
  started_at: "2026-11-02T12:00:00.000Z",
  ended_at: "2026-11-02T12:00:01.000Z",
  message: null,
  failure: null,
  counts: { in: 1 },
});

/** Work that ends when it is told to, and who is at it. */
function heldWork() {
  const atWork = new Map<string, () => void>();
  let most = 0;
  return {
    atWork,
    most: () => most,
    work: async (connection: string) => {
      await new Promise<void>((resolve) => {
        atWork.set(connection, resolve);
        most = Math.max(most, atWork.size);
      });
      atWork.delete(connection);
      if (connection.startsWith("bad")) throw new Error(`${connection} is down`);
      return done(connection);
    },
  };
}

test("so many are at work at once as may be, the next begins when one ends, and the outcomes keep the order of the names", async () => {
  const held = heldWork();
  const names = ["bad1", "b", "c", "d", "e", "f"];
  const all = onEach(desk, quiet, { names, work: held.work, atOnce: 4 });
  expect([...held.atWork.keys()]).toEqual(["bad1", "b", "c", "d"]);
  for (const name of ["d", "bad1", "c", "b", "f", "e"]) {
    held.atWork.get(name)?.();
    await new Promise((resolve) => setImmediate(resolve));
  }
  const outcomes = await all;
  expect(outcomes.map(({ connection, failure }) => [connection, failure?.message])).toEqual([
    ["bad1", "bad1 is down"],
    ...["b", "c", "d", "e", "f"].map((name) => [name, undefined]),
  ]);
  expect(held.most()).toBe(4);
});

test("one after the other where nothing else is said", async () => {
  const held = heldWork();
  const all = onEach(desk, quiet, { names: ["a", "b"], work: held.work });
  expect([...held.atWork.keys()]).toEqual(["a"]);
  for (const name of ["a", "b"]) {
    held.atWork.get(name)?.();
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect((await all).length).toBe(2);
});
