import pino from "pino";
import type { FailureView } from "./failure.ts";
import type { Hub, HubConnection } from "./hub.ts";
import { tokenTexts } from "./tokens.ts";

export type Log = pino.Logger;

export interface LogOptions {
  level?: string;
  /** Takes secrets out of a line; `maskOf(hub)` knows those of the connections. */
  mask?: (text: string) => string;
  /** Where lines go; the standard error stream unless given. */
  destination?: { write(line: string): void };
}

/**
 * The hub's log: one JSON line an entry. Whatever is logged, fields named like secrets, bearer tokens and API keys are hidden.
 * @example const log = createLog({ mask: maskOf(hub) }); log.info({ connection: "hubspot" }, "sync done");
 */
export function createLog({ level = "info", mask = hidePatterns, destination }: LogOptions = {}): Log {
  const options = { level, base: {}, timestamp: pino.stdTimeFunctions.isoTime, hooks: { streamWrite: mask } };
  return pino(options, destination ?? pino.destination(2));
}

/**
 * A mask that hides this hub's secrets in any text, in the forms they may be met in: as they are, in JSON, in an address, in base64
 * or hex; and what looks like a secret, and the tokens of approvals that are in use. Made once a hub.
 */
export function maskOf(hub: Hub): (text: string) => string {
  const made = masks.get(hub) ?? withTokens(hub, withConnections(hub));
  masks.set(hub, made);
  return made;
}

/** So many secrets are hidden at most, those in use first. */
const secretsMax = 500;

/** Connections may come and change while the hub runs: a late answer may still repeat the secret of before. */
function withConnections(hub: Hub): (text: string) => string {
  let secrets = secretsOf(hub);
  let mask: ((text: string) => string) | null = maskFor(secrets);
  hub.onTaken(() => {
    mask = null;
  });
  return (text) => {
    if (!mask) secrets = [...new Set([...secretsOf(hub), ...secrets])].slice(0, secretsMax);
    mask ??= maskFor(secrets);
    return mask(text);
  };
}

/** Tokens come and go while the hub runs. */
function withTokens({ store }: Hub, mask: (text: string) => string): (text: string) => string {
  let of: readonly string[] = [];
  let known: RegExp | null = null;
  return (text) => {
    const tokens = tokenTexts(store);
    if (tokens.length !== of.length || tokens.some((token, n) => token !== of[n])) known = anyOf(tokens);
    of = tokens;
    return mask(known ? text.replace(known, hidden) : text);
  };
}

/** A failure of a connection as it may be shown: also without the secrets of settings on trial (`hub.written`), and of these texts. */
export function maskedFailure(
  hub: Hub,
  connection: string,
  { message, remedy, ...failure }: FailureView,
  more: readonly string[] = [],
): FailureView {
  const tried = hub.tried(connection);
  const ofTrial = maskFor([...(tried ? secretsIn(tried) : []), ...more]);
  const mask = (text: string) => maskOf(hub)(ofTrial(text));
  return { ...failure, message: mask(message), remedy: remedy && mask(remedy) };
}

const masks = new WeakMap<Hub, (text: string) => string>();
const hidden = "[hidden]";
/** Shorter values would hide parts of ordinary words. */
const secretLengthMin = 6;

function maskFor(secrets: readonly string[]): (text: string) => string {
  const known = anyOf(secrets);
  return known ? (text) => hidePatterns(text.replace(known, hidden)) : hidePatterns;
}

/** Finds these secrets in every form; null where there is nothing to find. */
function anyOf(secrets: readonly string[]): RegExp | null {
  const forms = [...new Set(secrets.filter(({ length }) => length >= secretLengthMin).flatMap(formsOf))];
  if (forms.length === 0) return null;
  const longestFirst = forms.sort((a, b) => b.length - a.length).map(escaped);
  return new RegExp(longestFirst.join("|"), "g");
}

function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret);
  return [
    secret,
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(secret),
    bytes.toString("base64").replace(/=+$/, ""),
    bytes.toString("base64url"),
    bytes.toString("hex"),
  ];
}

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\/-]/g, "\\$&");

const secretField =
  /("[\w-]*(?:authorization|secret|token|password|passphrase|api_?key|private_key|cookie)[\w-]*"\s*:\s*)"(?:[^"\\]|\\.)*"/gi;
const bearer = /\b(bearer|basic)\s+[\w.~+/=-]{8,}/gi;
const apiKey = /\bjh_[0-9a-f]{16}_[\w-]{43}/g;

/** Hides what looks like a secret: fields named like one, credentials of an Authorization header, API keys. */
function hidePatterns(text: string): string {
  return text.replace(secretField, `$1"${hidden}"`).replace(bearer, `$1 ${hidden}`).replace(apiKey, hidden);
}

const secretName = /secret|token|password|passphrase|key/i;

function secretsOf(hub: Hub): string[] {
  return hub.connectionIds().flatMap((id) => {
    const written = Object.entries(hub.file.connections[id]?.config ?? {});
    return [
      ...written.filter(([field]) => secretName.test(field)).flatMap(([, value]) => texts(value)),
      ...filledSecrets(hub, id),
    ];
  });
}

/** The secrets of a connection with environment and seals filled in; none while its settings cannot be used. */
function filledSecrets(hub: Hub, id: string): string[] {
  try {
    return secretsIn(hub.connection(id));
  } catch {
    return []; // what cannot be filled in cannot be told either
  }
}

function secretsIn({ connector, config }: HubConnection): string[] {
  const values = new Map(Object.entries(config ?? {}));
  return connector.secrets.flatMap((field) => texts(values.get(field)));
}

/** What stands in a setting; of a block with a secret inside, which is a secret as a whole, all that stands in it. */
function texts(value: unknown): string[] {
  if (typeof value === "string") return value.startsWith("${") ? [] : [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(texts) : [];
}
