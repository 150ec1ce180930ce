import type { z } from "zod";
import { bindChannel, type ChannelDeclaration, type OpenChannel } from "./channel.ts";
import type { QuotaStanding } from "./daily-allowance.ts";
import { bindDiscovery, type DiscoverDeclaration, type OpenDiscovery } from "./discover.ts";
import type { Limits } from "./governor.ts";
import type { IdOrder } from "./id-order.ts";
import type { Lane } from "./lanes.ts";
import type { OAuthFlow } from "./oauth.ts";
import { memoryVault, type OpenAuthorisation, openAuthorisation, type TokenVault } from "./oauth-tokens.ts";
import { isDeclared, refuseUnusable, rememberDeclaration } from "./rules.ts";
import { objectsIn, secretFields } from "./secret-fields.ts";
import type { SourceRecord } from "./source-record.ts";
import { bindSubscriptions, type OpenSubscriptions, type SubscriptionsDeclaration } from "./subscriptions.ts";
import type { TrackingDeclaration } from "./tracking.ts";
import type { Transport } from "./transport.ts";
import type { WebhookDeclaration } from "./webhook.ts";
import type {
  FieldFinding,
  WritebackChange,
  WritebackDeclaration,
  WritebackField,
  WritebackOutcome,
  Writer,
} from "./writeback.ts";

export { mergedAway, type SourceRecord } from "./source-record.ts";

/** A place in a stream ordered by (stamp, id). `id` null: everything from `at` on, `at` included. */
export interface Position {
  at: string;
  id: string | null;
}

export interface PageRequest {
  /** `next` of the page before; null for the first. */
  after: string | null;
  /** Ids up to this one, itself included, and none behind it. Only streams with `ranges` are asked so. */
  upTo?: string;
  /** The raw fields the mapping reads: fetch these. */
  fields: readonly string[];
}
export interface ChangesRequest {
  since: Position;
  fields: readonly string[];
}

/** How records are asked for by id; `lane` is that of whoever waits for them. */
export interface ByIdRequest {
  fields: readonly string[];
  lane: Lane;
}

/** What one read gave; `next` null is the end. */
export interface Page<Next> {
  records: SourceRecord[];
  next: Next | null;
  /** Fields asked for that the account does not have or does not show us: left out of the payloads, to be seen by a person. */
  missingFields?: readonly string[];
  /** That the page took a dearer way than it should have. Null: it took the best one; absent: it tells nothing of that. */
  detour?: Detour | null;
}

/** A way of reading that loses nothing but costs more than the one a person could make possible. */
export interface Detour {
  /** Which of the vendor's ways was not taken, in kebab-case. */
  name: string;
  message: string;
  remedy: string;
}

/** Records of one page, whose past may hold something new. */
export interface HistoryRequest {
  records: readonly SourceRecord[];
  fields: readonly string[];
  lane: Lane;
}

/** What was told of records' past. */
export interface History {
  /**
   * Earlier versions, those of one record in order of time: the payload as the record is sent today, with the fields whose past is known
   * set to what they were and `_history: true`; `at` is when the version began. The present version is not among them.
   */
  versions: SourceRecord[];
  /** What of the past these credentials may not read, to be seen by a person. Absent: it was not asked for, so nothing is known of it. */
  missing?: readonly string[];
}

/**
 * What a stream is, declared. `pages` reads everything, in an order that stays put while records change (by id).
 * `changes` reads what changed since a position, ordered by (stamp, id); absent means the whole stream is read each time.
 */
export interface StreamDeclaration<Session> {
  /** The vendor's object; mappings name it. */
  object: string;
  /** Pulled first and as a whole: owners, pipelines, stages. */
  reference?: boolean;
  /** How far behind the newest stamp seen each run starts again, for rows committed late. Default 5 minutes. */
  lookBackMs?: number;
  /**
   * Now and then a row is seen much later than the look-back reaches, by up to `byMs` (a search index that lags). Every `everyMs` a run
   * looks back as far; cheaper than doing so in each.
   */
  stragglers?: { byMs: number; everyMs: number };
  /**
   * Reads everything again in the background when the last complete reading is older than this: for what moves no stamp (formula fields,
   * associations), and for rows that came later than the look-back reaches.
   */
  reread?: { everyMs: number };
  /**
   * `pages` comes in the order of ids, so that live records missing on them are found: those deleted or merged without a word. They are
   * asked for by `byId` before they are believed gone; `confirm: "none"` believes the pages (small lists without `byId`).
   */
  sweep?: { order: IdOrder; confirm?: "byId" | "none" };
  /**
   * `pages` comes in the order of ids that are whole numbers, the token of a page is its last id, and `upTo` is kept: then stretches of the
   * ids of large objects are read side by side, `atOnce` at most and as the limits allow. `lastId`: null where there are no records.
   */
  ranges?: { atOnce: number; lastId(session: Session): Promise<string | null> };
  pages(session: Session, request: PageRequest): Promise<Page<string>>;
  changes?(session: Session, request: ChangesRequest): Promise<Page<Position>>;
  /**
   * Records by id, at most `idsMax` at once: for events that name a record without its values, and for proof of what is gone. Ids not found are
   * left out; records that were merged into those asked for may come along (`mergedAway`).
   */
  byId?(session: Session, ids: readonly string[], request: ByIdRequest): Promise<SourceRecord[]>;
  idsMax?: number;
  /** What the records of a page were before, where the vendor keeps it. Absent: the past begins with the first sight of a record. */
  history?(session: Session, request: HistoryRequest): Promise<History>;
  /** How many live records the vendor counts; for audits. Absent: the vendor has no cheap count. */
  count?(session: Session): Promise<number>;
}

