import { setImmediate as nextTurn, setTimeout as pause } from "node:timers/promises";
import { type Context, Hono } from "hono";
import { routePath } from "hono/route";
import { instantText } from "./calendar.ts";
import { createLoginAudit, invalidLogin, requireLogin } from "./login.ts";
import { serveMetadata } from "./metadata.ts";
import { type OAuthDesk, serveOAuth } from "./oauth.ts";
import {
  type ConcurrencyRefusal,
  demoCredentials,
  type NetsuiteBehaviour,
  type NetsuiteSimulatorOptions,
} from "./options.ts";
import type { PageRequest, PageSize } from "./paging.ts";
import { answerProblem, Problem } from "./problems.ts";
import { serveRecords } from "./recordRoutes.ts";
import { journeyCustomFields, schemaWith } from "./schema.ts";
import type { NetsuiteSeed } from "./seed.ts";
import { createSetup, type Setup } from "./setup.ts";
import type { LoginAuditEntry } from "./signature.ts";
import { type Account, createAccount } from "./storage.ts";
import { createEngine, type EngineOptions, type SuiteqlPage } from "./suiteql/engine.ts";
import { serveSuiteql } from "./suiteqlRoute.ts";
import { createTrafficMeter, type Traffic } from "./traffic.ts";

export type { MappedCertificate } from "./assertion.ts";
export type { OAuthDesk } from "./oauth.ts";
export { demoOAuth, type OAuthSettings } from "./oauthSettings.ts";
export { demoCredentials, type NetsuiteBehaviour, type NetsuiteSimulatorOptions } from "./options.ts";
export { type CustomField, type CustomFields, journeyCustomFields } from "./schema.ts";
export type { AccountDateFormat, NetsuiteRow, NetsuiteSeed, TableName } from "./seed.ts";
export type { LoginAuditEntry, LoginFailure, NetsuiteCredentials } from "./signature.ts";
export type { Traffic } from "./traffic.ts";

/** NetSuite's REST services over one account held in memory. */
export interface NetsuiteSimulator {
  /** A fetch function: for `app.request` in tests, msw, or a port. */
  app: Hono;
  /** Replaces the account. Throws an Error naming table and column when the seed does not fit. */
  load(seed: NetsuiteSeed): void;
  /** From now on the account behaves so; what is left out stays as it was. */
  behave(changed: NetsuiteBehaviour): void;
  behaviour(): NetsuiteBehaviour;
  traffic(): Traffic;
  /** Why logins were refused, oldest first, at most the last 1,000. */
  loginAudit: readonly LoginAuditEntry[];
  /** The integration record's part in OAuth 2.0, and what was granted to it. */
  oauth: OAuthDesk;
  /** What an administrator changes about custom fields while the account is used. */
  setup: Setup;
  /** The account as it stands, for tests to look into; writes go through HTTP. */
  state(): Account;
  /** Runs a statement as an administrator would in the account itself. Throws SuiteqlRefusal. */
  query(statement: string, page: PageRequest): SuiteqlPage;
  /** Rows SuiteQL statements have looked at since the last load. */
  rowsScanned(): number;
}

/**
 * Creates a simulator with an empty account.
 * @example
 * const netsuite = createNetsuiteSimulator({ now: () => Date.parse("2026-03-01T09:00:00Z") });
 * netsuite.load({ accountId: demoCredentials.accountId, timeZone: "UTC", dateFormat: "MM/DD/YYYY", tables: {} });
 * serve({ fetch: netsuite.app.fetch, hostname: "127.0.0.1", port: 0 });
 */
