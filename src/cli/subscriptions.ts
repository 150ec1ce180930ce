import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { SubscriptionsView } from "../hub/subscriptions.ts";
import { agrees } from "./agree.ts";
import type { Desk } from "./desk.ts";
import { exitCodes, told } from "./failure.ts";
import { failureText, type Output, style } from "./output.ts";

interface Arrangement {
  /** The data folder: where a file for a person is written. */
  data: string;
  connection: string;
  /** Whether anything is to be delivered. */
  isWanted: boolean;
  isAgreed: boolean;
}

/**
 * Has a vendor deliver by webhook what is mapped, or nothing any more, after saying what changes and asking; where a person must do it, says
 * how. Throws UsageError where nobody can be asked. @returns the exit code.
 */
export async function arrangeWebhooks(
  desk: Desk,
  output: Output,
  { data, connection, isWanted, isAgreed }: Arrangement,
): Promise<number> {
  const path = `/api/v1/connections/${encodeURIComponent(connection)}/webhooks`;
  const body = { wanted: isWanted };
  const planned = await desk.post<SubscriptionsView>(`${path}/check`, body);
  output.result({ webhooks: planned }, () => planText(planned));
  if (planned.by_hand?.file)
    keepFile(output, join(data, `${connection}-${planned.by_hand.file.name}`), planned.by_hand.file);
  if (planned.failure) return told(planned.failure).exitCode;
  if (planned.changes.length === 0) return exitCodes.done;
  const instead = "say --yes to have the subscriptions changed.";
  if (!isAgreed && !(await agrees(output, `Change them at the vendor of ${connection}?`, instead)))
    return exitCodes.done;
  const done = await desk.post<SubscriptionsView>(path, body);
  output.result({ webhooks: done }, () => doneText(done));
  if (done.failure) return told(done.failure).exitCode;
  return done.changes.some(({ refused }) => refused !== undefined) ? exitCodes.failed : exitCodes.done;
}

type Change = SubscriptionsView["changes"][number];

const verbs: Readonly<Record<Change["change"], string>> = {
  target: "deliver to",
  create: "subscribe to",
  activate: "switch on",
  remove: "take away",
};

const changeText = ({ change, what }: Change): string => `${verbs[change]} ${what}`;

function planText({ connection, changes, by_hand, failure }: SubscriptionsView): string {
  if (failure) return textOf(failure);
  if (by_hand) return by_hand.instructions;
  if (changes.length === 0)
    return `${style.good("✓")} The webhook subscriptions of ${connection} are as they should be.`;
  return [
    `At the vendor of ${connection} would be changed:`,
    ...changes.map((each) => `  ${changeText(each)}${refusalText(each)}`),
  ].join("\n");
}

/** What is asked again now may have been mended at the vendor meanwhile. */
const refusalText = ({ refused }: Change): string => (refused === undefined ? "" : ` (refused last time: ${refused})`);

function doneText({ changes, failure }: SubscriptionsView): string {
  const lines = changes.map((each) =>
    each.refused === undefined
      ? `${style.good("✓")} ${changeText(each)}`
      : `${style.bad("✗")} ${changeText(each)}: ${each.refused}`,
  );
  return [...lines, ...(failure ? [textOf(failure)] : [])].join("\n");
}

function textOf({ message, remedy }: NonNullable<SubscriptionsView["failure"]>): string {
  return failureText({ message, ...(remedy ? { remedy } : {}) });
}

/** Never over another file: somebody may have changed it. */
function keepFile(output: Output, path: string, { name, text }: { name: string; text: string }): void {
  if (output.json) return; // it is in the answer
  try {
    writeFileSync(path, text, { flag: "wx" });
    output.say(`${name} was written to ${path}`);
  } catch (cause) {
    if (!(cause instanceof Error && "code" in cause && cause.code === "EEXIST")) throw cause;
    output.warn(`${path} is there already and was left as it is; take it away to have it written anew.`);
  }
}