/** What `connect` learned about the account behind the credentials. */
export interface Account {
  /** The vendor's own id of the account, so that two connections to one account are seen. */
  id: string;
  name: string;
  timeZone?: string;
}

/** A connector as its author writes it; `Session` is whatever its streams need to talk to the vendor. */
export interface ConnectorDefinition<Config, Session> {
  id: string;
  title: string;
  /** Schema of the connection's `config:` block. Mark secrets with `.meta({ secret: true })`. */
  config: z.ZodType<Config>;
  limits(config: Config): Limits;
  /** `vault` keeps the tokens of a person's approval: hand it to `openFlow`. */
  open(config: Config, transport: Transport, vault: TokenVault): Session;
  /** One cheap call that proves the credentials; throws a SourceError that names the field and the remedy. */
  check(session: Session): Promise<Account>;
  streams: Readonly<Record<string, StreamDeclaration<Session>>>;
  /**
   * The streams of an object that is none of `streams`', for a mapping file that names one of the account's own; null for what cannot be
   * an object's name here. Whether the account has it shows when it is read.
   */
  customStreams?(object: string): Readonly<Record<string, StreamDeclaration<Session>>> | null;
  /**
   * Which of these objects, as mapping files name them, a webhook means by another name (a type id); null: none. Asked where no stream is
   * called so. Throws SourceError. Absent: webhooks name objects as streams are named.
   */
  sameObject?(session: Session, name: string, objects: readonly string[]): Promise<string | null>;
  discover?: DiscoverDeclaration<Session>;
  webhook?: WebhookDeclaration<Config>;
  subscriptions?: SubscriptionsDeclaration<Session>;
  channel?: ChannelDeclaration<Config, Session>;
  tracking?: TrackingDeclaration<Config>;
  writeback?: WritebackDeclaration<Session>;
  /** How a person lets the hub into an account (OAuth); connections with other settings may still sign in otherwise. */
  authorise?: OAuthFlow<Config>;
}

/** A connector with its author's types closed over: what the hub handles. */
export interface Connector {
  readonly id: string;
  readonly title: string;
  readonly config: z.ZodType;
  /** The settings there are, each with what it takes. */
  readonly fields: Readonly<Record<string, z.ZodType>>;
  /** Names of the config fields that hold secrets. */
  readonly secrets: readonly string[];
  readonly streamNames: readonly string[];
  limits(config: unknown): Limits;
  /** Without a vault, tokens are gone with the process. */
  open(config: unknown, transport: Transport, vault?: TokenVault): OpenConnection;
  readonly webhook?: WebhookDeclaration<unknown>;
  readonly channel?: Pick<ChannelDeclaration<unknown, unknown>, "name" | "work">;
  readonly tracking?: TrackingDeclaration<unknown>;
  readonly writeback?: Pick<WritebackDeclaration<unknown>, "targets">;
  readonly authorise?: Pick<OAuthFlow<unknown>, "vendor" | "settings" | "fields" | "scopes" | "optionalScopes">;
}

/** A stream bound to its session. */
export interface OpenStream
  extends Pick<
    StreamDeclaration<unknown>,
    "object" | "reference" | "lookBackMs" | "stragglers" | "idsMax" | "reread" | "sweep"
  > {
  ranges?: { atOnce: number; lastId(): Promise<string | null> };
  pages(request: PageRequest): Promise<Page<string>>;
  changes?(request: ChangesRequest): Promise<Page<Position>>;
  byId?(ids: readonly string[], request: ByIdRequest): Promise<SourceRecord[]>;
  history?(request: HistoryRequest): Promise<History>;
  count?(): Promise<number>;
  /** How far the vendor's clock is ahead of the hub's, as far as answers have told. */
  vendorAheadMs?(): number;
}

/** A write-back bound to its session. */
export interface OpenWriteback extends Pick<WritebackDeclaration<unknown>, "targets" | "batchMax" | "concurrency"> {
  prepare(): Promise<FieldFinding[]>;
  look(): Promise<FieldFinding[]>;
  create?(): Promise<FieldFinding[]>;
  apply(object: string, changes: readonly WritebackChange[]): Promise<WritebackOutcome[]>;
  whoWrote?(object: string, remoteId: string, field: WritebackField): Promise<Writer | null>;
  /** How far the vendor's clock is ahead of the hub's, as far as answers have told. */
  vendorAheadMs?(): number;
}