export function createNetsuiteSimulator(options: NetsuiteSimulatorOptions = {}): NetsuiteSimulator {
  const { now = Date.now, customFields = journeyCustomFields, userId = -5, concurrencyMax = 5 } = options;
  const pageSize: PageSize = { max: options.pageSizeMax ?? 1000, above: options.limitAbovePage ?? "refused" };
  const meter = createTrafficMeter(concurrencyMax);
  let behaviour: NetsuiteBehaviour = options;
  let account = createAccount(emptySeed, schemaWith(customFields));
  let engine = createEngine(account, engineOptions(behaviour, now));
  let scannedBefore = 0;
  const audit = createLoginAudit(now);

  const renew = (behaving: NetsuiteBehaviour) => {
    scannedBefore += engine.rowsScanned();
    engine = createEngine(account, engineOptions(behaving, now));
  };

  const app = new Hono();
  app.onError((error, c) => answerError(c, error));
  app.notFound((c) => answerProblem(c, noSuchResource(c.req.path)));
  app.use(countTraffic(meter));
  const oauth = serveOAuth(app, {
    now,
    origin: options.origin,
    settings: options.oauth ?? {},
    accountId: () => realmOf(account),
    note: audit.note,
  });
  app.use(requireLogin({ ...options, now, realm: () => realmOf(account), oauth, note: audit.note }));
  app.use(limitConcurrency(meter, options));
  serveSuiteql(app, { engine: () => engine, pageSize });
  serveMetadata(app, () => account);
  serveRecords(app, {
    writing: () => ({ account, now, userId, deletionDates: behaviour.deletionDates ?? "second" }),
    pageSize,
  });
  app.get("/services/rest/system/v1/governanceLimits", (c) => c.json(governanceLimits(concurrencyMax)));

  return {
    app,
    loginAudit: audit.entries,
    oauth,
    load(seed) {
      account = createAccount(seed, schemaWith(customFields));
      engine = createEngine(account, engineOptions(behaviour, now));
      scannedBefore = 0;
    },
    behave(changed) {
      behaviour = { ...behaviour, ...changed };
      renew(behaviour);
    },
    behaviour: () => behaviour,
    traffic: meter.snapshot,
    setup: createSetup(
      () => account,
      () => renew(behaviour),
    ),
    state: () => account,
    query: (statement, page) => engine.query(statement, page),
    rowsScanned: () => scannedBefore + engine.rowsScanned(),
  };
}

const realmOf = ({ id }: Account): string => id.replaceAll("-", "_").toUpperCase();

function engineOptions(behaviour: NetsuiteBehaviour, now: () => number): EngineOptions {
  const { rowsMax = 100_000, hiddenRecords = [], hiddenColumns = [], tieOrder } = behaviour;
  const lowerCase = (names: readonly string[]) => new Set(names.map((name) => name.toLowerCase()));
  const hidden = { records: lowerCase(hiddenRecords), columns: lowerCase(hiddenColumns) };
  return { now: () => instantText(now()), rowsMax, columnsMax: 100, hidden, tieOrder };
}

const emptySeed: NetsuiteSeed = {
  accountId: demoCredentials.accountId,
  timeZone: "UTC",
  dateFormat: "MM/DD/YYYY",
  tables: {},
};

type Meter = ReturnType<typeof createTrafficMeter>;
type Middleware = (c: Context, next: () => Promise<void>) => Promise<void>;

function countTraffic(meter: Meter): Middleware {
  return async (c, next) => {
    await next();
    meter.count(`${c.req.method} ${routePath(c, -1)}`, c.res.status);
  };
}

function limitConcurrency(
  meter: Meter,
  { latencyMs = 0, concurrencyRefusal = "429", onOverLimit }: NetsuiteSimulatorOptions,
): Middleware {
  return async (_c, next) => {
    if (!meter.enter()) {
      onOverLimit?.();
      throw tooMany(concurrencyRefusal);
    }
    try {
      await (latencyMs > 0 ? pause(latencyMs) : nextTurn());
      await next();
    } finally {
      meter.leave();
    }
  };
}

function tooMany(refusal: ConcurrencyRefusal): Problem {
  if (refusal === "401") return invalidLogin();
  return new Problem(refusal === "400" ? 400 : 429, {
    detail: "Concurrent request limit exceeded. Request blocked.",
    code: "CONCURRENCY_LIMIT_EXCEEDED",
  });
}

function governanceLimits(concurrencyMax: number) {
  return {
    accountConcurrencyLimit: concurrencyMax,
    accountUnallocatedConcurrencyLimit: concurrencyMax,
    limitType: "ACCOUNT",
  };
}

function noSuchResource(path: string): Problem {
  return new Problem(404, { detail: `The resource ${path} does not exist.`, code: "NOT_FOUND" });
}

function answerError(c: Context, error: Error): Response {
  if (error instanceof Problem) return answerProblem(c, error);
  return answerProblem(
    c,
    new Problem(500, { detail: `An unexpected error occurred. ${error.message}`, code: "UNEXPECTED_ERROR" }),
  );
}
