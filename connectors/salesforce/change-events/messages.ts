import { SourceError } from "journey-hub/connector";
import { z } from "zod";
import { json } from "../refusals.ts";

const message = z.looseObject({
  channel: z.string(),
  id: z.string().optional(),
  successful: z.boolean().optional(),
  error: z.string().optional(),
  clientId: z.string().optional(),
  advice: z
    .looseObject({ reconnect: z.string().optional(), interval: z.number().optional(), timeout: z.number().optional() })
    .optional(),
  ext: z.looseObject({ sfdc: z.looseObject({ failureReason: z.string().optional() }).optional() }).optional(),
  data: z.unknown().optional(),
});
/** A message of the Bayeux protocol, as the org sends it. */
export type Message = z.infer<typeof message>;

/** The messages in a reply; undefined where it holds something else (a page, a refusal of the REST API, half of an answer). */
export function messagesIn(text: string): Message[] | undefined {
  return z.array(message).safeParse(json(text)).data;
}

/** Whether the org does not know the client (any more), as after a cut or when it has not been asked in time. Older versions say 402. */
export function isForgotten({ error = "" }: Message): boolean {
  return /^40[23]:.*unknown client/i.test(error);
}

/** Whether the org does not take the token: one of a session that was ended, or that of another sign-in. */
export function isSessionOver(told: Message): boolean {
  return /(^|\W)401:/.test(saidIn(told));
}

/** Whether the place asked for is not there (any more): events are kept for 72 hours. */
export function isPlaceLost({ error = "" }: Message): boolean {
  return /^400:.*replay ?id/i.test(error);
}

/**
 * What the hub does about a message that was not successful. `what` begins the error's own. A handshake that is denied may be so because of
 * the session, whatever is said: a new one is tried.
 */
export function errorForMessage(told: Message, what: string): SourceError {
  const said = saidIn(told);
  const code = /^(\d{3}):/.exec(said)?.[1] ?? "REFUSED";
  const text = `${what}: ${said === "" ? "refused without a reason" : said}`;
  if (isForgotten(told)) return new SourceError("retry", text, { code });
  if (isSessionOver(told)) {
    return new SourceError("reauthorise", text, { code, field: "client_id", remedy: remedies.session });
  }
  if (/limit|exceed|maximum|too many/i.test(said))
    return new SourceError("retry", text, { code, remedy: remedies.limit });
  if (code === "403") {
    const next = told.channel === "/meta/handshake" ? "reauthorise" : "stop";
    return new SourceError(next, text, { code, field: setting, remedy: remedies.permission });
  }
  if (code === "400" || code === "404") {
    return new SourceError("stop", text, { code, field: setting, remedy: remedies.channel });
  }
  return new SourceError("retry", text, { code });
}

const setting = "change_data_capture";
const remedies = {
  session:
    "Salesforce does not accept a session it has just given: check the policies of the connected app and that its user is active and has “API Enabled”. Polls go on meanwhile.",
  limit:
    "The org's allowance of change events delivered a day, or of clients that listen at once, is used up: the hub listens again by itself, and polls go on meanwhile.",
  permission:
    "Give the integration user “API Enabled” and “View All Records” of the object whose channel it is (for /data/ChangeEvents “View All Data”): Setup → Permission Sets. Polls go on meanwhile.",
  channel:
    "Check the channel: Setup → Change Data Capture shows the objects that are told of; true means /data/ChangeEvents, all of them. Polls go on meanwhile.",
} as const;

/** What to do when something answers that cannot be the org. */
export const notTheOrg =
  "If it stays, check that login_url is the org's address and that no proxy answers in its place.";

function saidIn({ error, ext }: Message): string {
  return [error, ext?.sfdc?.failureReason].filter(Boolean).join(", ").replace(/\s+/g, " ").slice(0, 400);
}
