import { type Approvals, createApprovals } from "journey-hub/connector/testing";
import { BulkJobs } from "./bulk/jobs.ts";
import { Clients } from "./change-events/clients.ts";
import { ChangeLog } from "./change-events/log.ts";
import { Locators } from "./locators.ts";
import { type SalesforceSimulatorOptions, type Settings, settingsOf } from "./options.ts";
import { Org } from "./org.ts";
import { Sessions } from "./sessions.ts";
import { Usage } from "./usage.ts";

/** What the routes share: the org, who is logged in, open cursors, counted calls. */
export interface Service {
  settings: Settings;
  org: Org;
  sessions: Sessions;
  locators: Locators;
  usage: Usage;
  bulk: BulkJobs;
  changeLog: ChangeLog;
  /** Who listens to change events. */
  clients: Clients;
  /** Who has approved the app, and which refresh tokens are good. */
  approvals: Approvals;
  /** How many rows a query page holds at most: the vendor sends fewer when rows are wide. */
  pageRows: () => number;
  /** When the longest-running transaction began whose rows nobody sees yet; null when there is none. */
  oldestTransaction: () => number | null;
  /** Statements run and rows read for them: what tests hold the planner to. */
  queryWork: { statements: number; scanned: number };
}

/** Who does not ask again in this time is forgotten, with what it listens to. */
const forgetAfterMs = 40_000;

export function createService(options: SalesforceSimulatorOptions): Service {
  const settings = settingsOf(options);
  const org = new Org(settings);
  const changeLog = new ChangeLog(org, settings);
  return {
    changeLog,
    clients: new Clients(changeLog, { now: settings.now, forgetAfterMs }),
    settings,
    org,
    bulk: new BulkJobs(org, settings),
    sessions: new Sessions(settings.sessionSeconds, settings.now),
    locators: new Locators(settings),
    usage: new Usage(settings),
    approvals: createApprovals({
      clientId: settings.credentials.clientId,
      now: settings.now,
      redirectUris: settings.callbackUrls,
      scopes: settings.appScopes,
      pkce: settings.requirePkce ? "required" : "optional",
      codeLifetimeMs: 15 * 60_000,
      rotates: () => settings.rotateRefreshTokens,
      prefix: "5Aep861demo",
      refreshTokens: [settings.credentials.refreshToken],
    }),
    pageRows: () => settings.pageRowsMax,
    oldestTransaction: () => null,
    queryWork: { statements: 0, scanned: 0 },
  };
}
