import { pathToFileURL } from "node:url";
import type { Store } from "../../src/store/store.ts";
import { builtCli } from "../fixtures/process.ts";

/*
 * A hub that is broken on purpose: it answers webhooks before their bytes are committed. The kill harness must find it out; if it does
 * not, the harness is blind.
 */

const lateMs = 40;

// The built one, as it starts in a third of the time, and is started again after each kill.
const built = new URL("server.js", pathToFileURL(builtCli)).href;
const { startServer }: typeof import("../../src/cli/server.ts") = await import(built);

const { data, port } = options(process.argv.slice(2));
const server = await startServer({ data, port, host: "127.0.0.1", logLevel: "silent" });
breakAcknowledgement(server.hub.store);

/** Commits to the inbox are reported done at once and made a little later. */
function breakAcknowledgement(store: Store): void {
  const commit = store.commit.bind(store);
  store.commit = (writes, settings) => {
    const onlyInbox = writes.every(({ table, op }) => table === "inbox" && op === "append");
    if (!onlyInbox) return commit(writes, settings);
    setTimeout(() => void commit(writes, settings), lateMs);
    return Promise.resolve({ changed: writes.map(({ rows }) => rows.length) });
  };
}

function options(args: readonly string[]): { data: string; port: number } {
  const option = (name: string) => args[args.indexOf(name) + 1] ?? "";
  return { data: option("--data"), port: Number(option("--port")) };
}
