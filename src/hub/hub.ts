import { type Connector, createTransport, type Exchange, type OpenConnection, type Wait } from "../connector/index.ts";
import { type Clock, instantNow, systemClock } from "../lib/clock.ts";
import { createPipeline, type Pipeline } from "../pipeline/context.ts";
import { openSnapshot, openStore } from "../store/open.ts";
import type { Store } from "../store/store.ts";
import { ConfigError, type ConnectionEntry, connectionConfig, type HubFile, readHubFile } from "./folder/config.ts";
import { lockFolder, type RunningHub } from "./folder/lock.ts";
import { openSecretBox, type SecretBox } from "./folder/secrets.ts";
import { storedQuota, withShare } from "./quota.ts";
import { waitsFor } from "./rules/held.ts";
import { type HubRules, loadRules } from "./rules/rules.ts";

/** A configured vendor account, ready to be used. */
export interface HubConnection {
  id: string;
  entry: ConnectionEntry;
  connector: Connector;
  /** The connector's settings, secrets filled in. Never log or return them. */
  config: unknown;
  open: OpenConnection;
  /** Why a call to the vendor waits to be tried again; null when none does. */
  wait(): Wait | null;
}

/** A data folder opened for work: what the verbs and the API are built on. */
export interface Hub {
  folder: string;
  file: HubFile;
  rules: HubRules;
  store: Store;
  pipeline: Pipeline;
  clock: Clock;
  secrets: SecretBox;
  now(): string;
  /** The connection of this id. Throws ConfigError when there is none or its settings cannot be used. */
  connection(id: string): HubConnection;
  connectionIds(): string[];
  /** The connection as journey-hub.yaml has it now, beside the one at work. Throws ConfigError. */
  written(id: string): Promise<HubConnection>;
  announce(running: RunningHub): void;
  close(): Promise<void>;
}

export interface HubOptions {
  folder: string;
  /** The connectors there are, or what loads those that connections name. */
  connectors: readonly Connector[] | ((named: ReadonlySet<string>) => Promise<readonly Connector[]>);
  clock?: Clock;
  environment?: NodeJS.ProcessEnv;
  onExchange?: (connection: string, exchange: Exchange) => void;
  /** Reads beside the hub that runs on the folder: what is committed at this moment. It takes no commits, and is SQLite's alone. */
  beside?: boolean;
  /** For tests of a full disk. */
  pagesMax?: number;
}

/**
 * Opens a data folder: takes its lock, reads its configuration and rules, opens the store.
 * Throws ConfigError or FolderInUseError, both with what to do.
 */
export async function openHub(options: HubOptions): Promise<Hub> {
  const { folder, clock = systemClock, environment = process.env } = options;
  const file = readHubFile(folder);
  const lock = options.beside ? noLock : lockFolder(folder);
  try {
    const secrets = openSecretBox(folder, environment);
    const databaseUrl = databaseUrlOf(environment);
    const pagesMax = options.pagesMax ?? pagesMaxOf(environment);
    // Together: the database's thread starts on another core while rules and connectors are read.
    const location = { folder, ...(databaseUrl ? { databaseUrl } : {}), ...(pagesMax ? { pagesMax } : {}) };
    const opening = options.beside ? Promise.resolve(openSnapshot(folder)) : openStore(location);
    opening.catch(() => undefined); // met below; it may fail before rules and connectors are read
    const used = connectorsOf(file);
    const reading = Promise.all([loadRules(folder, used), loaded(options.connectors, used)]);
    const [rules, connectors] = await reading.catch(async (cause: unknown) => {
      await opening.then(
        (store) => store.close(),
        () => undefined, // why the rules cannot be read comes first
      );
      throw cause;
    });
    const store = await opening;
    const opened = new Map<string, HubConnection>();
    const connection = (id: string) => {
      const known =
        opened.get(id) ?? openConnection(id, file, { ...options, connectors, clock, environment, store }, secrets);
      opened.set(id, known);
      return known;
    };
    return {
      folder,
      file,
      rules,
      store,
      clock,
      secrets,
      now: () => instantNow(clock),
      pipeline: pipelineOf(file, rules, store, clock),
      connection,
      connectionIds: () => Object.keys(file.connections),
      async written(id) {
        const now = readHubFile(folder);
        const known = await loaded(options.connectors, connectorsOf(now));
        return openConnection(id, now, { ...options, connectors: known, clock, environment, store }, secrets);
      },
      announce: lock.announce,
      async close() {
        try {
          await store.close();
        } finally {
          lock.release();
        }
      },
    };
  } catch (cause) {
    lock.release();
    throw cause;
  }
}

