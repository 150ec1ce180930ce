import { SourceError } from "../connector/index.ts";
import type { Problem } from "../model/problem.ts";
import { planStanding, readErrors } from "../pipeline/problems.ts";
import { set, type Write } from "../store/writes.ts";
import { failureView, needsPerson } from "./failure.ts";
import type { Hub, HubConnection } from "./hub.ts";

/** Whether a connection works, as its last check, sync or audit found it: its status, and an open error while it does not. */
export async function keepHealth(
  hub: Hub,
  { id, connector }: HubConnection,
  failure: unknown,
  account?: string,
): Promise<void> {
  if (isCutShort(failure)) return; // a stop says nothing of the connection
  const [known] = await hub.store.byKey("connections", "id", [id]);
  const status = failure === undefined ? "connected" : needsPerson(failure) ? "needs_attention" : "failed";
  const told = failure === undefined ? null : failureView(failure);
  const message = told && [told.message.replace(/[^.]$/, "$&."), told.remedy].filter(Boolean).join(" ");
  const row = { id, connector: connector.id, account: account ?? known?.account ?? null, status, message };
  await hub.store.commit([
    set("connections", [{ ...row, checked_at: hub.now() }]),
    ...(await standingErrors(hub, id, { step: "pull", failure })),
  ]);
}

/** Opens or closes the error that says that nothing can be written back to a connection. */
export async function keepWriting(hub: Hub, id: string, failure: unknown): Promise<void> {
  const writes = await standingErrors(hub, id, { step: "writeback", failure });
  if (writes.length > 0) await hub.store.commit(writes);
}

const isCutShort = (failure: unknown): boolean => failure instanceof SourceError && failure.details.cutShort === true;

const mark = "connection ";

/** What is no vendor's failure (a full disk, a stop) says nothing of the connection: errors stay as they are. */
async function standingErrors(
  hub: Hub,
  connection: string,
  { step, failure }: { step: "pull" | "writeback"; failure: unknown },
): Promise<Write[]> {
  if (failure !== undefined && (!(failure instanceof SourceError) || isCutShort(failure))) return [];
  const known = (await readErrors(hub.store, [""])).filter((row) => row.connection === connection && row.step === step);
  const problems = failure === undefined ? [] : [problemOf(connection, step, failure)];
  return planStanding({ problems, known, concerns: ({ fingerprint }) => fingerprint.startsWith(mark), now: hub.now() });
}

function problemOf(connection: string, step: "pull" | "writeback", failure: SourceError): Problem {
  const { message, remedy, setting } = failureView(failure);
  const { code, status } = failure.details;
  return {
    connection,
    record_key: "",
    step,
    class: "connection",
    fingerprint: `${mark}${setting ?? code ?? status ?? failure.next}`,
    message: setting === null ? message : `${message} (setting: ${setting})`,
    remedy: remedy ?? "The next run tries again.",
    raw_seq: null,
  };
}
