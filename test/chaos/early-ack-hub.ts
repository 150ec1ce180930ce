import { startServer } from "../../src/cli/server.ts";
import type { Store } from "../../src/store/store.ts";

/*
 * A hub that is broken on purpose: it answers webhooks before their bytes are committed. The kill harness must find it out; if it does
 * not, the harness is blind.
 */

const lateMs = 40;

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