/** Who only reads beside another process leaves the folder to it. */
const noLock: ReturnType<typeof lockFolder> = { announce: () => undefined, release: () => undefined };

function loaded(connectors: HubOptions["connectors"], used: ReadonlySet<string>) {
  return typeof connectors === "function" ? connectors(used) : connectors;
}

function connectorsOf({ connections }: HubFile): Set<string> {
  return new Set(Object.values(connections).map(({ connector }) => connector));
}

function databaseUrlOf({ JOURNEY_HUB_DATABASE_URL: text }: NodeJS.ProcessEnv): string | undefined {
  if (!text || /^postgres(ql)?:\/\//.test(text)) return text;
  throw new ConfigError(
    "JOURNEY_HUB_DATABASE_URL is no address of a Postgres database: postgres://user:password@host:5432/database.",
  );
}

/** A cap on the embedded database, in pages of 4 KiB; none when the variable is not set. */
function pagesMaxOf({ JOURNEY_HUB_SQLITE_PAGES_MAX: text }: NodeJS.ProcessEnv): number | undefined {
  if (text === undefined || text === "") return undefined;
  if (/^[1-9]\d{0,9}$/.test(text)) return Number(text);
  throw new ConfigError(`JOURNEY_HUB_SQLITE_PAGES_MAX is "${text}"; it is a whole number of pages of 4 KiB.`);
}

/** The pipeline of a hub file on any store. */
export function pipelineOf(file: HubFile, rules: HubRules, store: Store, clock: Clock): Pipeline {
  const connectorOf = (connection: string) => file.connections[connection]?.connector ?? "";
  return createPipeline({
    store,
    identity: rules.identity,
    now: () => instantNow(clock),
    // Looked up each time: a retry of errors reads the mapping files anew.
    mapping: (connection, object) => rules.mappings.find(connectorOf(connection), object),
    held: (connection, object) => waitsFor(rules.mappings, connectorOf(connection), object),
    settings(connection) {
      const { country, time_zone = file.time_zone } = file.connections[connection] ?? {};
      return { baseCurrency: file.base_currency, timeZone: time_zone, ...(country ? { country } : {}) };
    },
  });
}

interface OpenOptions extends Pick<HubOptions, "onExchange"> {
  connectors: readonly Connector[];
  clock: Clock;
  environment: NodeJS.ProcessEnv;
  store: Store;
}

function openConnection(
  id: string,
  file: HubFile,
  { connectors, clock, environment, store, onExchange }: OpenOptions,
  secrets: SecretBox,
): HubConnection {
  const entry = file.connections[id];
  if (!entry) {
    const known = Object.keys(file.connections).join(", ") || "none";
    throw new ConfigError(`There is no connection "${id}" in journey-hub.yaml (there are: ${known}).`);
  }
  const connector = connectors.find((candidate) => candidate.id === entry.connector);
  if (!connector) {
    const known = connectors.map((candidate) => candidate.id).join(", ");
    throw new ConfigError(
      `Connection ${id} names the connector "${entry.connector}", which is not known (known: ${known}).`,
    );
  }
  const config = connectionConfig(id, entry, connector, { environment, secrets });
  let wait: Wait | null = null;
  const transport = createTransport({
    limits: withShare(connector.limits(config), entry.quota_share),
    ledger: storedQuota(store, id),
    clock,
    allowedHosts: entry.allowedHosts,
    onWait(begun) {
      wait = begun;
    },
    ...(onExchange ? { onExchange: (exchange: Exchange) => onExchange(id, exchange) } : {}),
  });
  return { id, entry, connector, config, open: connector.open(config, transport), wait: () => wait };
}
