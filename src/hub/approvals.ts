import { createHash } from "node:crypto";
import { like, or } from "drizzle-orm";
import { z } from "zod";
import { departFor, SourceError, type Tokens } from "../connector/index.ts";
import { remove, set } from "../store/writes.ts";
import { otherAccount } from "./account.ts";
import { type ConnectionCheck, checkAsWritten } from "./check.ts";
import { failureView } from "./failure.ts";
import { ConfigError } from "./folder/config.ts";
import type { Hub, HubConnection } from "./hub.ts";
import { maskedFailure } from "./log.ts";
import { keepApproval, tokensOnTrial } from "./tokens.ts";

/** Where vendors lead a person back to a hub's console. @example callbackAddress(hub) // "https://hub.example.com/connect/callback" */
export function callbackAddress({ file }: Hub): string {
  return `${file.public_url.replace(/\/+$/, "")}/connect/callback`;
}

/** A person on the way to a vendor. */
export interface Departed {
  connection: string;
  vendor: string;
  /** What the person opens. */
  url: string;
  /** Where the vendor leads back to; the app must have it registered. */
  redirect_uri: string;
  scopes: readonly string[];
  optional_scopes: readonly string[];
  /** An answer that comes later is not taken. */
  expires_at: string;
}

/** Who began: an answer is taken from nobody else. */
interface Traveller {
  connection: string;
  /** The session or key. */
  by: string;
}

const tenMinutesMs = 10 * 60_000;
/** So long it is known that an answer was used, or came late. */
const rememberedMs = 24 * 3_600_000;

const departure = z.object({
  connection: z.string(),
  by: z.string(),
  redirect_uri: z.string(),
  verifier: z.string(),
  expires_at: z.string(),
});

/**
 * Sends a person off to approve a connection, as its settings are written down now. `state` and the PKCE verifier stay here: the state as
 * a hash, the verifier sealed. Throws ConfigError where the connection does not sign in this way.
 */
export async function beginApproval(
  hub: Hub,
  { connection, by }: Traveller,
  redirectUri = callbackAddress(hub),
): Promise<Departed> {
  refuseAddress(redirectUri);
  const { connector, open } = await hub.written(connection);
  const { authorise } = connector;
  if (!authorise || !open.authorise?.inUse) throw otherWay(connection, connector);
  const departing = departFor(redirectUri);
  const name = pendingName(departing.state);
  const expires_at = new Date(hub.clock.now() + tenMinutesMs).toISOString();
  const verifier = hub.secrets.seal(connection, name, departing.verifier);
  const value = JSON.stringify({ connection, by, redirect_uri: redirectUri, verifier, expires_at });
  await forgetOld(hub);
  await hub.store.commit([set("settings", [{ name, value }])]);
  return {
    connection,
    vendor: authorise.vendor,
    url: open.authorise.address(departing),
    redirect_uri: redirectUri,
    scopes: authorise.scopes,
    optional_scopes: authorise.optionalScopes?.names ?? [],
    expires_at,
  };
}

/** Whether the person's answer came from the one who began; `connection` null: whichever the answer is for. */
interface Returned {
  by: string;
  connection: string | null;
}

/**
 * Takes what the vendor led a person back with: checks its state (once, within ten minutes, from who began), exchanges the code, keeps the
 * tokens sealed and proves the connection. `failure` tells what went wrong; where the answer was refused, tokens of before stand.
 */
export async function endApproval(hub: Hub, answer: URLSearchParams, returned: Returned): Promise<ConnectionCheck> {
  let connection = returned.connection ?? "";
  try {
    const begun = await takeDeparture(hub, answer.get("state") ?? "", returned);
    connection = begun.connection;
    await keepAnswer(hub, answer, begun);
    return await checkAsWritten(hub, connection);
  } catch (cause) {
    if (!(cause instanceof SourceError)) throw cause;
    const failure = maskedFailure(hub, connection, failureView(cause), [answer.get("code") ?? ""]);
    return { connection, account: null, name: null, failure, restart: false, added: false, changed: false };
  }
}

type Departure = z.infer<typeof departure>;

async function takeDeparture(hub: Hub, state: string, { by, connection }: Returned): Promise<Departure> {
  const [pending, used] = [pendingName(state), usedName(state)];
  const rows = await hub.store.byKey("settings", "name", [pending, used]);
  const row = rows.find(({ name }) => name === pending);
  if (!row) throw rows.length > 0 ? wasUsed() : isUnknown();
  const begun = departure.parse(JSON.parse(row.value));
  if (begun.by !== by || (connection !== null && begun.connection !== connection)) throw isAnothers();
  const { changed } = await hub.store.commit([
    remove("settings", ["name"], [[pending]]),
    set("settings", [{ name: used, value: JSON.stringify({ expires_at: begun.expires_at }) }]),
  ]);
  if (changed[0] !== 1) throw wasUsed(); // at the same moment, by another request
  if (begun.expires_at <= hub.now()) throw isLate();
  return { ...begun, verifier: hub.secrets.open(begun.connection, pending, begun.verifier) };
}

