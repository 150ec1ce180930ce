import { loadConnectors } from "../../connectors/index.ts";
import { SourceError } from "../../src/connector/index.ts";
import { openHub } from "../../src/hub/hub.ts";
import { syncConnection } from "../../src/hub/sync.ts";
import { systemClock } from "../../src/lib/clock.ts";

/* A hub in a process of its own, on a clock that its parent sets: pulls when it is told to, and says what came of it. */

/** What the parent says. */
export type Order = { do: "pull" } | { do: "move clock"; ms: number } | { do: "end" };
/** What a pull came to. */
export interface Told {
  /** `done`, the code of the vendor's or governor's refusal, or the error's text. */
  outcome: string;
  records: number;
  /** Requests this process has made so far. */
  requests: number;
  /** How much of the account's allowance is used as this process knows it. */
  used: number | null;
}

const [folder = "", aheadMs = "0"] = process.argv.slice(2);
let ahead = Number(aheadMs);
const clock = { ...systemClock, now: () => Date.now() + ahead };
const hub = await openHub({ folder, connectors: loadConnectors, clock });

process.on("message", async (order: Order) => {
  if (order.do === "move clock") ahead += order.ms;
  if (order.do === "pull") process.send?.(await pull());
  if (order.do === "end") {
    await hub.close();
    process.disconnect();
  }
});
process.send?.("ready");

async function pull(): Promise<Told> {
  let records = 0;
  const outcome = await syncConnection(hub, "crm", ({ counts }) => {
    records += counts.stored;
  }).then(
    () => "done",
    (cause: unknown) => (cause instanceof SourceError && cause.details.code) || String(cause),
  );
  const { quota, requests } = hub.connection("crm").open;
  return { outcome, records, requests: requests?.() ?? 0, used: quota?.()?.used ?? null };
}
