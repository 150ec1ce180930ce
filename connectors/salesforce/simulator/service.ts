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
  /** The refresh token that is valid now; changes with each refresh when tokens rotate. */
  refreshToken: string;
  /** Statements run and rows read for them: what tests hold the planner to. */
  queryWork: { statements: number; scanned: number };
}

export function createService(options: SalesforceSimulatorOptions): Service {
  const settings = settingsOf(options);
  return {
    settings,
    org: new Org({ now: settings.now, customFields: settings.customFields, multiCurrency: settings.multiCurrency }),
    sessions: new Sessions(settings.sessionSeconds, settings.now),
    locators: new Locators(settings),
    usage: new Usage(settings),
    refreshToken: settings.credentials.refreshToken,
    queryWork: { statements: 0, scanned: 0 },
  };
}