async function keepAnswer(hub: Hub, answer: URLSearchParams, begun: Departure): Promise<void> {
  const written = await hub.written(begun.connection);
  const { connector, open } = written;
  if (!open.authorise || !connector.authorise) throw otherWay(begun.connection, connector);
  const { vendor } = connector.authorise;
  const error = answer.get("error");
  if (error !== null) throw wasDenied(vendor, error, answer.get("error_description"));
  const code = answer.get("code");
  if (!code) throw refusal("NO_CODE", `${vendor} led back without a code`, beginAgain);
  const { redirect_uri: redirectUri, verifier } = begun;
  const tokens = await open.authorise.redeem({ code, redirectUri, verifier });
  const ofAccount = await refuseOtherAccount(hub, written, { vendor, tokens });
  await keepApproval({ store: hub.store, secrets: hub.secrets, connection: begun.connection }, ofAccount);
}

/**
 * A connection's records are one account's: those of two must not be mixed by a sign-in with the wrong user. Where the vendor's answer names
 * no account, it is asked with the new tokens, before they take the place of those that stand. @returns the tokens, renewed where that asked for it.
 */
async function refuseOtherAccount(
  hub: Hub,
  written: HubConnection,
  { vendor, tokens }: { vendor: string; tokens: Tokens },
): Promise<Tokens> {
  const { id: connection } = written;
  const [known] = await hub.store.byKey("connections", "id", [connection]);
  if (!known?.account) return tokens;
  const vault = tokensOnTrial({ store: hub.store, connection }, tokens);
  const account = tokens.account ?? (await written.openWith(vault).check()).id;
  if (known.account === account) return (await vault.read())?.tokens ?? tokens;
  throw otherAccount(
    { vendor, account, connection, holds: known.account },
    `Sign out at ${vendor} and approve it in account ${known.account}, or give the other account a connection of its own.`,
  );
}

const pendingName = (state: string): string => `approval ${hashOf(state)}`;
const usedName = (state: string): string => `approved ${hashOf(state)}`;

/** A state holds 256 random bits, so a plain hash is enough: there is nothing to guess. */
function hashOf(state: string): string {
  return createHash("sha256").update(state).digest("base64url");
}

async function forgetOld({ store, clock }: Hub): Promise<void> {
  const { settings } = store.tables;
  const rows = await store.db
    .select()
    .from(settings)
    .where(or(like(settings.name, "approval %"), like(settings.name, "approved %")));
  const before = new Date(clock.now() - rememberedMs).toISOString();
  const old = rows.filter(
    ({ value }) => z.object({ expires_at: z.string() }).parse(JSON.parse(value)).expires_at < before,
  );
  if (old.length > 0)
    await store.commit([
      remove(
        "settings",
        ["name"],
        old.map(({ name }) => [name]),
      ),
    ]);
}

/** An answer holds a code: it goes over TLS, or to this machine. */
function refuseAddress(redirectUri: string): void {
  const url = URL.canParse(redirectUri) ? new URL(redirectUri) : null;
  const isLocal = url?.protocol === "http:" && /^(localhost|127\.0\.0\.1|\[::1\])$/.test(url.hostname);
  if (url && (url.protocol === "https:" || isLocal) && url.hash === "" && url.username === "") return;
  throw new ConfigError(
    `A vendor cannot lead back to ${redirectUri}: it must be an https address, or one of this machine (http://localhost:…). The console's follows public_url in journey-hub.yaml.`,
  );
}

function otherWay(
  connection: string,
  { title, authorise }: { title: string; authorise?: { settings?: object } },
): Error {
  const settings = Object.entries(authorise?.settings ?? {}).map(([name, value]) => `${name}=${String(value)}`);
  const how = settings.length > 0 ? ` with --set ${settings.join(" --set ")}` : ", without the other ways' secrets";
  const remedy = authorise ? `To change that, set it up for approval${how}.` : `Its page says which settings it takes.`;
  return new ConfigError(`The connection ${connection} (${title}) does not sign in by a person's approval. ${remedy}`);
}

const beginAgain = "Begin again, and approve within ten minutes.";
const refusal = (code: string, message: string, remedy: string) => new SourceError("stop", message, { code, remedy });
const wasUsed = () => refusal("APPROVAL_USED", "This answer was used already: each is good for once", beginAgain);
const isLate = () => refusal("APPROVAL_LATE", "This answer came more than ten minutes after the beginning", beginAgain);
const isUnknown = () =>
  refusal(
    "APPROVAL_UNKNOWN",
    "This answer belongs to nothing that was begun here (its state is not known)",
    beginAgain,
  );
const isAnothers = () =>
  refusal(
    "APPROVAL_ELSEWHERE",
    "This answer belongs to what somebody else began, or to another connection",
    "Begin and end in one browser with one sign-in, at the hub's own address.",
  );

const saidMax = 300;

function wasDenied(vendor: string, error: string, description: string | null): SourceError {
  const said = `${description ? `${description} ` : ""}(${error})`.slice(0, saidMax);
  if (error === "access_denied") {
    return refusal(
      "APPROVAL_DENIED",
      `The approval was denied at ${vendor}: ${said}`,
      "Nothing has changed. Begin again when the person who may approve the app is there.",
    );
  }
  const remedy = /scope/i.test(said)
    ? "Give the app the scopes that the connector's page names, then begin again."
    : "Check the app at the vendor (its page says how it is set up), then begin again.";
  return refusal("APPROVAL_REFUSED", `${vendor} refuses the approval: ${said}`, remedy);
}
