import { SourceError } from "../connector/index.ts";
import { groupBy } from "../lib/group.ts";
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
    ...(await standingErrors(hub, id, { step: "pull", failures: failure === undefined ? [] : [failure] })),
  ]);
}

/** Opens the errors that say why nothing can be written back to a connection, and closes those that are over. */
export async function keepWriting(hub: Hub, id: string, failures: readonly unknown[]): Promise<void> {
  const writes = await standingErrors(hub, id, { step: "writeback", failures });
  if (writes.length > 0) await hub.store.commit(writes);
}

const isCutShort = (failure: unknown): boolean => failure instanceof SourceError && failure.details.cutShort === true;

const mark = "connection ";

/** What is no vendor's failure (a full disk, a stop) says nothing of the connection: errors stay as they are. */
async function standingErrors(
  hub: Hub,
  connection: string,
  { step, failures }: { step: "pull" | "writeback"; failures: readonly unknown[] },
): Promise<Write[]> {
  const telling = failures.flatMap((failure) =>
    failure instanceof SourceError && !isCutShort(failure) ? [failure] : [],
  );
  if (failures.length > 0 && telling.length === 0) return [];
  const known = (await readErrors(hub.store, [""])).filter((row) => row.connection === connection && row.step === step);
  const problems = oneOfEach(telling.map((failure) => problemOf(connection, step, failure)));
  return planStanding({ problems, known, concerns: ({ fingerprint }) => fingerprint.startsWith(mark), now: hub.now() });
}

/** One reason is one error, which tells all that failed of it. */
function oneOfEach(problems: readonly Problem[]): Problem[] {
  return [...groupBy(problems, ({ fingerprint }) => fingerprint).values()].flatMap((alike) => {
    const [first] = alike;
    const message = [...new Set(alike.map(({ message }) => message))].join("; ");
    return first ? [{ ...first, message }] : [];
  });
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
