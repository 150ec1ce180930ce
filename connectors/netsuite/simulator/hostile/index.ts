import {
  type CreateHostileAccount,
  createWire,
  type HostileAccount,
  type HostileAccountOptions,
  type TroubleDeclaration,
} from "journey-hub/connector/testing";
import netsuite from "../../index.ts";
import { createNetsuiteSimulator, demoCredentials } from "../index.ts";
import type { AccountDateFormat } from "../seed.ts";
import { lifeTroubles } from "./life.ts";
import { createLiving } from "./living.ts";
import { createMood } from "./mood.ts";
import { meanwhileTrouble, natureTroubles, schemaTrouble } from "./nature.ts";
import { objectNames, rowsOf } from "./records.ts";
import { refusedByRule } from "./rules.ts";
import { beginningOf } from "./seed.ts";
import { isWrite, refusal, wireTroubles } from "./wire.ts";

export { timeZones } from "./seed.ts";

export interface HostileNetsuiteOptions extends HostileAccountOptions {
  /** Where the account's users live; by the seed unless given. */
  timeZone?: string;
  /** How they write dates; by the seed unless given. */
  dateFormat?: AccountDateFormat;
}

/** Rows in a page: few, so that a small account has many pages. */
const pageSize = 20;

/**
 * A NetSuite account that can be made hostile. Pages have 20 rows whatever `limit` asks for.
 * @example
 * const account = createHostileNetsuite({ seed: 7, records: 600, now: () => clock.now() });
 * account.beset({ seed: 7, level: "high" });
 * serve({ fetch: account.fetch, hostname: "127.0.0.1", port: 0 });
 */
export const createHostileNetsuite = ((options: HostileNetsuiteOptions): HostileAccount => {
  const mood = createMood();
  const now = () => options.now() + mood.skewMs();
  const beginning = beginningOf({ ...options, now: options.now() });
  const simulator = createNetsuiteSimulator({
    now,
    // Clients sign with their machine's time, which need not be the one the account is given.
    timestampWindowMs: Number.POSITIVE_INFINITY,
    pageSizeMax: pageSize,
    limitAbovePage: "clamped",
    onOverLimit: () => wire.countOverLimit(),
  });
  simulator.load(beginning);
  const wire = createWire({ now, troubles: wireTroubles({ now, query: simulator.query, pageSizeMax: pageSize }) });
  const life = createLiving({ simulator, mood, now });

  async function answer(request: Request): Promise<Response> {
    // Who writes waits for those who are writing.
    if (isWrite(request)) life.settle();
    life.meanwhile();
    const account = simulator.state();
    const refused = isWrite(request) ? await refusedByRule(request, { account, shows: mood.shows }) : null;
    const response = refused ?? (await simulator.app.fetch(request));
    return mood.shows("withheld-as-500") ? unexpectedly(response) : response;
  }

  return {
    vendor: "netsuite",
    connector: netsuite,
    troubles: [...wire.troubles, ...lifeTroubles.map(declaration), schemaTrouble, meanwhileTrouble, ...natureTroubles],
    config: (url) => ({ ...credentials, base_url: url, time_zone: beginning.timeZone }),
    async fetch(request) {
      life.catchUp();
      const response = await wire.pass(request, () => answer(request));
      response.headers.set("date", new Date(now()).toUTCString());
      return response;
    },
    beset(schedule) {
      wire.beset(schedule);
      mood.beset(schedule);
      simulator.behave({ ...mood.behaviour(pageSize), hiddenColumns: [] });
    },
    live: life.live,
    settle: life.settle,
    truth() {
      life.catchUp();
      const account = simulator.state();
      return new Map(objectNames.map((name) => [name, new Set(rowsOf(account, name).map(({ id }) => String(id)))]));
    },
    door: wire.door,
  };
}) satisfies CreateHostileAccount;

const declaration = ({ name, kind, about, source }: TroubleDeclaration): TroubleDeclaration => {
  return { name, kind, about, source };
};

const credentials = {
  account_id: demoCredentials.accountId,
  consumer_key: demoCredentials.consumerKey,
  consumer_secret: demoCredentials.consumerSecret,
  token_id: demoCredentials.tokenId,
  token_secret: demoCredentials.tokenSecret,
};

/** What names a column or record that is not there, called an unexpected error. */
async function unexpectedly(response: Response): Promise<Response> {
  if (response.status !== 400) return response;
  const problem: { "o:errorDetails": { detail: string }[] } = JSON.parse(await response.clone().text());
  const detail = problem["o:errorDetails"].map((each) => each.detail).join(" ");
  const isUnknown = /was not found|Unknown identifier/.test(detail);
  return isUnknown ? refusal(500, "UNEXPECTED_ERROR", detail) : response;
}
