import { z } from "zod";
import { fixError, previewFix, unfixError } from "../hub/errors/fix.ts";
import { FixRefusedError } from "../hub/errors/refused.ts";
import { ConfigError } from "../hub/folder/config.ts";
import type { Hub } from "../hub/hub.ts";
import { findError } from "../hub/queries/errors.ts";
import type { Runner } from "../hub/runner/runner.ts";
import { addressOf } from "./address.ts";
import { recordErrorPage, type Tried } from "./errors-record.tsx";
import { type FailurePage, notFoundPage } from "./failure.tsx";
import type { View } from "./parts.tsx";
import { typedReason, typedText } from "./typed.ts";

/** What carries out the forms of an error's page. */
export interface Correcting {
  hub: Hub;
  runner: Runner;
  view: View;
}

const sentFix = z.object({
  id: typedText,
  seq: z.coerce.number().int(),
  payload: z.string(),
  reason: typedText.pipe(z.string().max(1_000)),
  act: z.enum(["try", "keep"]),
});

/** Tries a correction or keeps it. @returns where the corrected record can be seen, or the form again with what came of it. */
export async function fix(
  { hub, runner, view }: Correcting,
  sent: Record<string, unknown>,
  by: string,
): Promise<string | FailurePage> {
  const { data: typed } = sentFix.safeParse(sent);
  const error = typed ? await findError(hub, typed.id) : null;
  if (!typed || !error) return notFoundPage;
  const { id, payload, reason } = typed;
  const again = (tried: Pick<Tried, "made" | "refused">): FailurePage => ({
    ...recordErrorPage(error, view, { mayFix: true, tried: { payload, reason, ...tried } }),
    status: tried.refused === null ? 200 : 409,
  });
  try {
    const proposal = { payload: payloadOf(payload), seq: typed.seq };
    if (typed.act === "try") return again({ made: await previewFix(hub, id, proposal), refused: null });
    if (reason === "") return again({ made: null, refused: "Say why: it is kept with the correction." });
    await fixError(hub, id, { ...proposal, by, reason });
  } catch (cause) {
    if (!isRefusal(cause)) throw cause;
    return again({ made: null, refused: cause.message });
  }
  runner.changed();
  return addressOf("/errors/record", { id });
}

function payloadOf(text: string): Record<string, unknown> {
  try {
    const { data } = z.record(z.string(), z.unknown()).safeParse(JSON.parse(text));
    if (data) return data;
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw new FixRefusedError(`This is no JSON: ${cause.message}.`);
  }
  throw new FixRefusedError("A payload is a JSON object, in braces.");
}

const sentUnfix = z.object({ id: typedText, reason: typedReason });

/** Takes a correction back. @returns where the record can be seen, or a page that says why nothing was done. */
export async function unfix(
  { hub, runner }: Correcting,
  sent: Record<string, unknown>,
  by: string,
): Promise<string | FailurePage> {
  const { data: typed } = sentUnfix.safeParse(sent);
  if (!typed) return refusedPage("Say why: it is kept with the correction that is taken back.");
  try {
    if ((await unfixError(hub, typed.id, { by, reason: typed.reason })) === null) return notFoundPage;
  } catch (cause) {
    if (!isRefusal(cause)) throw cause;
    return refusedPage(cause.message);
  }
  runner.changed();
  return addressOf("/errors/record", { id: typed.id });
}

/** What a person can mend: the correction, or a mapping file. */
function isRefusal(cause: unknown): cause is Error {
  return cause instanceof FixRefusedError || cause instanceof ConfigError;
}

function refusedPage(why: string): FailurePage {
  return { status: 409, title: "Nothing was taken back", content: <p>{why}</p> };
}
