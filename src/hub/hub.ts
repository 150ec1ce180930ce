import { setMaxListeners } from "node:events";
import {
  type Connector,
  createTransport,
  type Exchange,
  type OpenConnection,
  SourceError,
  type TokenVault,
  type Wait,
} from "../connector/index.ts";
import { byConnection } from "../identity/survivorship.ts";
import { type Clock, instantNow, systemClock } from "../lib/clock.ts";
import { createPipeline, type Pipeline } from "../pipeline/context.ts";
import { openSnapshot, openStore } from "../store/open.ts";
import type { Store } from "../store/store.ts";
import {
  allConnectors,
  type ConnectorSource,
  connectorsNamed,
  type UsedConnectors,
  usedConnectors,
} from "./connectors.ts";
import { ConfigError, type ConnectionEntry, connectionConfig, type HubFile, readHubFile } from "./folder/config.ts";
import { lockFolder, type RunningHub } from "./folder/lock.ts";
import { openSecretBox, type SecretBox } from "./folder/secrets.ts";
import { expectRules } from "./identity/outdated.ts";
import { withOwnObjects } from "./own-objects.ts";
import { openPresence, type Presence, type PresenceOptions } from "./processes/presence.ts";
import { publicConnections } from "./public-connections.ts";
import { storedQuota, withShare } from "./quota.ts";
import { type RuleFiles, ruleFilesOf } from "./rules/files.ts";
import { waitsFor } from "./rules/held.ts";
import { type HubRules, loadRules } from "./rules/rules.ts";
import { approvalOf, renewalsKept, storedTokens } from "./tokens.ts";

/** A configured vendor account, ready to be used. */
export interface HubConnection {
  id: string;
  entry: ConnectionEntry;
  connector: Connector;
  /** The connector's settings, secrets filled in. Never log or return them. */
  config: unknown;
  open: OpenConnection;
  /** The same with other tokens than those that are kept: to prove them. */
  openWith(vault: TokenVault): OpenConnection;
  /** Why a call to the vendor waits to be tried again; null when none does. */
  wait(): Wait | null;
}

/** A data folder opened for work: what the verbs and the API are built on. */
export interface Hub {
  folder: string;
  file: HubFile;
  rules: HubRules;
  /** The data folder's rule files that these rules were read from. */
  ruleFiles: RuleFiles;
  store: Store;
  pipeline: Pipeline;
  clock: Clock;
  secrets: SecretBox;
  /** This process, among those on the same store. */
  presence: Presence;
  now(): string;
  /** The connection of this id. Throws ConfigError when there is none or its settings cannot be used. */
  connection(id: string): HubConnection;
  connectionIds(): string[];
  /** Whether anybody may send what comes by a connection. */
  isPublic(id: string): boolean;
  /** Puts a connection that `written` gave beside those at work, or in the place of what it was: who asks for it from now on gets it. */
  take(connection: Pick<HubConnection, "id" | "entry" | "connector">): void;
  /** Takes a connection out of those at work: it is known no more. */
  drop(id: string): void;
  /** Has a listener hear the ids of connections that are new or have other settings. */
  onTaken(listener: (id: string) => void): void;
  /** The connection as journey-hub.yaml has it now, beside the one at work. Throws ConfigError. */
  written(id: string): Promise<HubConnection>;
  /** Every connector there is, in use or not. Throws PluginError. */
  allConnectors(): Promise<readonly Connector[]>;
  /** What `written` gave last for this id, if anything: a check may be under way on it. */
  tried(id: string): HubConnection | undefined;
  announce(running: RunningHub): void;
  /** Aborted by `stopWaiting`, with a SourceError. */
  ending: AbortSignal;
  /** From now on no vendor is waited for: what fails is given up, and is for the next run. */
  stopWaiting(): void;
  close(): Promise<void>;
}

