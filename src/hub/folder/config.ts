import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Document, parseDocument } from "yaml";
import { z } from "zod";
import type { Connector } from "../../connector/index.ts";
import { isCountry } from "../../mapping/index.ts";
import { durationMs } from "../duration.ts";

const duration = z.string().refine(isDuration, "write a duration: 30s, 5m, 1h or 2d");
const timeZone = z.string().refine(isTimeZone, "write an IANA time zone: UTC, Europe/Berlin");

/** What a connection may be called. */
export const connectionName = z.string().regex(/^[a-z][a-z0-9_-]{0,30}$/);

const connectionEntry = z.strictObject({
  /** Id of the connector. */
  connector: z.string(),
  /** How often it is pulled; absent: only by webhooks and `journey-hub sync`. */
  schedule: duration.optional(),
  /** How often every stream is compared with the vendor. */
  audit: z.union([duration, z.literal("off")]).default("1d"),
  /** The share of the account's daily API allowance after which the hub holds back, so that other tools can go on. Default 0.9. */
  quota_share: z.number().min(0.05).max(1).optional(),
  /** A call that fails is tried so often in all, after a first pause that doubles from one to the next. */
  retry: z
    .strictObject({ tries: z.int().min(1).max(10).default(6), pause_ms: z.int().min(10).max(60_000).default(500) })
    .prefault({}),
  /** Hosts that may resolve to private addresses: `crm.internal`, `127.0.0.1:8361`. */
  allowedHosts: z.array(z.string()).default([]),
  /** Whether stage and score are written back. */
  writeback: z.boolean().default(true),
  /** ISO 3166 country of phone numbers without a prefix. */
  country: z.string().refine(isCountry, "write an ISO 3166 code: US, DE").optional(),
  /** IANA zone of date-times without an offset. */
  time_zone: timeZone.optional(),
  config: z.record(z.string(), z.unknown()).default({}),
});

const hubFile = z.strictObject({
  apiVersion: z.literal("journey-hub/v1"),
  /** Where the outside world reaches this hub; webhook signatures that cover the address need it. */
  public_url: z.url().default("http://127.0.0.1:8360"),
  base_currency: z
    .string()
    .regex(/^[A-Z]{3}$/, "write an ISO 4217 code: USD, EUR")
    .default("USD"),
  time_zone: timeZone.default("UTC"),
  /** Connectors of others: names of npm packages, or paths from the data folder (./acme). */
  plugins: z.array(z.string().min(1)).default([]),
  connections: z.record(connectionName, connectionEntry).default({}),
});

/** What journey-hub.yaml may say. */
export const hubSettings: readonly string[] = Object.keys(hubFile.shape);

/** What a connection's entry may say beside its connector's settings. */
export const entrySettings: readonly string[] = Object.keys(connectionEntry.shape);

export type HubFile = z.infer<typeof hubFile>;
export type ConnectionEntry = z.infer<typeof connectionEntry>;

export const hubFileName = "journey-hub.yaml";

/** A configuration that cannot be used: every finding says where and what to do. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

/** Reads a data folder's journey-hub.yaml. Throws ConfigError. */
export function readHubFile(folder: string): HubFile {
  const file = join(folder, hubFileName);
  if (!existsSync(file)) {
    throw new ConfigError(`There is no ${hubFileName} in ${folder}. Run \`journey-hub init --data ${folder}\` first.`);
  }
  return parseHubFile(parseDocument(readFileSync(file, "utf8")), file);
}

/** What the YAML of a journey-hub.yaml says. Throws ConfigError. */
export function parseHubFile(document: Document.Parsed, file: string): HubFile {
  const [broken] = document.errors;
  if (broken) throw new ConfigError(`${file} is no YAML: ${broken.message}`);
  const parsed = hubFile.safeParse(document.toJS());
  if (!parsed.success) throw new ConfigError(`${file}:\n${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

/** What opens sealed settings: a SecretBox. */
interface Opener {
  open(connection: string, field: string, sealed: string): string;
}

/**
 * A connection's settings ready for its connector: `${env:NAME}` and `${sealed:…}` filled in, then checked by the connector's schema.
 * Throws ConfigError that names the connection and the field, never a secret.
 */
export function connectionConfig(
  id: string,
  entry: ConnectionEntry,
  connector: Connector,
  { environment, secrets }: { environment: NodeJS.ProcessEnv; secrets: Opener },
): unknown {
  const filled = Object.fromEntries(
    Object.entries(entry.config).map(([field, value]) => {
      if (typeof value !== "string") return [field, value];
      const text = fill(value, (kind, name) =>
        kind === "env" ? fromEnvironment(id, field, name, environment) : secrets.open(id, field, name),
      );
      return [field, fieldValue(connector, field, text)];
    }),
  );
  const parsed = connector.config.safeParse(filled);
  if (parsed.success) return parsed.data;
  throw new ConfigError(`Connection ${id} (${connector.title}):\n${z.prettifyError(parsed.error)}`);
}

/**
 * A setting given as text (on a command line, in an environment variable) as its field takes it: the text itself, else the number,
 * the yes or no or the list that it spells in YAML. What the field takes in no form is left as it is, for the connector's schema to refuse.
 */
export function fieldValue({ fields }: Connector, field: string, text: string): unknown {
  const schema = Object.hasOwn(fields, field) ? fields[field] : undefined;
  if (!schema || schema.safeParse(text).success) return text;
  const spelled = spelledValue(text);
  return schema.safeParse(spelled).success ? spelled : text;
}

function spelledValue(text: string): unknown {
  const document = parseDocument(text);
  return document.errors.length > 0 ? undefined : document.toJS();
}

function fill(value: string, resolve: (kind: string, text: string) => string): string {
  return value.replaceAll(/\$\{(env|sealed):([^}]+)\}/g, (_, kind: string, text: string) => resolve(kind, text));
}

function fromEnvironment(id: string, field: string, name: string, environment: NodeJS.ProcessEnv): string {
  const value = environment[name];
  if (value === undefined || value === "") {
    throw new ConfigError(
      `Connection ${id}: ${field} is taken from the environment variable ${name}, which is not set.`,
    );
  }
  return value;
}

function isDuration(text: string): boolean {
  try {
    return durationMs(text) > 0;
  } catch {
    return false;
  }
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