export interface OpenConnection {
  check(): Promise<Account>;
  streams: Readonly<Record<string, OpenStream>>;
  customStreams?(object: string): Readonly<Record<string, OpenStream>> | null;
  sameObject?(name: string, objects: readonly string[]): Promise<string | null>;
  discover?: OpenDiscovery;
  subscriptions?: OpenSubscriptions;
  /** What these settings listen to. Absent: nothing. */
  channel?: OpenChannel;
  writeback?: OpenWriteback;
  /** The way to a person's approval. */
  authorise?: OpenAuthorisation;
  /** How the account's daily allowance stands; null where none is known. Absent: the connection sends nothing. */
  quota?(): QuotaStanding | null;
  /** Requests sent so far. */
  requests?(): number;
}

/**
 * Declares a connector. Absence of an optional part means the vendor (or we) cannot do it. Throws ContractError for a declaration of which
 * nothing can be made; `brokenRules` tells what else is wrong with one.
 * @example export default defineConnector({ id: "acme", title: "Acme CRM", config, limits, open, check, streams })
 */
export function defineConnector<Config, Session>(definition: ConnectorDefinition<Config, Session>): Connector {
  refuseUnusable(definition);
  const { id, title, config, streams, webhook, channel, tracking, writeback, authorise } = definition;
  const typed = (value: unknown): Config => value as Config; // parsed by `config` before it comes here
  const connector: Connector = {
    id,
    title,
    config,
    fields: Object.assign({}, ...objectsIn(config)),
    secrets: secretFields(config),
    streamNames: Object.keys(streams),
    limits: (value) => definition.limits(typed(value)),
    open(value, transport, vault = memoryVault()) {
      const session = definition.open(typed(value), transport, vault);
      const listening = channel ? bindChannel(channel, typed(value), session) : null;
      return {
        ...bind(definition, session, transport),
        ...(listening ? { channel: listening } : {}),
        ...(authorise ? { authorise: openAuthorisation(authorise, { config: typed(value), transport }) } : {}),
      };
    },
    ...(webhook ? { webhook: webhook as WebhookDeclaration<unknown> } : {}),
    ...(channel ? { channel: { name: (value) => channel.name(typed(value)), work: channel.work } } : {}),
    ...(tracking ? { tracking: tracking as TrackingDeclaration<unknown> } : {}),
    ...(writeback ? { writeback: { targets: writeback.targets } } : {}),
    ...(authorise ? { authorise } : {}),
  };
  const { fields, secrets } = connector;
  const objects = [...new Set(Object.values(streams).map(({ object }) => object))];
  rememberDeclaration(connector, { definition, fields: Object.keys(fields), secrets, objects });
  return connector;
}

/** Whether a value is a connector that this kit declared. */
export function isConnector(value: unknown): value is Connector {
  return isDeclared(value);
}

function bind<Config, Session>(
  definition: ConnectorDefinition<Config, Session>,
  session: Session,
  transport: Transport,
): OpenConnection {
  const { streams, customStreams, sameObject, discover, subscriptions, writeback } = definition;
  const clock = { vendorAheadMs: () => transport.vendorAheadMs() };
  const bound = (declared: typeof streams): OpenConnection["streams"] =>
    Object.fromEntries(
      Object.entries(declared).map(([name, stream]) => [name, { ...bindStream(stream, session), ...clock }]),
    );
  const custom = (object: string) => {
    const declared = customStreams?.(object);
    return declared ? bound(declared) : null;
  };
  return {
    check: () => definition.check(session),
    quota: () => transport.quota(),
    requests: () => transport.requests(),
    streams: bound(streams),
    ...(customStreams ? { customStreams: custom } : {}),
    ...(sameObject ? { sameObject: (name, objects) => sameObject(session, name, objects) } : {}),
    ...(discover ? { discover: bindDiscovery(discover, session) } : {}),
    ...(subscriptions ? { subscriptions: bindSubscriptions(subscriptions, session) } : {}),
    ...(writeback ? { writeback: { ...bindWriteback(writeback, session), ...clock } } : {}),
  };
}

function bindStream<Session>(declaration: StreamDeclaration<Session>, session: Session): OpenStream {
  const { pages, changes, byId, history, count, ranges, ...rest } = declaration;
  return {
    ...rest,
    ...(ranges ? { ranges: { ...ranges, lastId: () => ranges.lastId(session) } } : {}),
    pages: (request) => pages(session, request),
    ...(changes ? { changes: (request: ChangesRequest) => changes(session, request) } : {}),
    ...(byId ? { byId: (ids: readonly string[], request: ByIdRequest) => byId(session, ids, request) } : {}),
    ...(history ? { history: (request: HistoryRequest) => history(session, request) } : {}),
    ...(count ? { count: () => count(session) } : {}),
  };
}

function bindWriteback<Session>(declaration: WritebackDeclaration<Session>, session: Session): OpenWriteback {
  const { prepare, look = prepare, create, apply, whoWrote, ...rest } = declaration;
  return {
    ...rest,
    prepare: () => prepare(session),
    look: () => look(session),
    ...(create ? { create: () => create(session) } : {}),
    apply: (object, changes) => apply(session, object, changes),
    ...(whoWrote ? { whoWrote: (object, id, field) => whoWrote(session, object, id, field) } : {}),
  };
}