export interface HubOptions extends PresenceOptions {
  folder: string;
  /** The shipped connectors, or what loads those that connections name; plug-ins come beside them. */
  connectors: ConnectorSource;
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
  const ruleFiles = ruleFilesOf(folder);
  const lock = options.beside ? noLock : lockFolder(folder);
  const ending = new AbortController();
  setMaxListeners(0, ending.signal); // every call that waits hears of it
  try {
    const secrets = openSecretBox(folder, environment);
    const { store, rules, connectors } = await openParts(file, options);
    const presence = await presenceOn(store, rules, options);
    const parts = { ...options, connectors, clock, environment, store, rules, presence, ending: ending.signal };
    const connections = connectionsOf(file, options, { parts, secrets });
    const { isPublic } = connections;
    const stopWaiting = () =>
      ending.abort(new SourceError("retry", "The hub was stopped before the vendor was asked", { cutShort: true }));
    return {
      folder,
      file,
      rules,
      ruleFiles,
      store,
      clock,
      secrets,
      presence,
      now: () => instantNow(clock),
      pipeline: pipelineOf({ file, rules, store, clock, isPublic }),
      ...connections,
      announce: lock.announce,
      ending: ending.signal,
      stopWaiting,
      async close() {
        try {
          stopWaiting();
          await renewalsKept(store, renewalMaxMs);
          await presence.close();
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

/** So long a renewal of tokens is waited for when a hub is closed. */
const renewalMaxMs = 10_000;

type Connections = Pick<
  Hub,
  "connection" | "connectionIds" | "isPublic" | "take" | "drop" | "onTaken" | "written" | "allConnectors" | "tried"
>;

/** The connections at work, and those on trial as journey-hub.yaml has them now. */
function connectionsOf(
  file: HubFile,
  { folder, connectors: source }: HubOptions,
  { parts, secrets }: { parts: OpenOptions; secrets: SecretBox },
): Connections {
  const connectors = [...parts.connectors];
  const opened = new Map<string, HubConnection>();
  const tried = new Map<string, HubConnection>();
  const listeners: ((id: string) => void)[] = [];
  const connection = (id: string) => {
    const known = opened.get(id) ?? openConnection(id, file, { ...parts, connectors }, secrets);
    opened.set(id, known);
    return known;
  };
  const publicity = publicConnections({
    connectorOf: (id) => connectors.find((known) => known.id === file.connections[id]?.connector),
    configOf: (id) => connection(id).config,
  });
  return {
    connection,
    connectionIds: () => Object.keys(file.connections),
    isPublic: publicity.isPublic,
    take({ id, entry, connector }) {
      file.connections[id] = entry;
      opened.delete(id);
      publicity.forget(id);
      if (!connectors.some((known) => known.id === connector.id)) connectors.push(connector);
      for (const listener of listeners) listener(id);
    },
    drop(id) {
      publicity.isPublic(id); // kept: what came by it is believed no more than before
      delete file.connections[id];
      opened.delete(id);
    },
    onTaken: (listener) => void listeners.push(listener),
    async written(id) {
      const now = readHubFile(folder);
      const { connectors } = await usedConnectors(folder, now, source);
      const { presence: _, ...shared } = parts;
      const connection = openConnection(id, now, { ...shared, connectors }, secrets);
      tried.set(id, connection);
      return connection;
    },
    allConnectors: () => allConnectors(folder, readHubFile(folder), source),
    tried: (id) => tried.get(id),
  };
}

/** The store, and what is read while it opens: the database's thread starts on another core meanwhile. */
async function openParts(file: HubFile, options: HubOptions) {
  const { folder, environment = process.env } = options;
  const databaseUrl = databaseUrlOf(environment);
  const pagesMax = options.pagesMax ?? pagesMaxOf(environment);
  const location = { folder, ...(databaseUrl ? { databaseUrl } : {}), ...(pagesMax ? { pagesMax } : {}) };
  const opening = options.beside ? Promise.resolve(openSnapshot(folder)) : openStore(location);
  opening.catch(() => undefined); // met below; it may fail before rules and connectors are read
  const [rules, { connectors }] = await readParts(file, options).catch(async (cause: unknown) => {
    await opening.then(
      (store) => store.close(),
      () => undefined, // why the rules cannot be read comes first
    );
    throw cause;
  });
  return { store: await opening, rules, connectors };
}

async function presenceOn(store: Store, { identity }: HubRules, options: HubOptions): Promise<Presence> {
  try {
    if (!options.beside) await expectRules(store, identity.version);
    return await openPresence(store, options);
  } catch (cause) {
    await store.close();
    throw cause;
  }
}

/** Who only reads beside another process leaves the folder to it. */
const noLock: ReturnType<typeof lockFolder> = { announce: () => undefined, release: () => undefined };

/** Rules and connectors, read side by side unless plug-ins bring rules with them. */
async function readParts(
  file: HubFile,
  { folder, connectors: source }: HubOptions,
): Promise<[HubRules, UsedConnectors]> {
  const using = usedConnectors(folder, file, source);
  const shipped = file.plugins.length > 0 ? (await using).mappings : undefined;
  return Promise.all([loadRules(folder, connectorsNamed(file), shipped), using]);
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
export function pipelineOf({
  file,
  rules,
  store,
  clock,
  isPublic,
}: Pick<Hub, "file" | "rules" | "store" | "clock" | "isPublic">): Pipeline {
  const connectorOf = (connection: string) => file.connections[connection]?.connector ?? "";
  return createPipeline({
    store,
    identity: { ...rules.identity, survivorship: byConnection(rules.identity.survivorship, file.connections) },
    now: () => instantNow(clock),
    // Looked up each time: a retry of errors reads the mapping files anew.
    mapping: (connection, object) => rules.mappings.find(connectorOf(connection), object),
    held: (connection, object) => waitsFor(rules.mappings, connectorOf(connection), object),
    isPublic,
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
  rules: HubRules;
  /** Absent for settings on trial: their few calls take nothing from those at work. */
  presence?: Presence;
  ending: AbortSignal;
}

function openConnection(
  id: string,
  file: HubFile,
  { connectors, clock, environment, store, rules, presence, ending, onExchange }: OpenOptions,
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
  const sharedLimits = presence?.sharedLimits(id);
  let wait: Wait | null = null;
  const transport = createTransport({
    limits: withShare(connector.limits(config), entry.quota_share),
    ledger: storedQuota(store, id),
    ...(sharedLimits ? { sharedLimits } : {}),
    clock,
    allowedHosts: entry.allowedHosts,
    attemptsMax: entry.retry.tries,
    pauseMs: entry.retry.pause_ms,
    ending,
    onWait(begun) {
      wait = begun;
    },
    ...(onExchange ? { onExchange: (exchange: Exchange) => onExchange(id, exchange) } : {}),
  });
  const vault = storedTokens({ store, secrets, connection: id, approval: approvalOf(file, id) });
  const openWith = (vault: TokenVault) => connector.open(config, transport, vault);
  const open = withOwnObjects(openWith(vault), () => rules.mappings.objects(connector.id));
  return { id, entry, connector, config, open, openWith, wait: () => wait };
}
