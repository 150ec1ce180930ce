import {
  createRandom,
  createWire,
  type HostileAccount,
  type HostileAccountOptions,
  type TroubleSchedule,
  troubleLevels,
} from "journey-hub/connector/testing";
import hubspot from "../../index.ts";
import { createHubspotSimulator, demoCredentials, type HubspotSimulator } from "../index.ts";
import type { DeliveryReport } from "../webhooks.ts";
import { skewedClocks } from "./clock.ts";
import { deliveryDisorder } from "./deliveries.ts";
import { createDoor } from "./door.ts";
import { everyday } from "./everyday.ts";
import { become, natureOf, natureTroubles } from "./nature.ts";
import { openTransactions } from "./open-transactions.ts";
import { pageMemory } from "./page-memory.ts";
import type { Scene } from "./scene.ts";
import { hostileSeed } from "./seed.ts";
import { betweenTroubles, declarations, lifeTroubles, shown } from "./troubles.ts";
import { truthOf } from "./truth.ts";
import { wireTroubles } from "./wire.ts";

/** A hostile account with what is HubSpot's alone. */
export interface HostileHubspot extends HostileAccount {
  simulator: HubspotSimulator;
  /** Sends the pending webhook events, doubled and out of order as far as the schedule says. */
  deliver(): Promise<DeliveryReport>;
}

/** Everything is small: a few hundred records fill many pages. */
const smallPages = { pageRows: 10, associationPageSize: 3 };

/**
 * A small HubSpot account that shows every trouble we know of, each by its name, and none until it is told to.
 * @example
 * const account = createHostileHubspot({ seed: 7, records: 600, now: () => clocks.stamps() });
 * account.beset({ seed: 7, level: "high", only: ["search-lag", "late-commit"] });
 */
export function createHostileHubspot({ seed, records, now }: HostileAccountOptions): HostileHubspot {
  const clocks = skewedClocks(now);
  const simulator = createHubspotSimulator({ now, recordNow: clocks.stamps, limits: smallPages });
  const { state: portal, expireTokens } = simulator;
  simulator.load(hostileSeed({ seed, records, now: clocks.stamps() }));
  const pages = pageMemory();
  const wire = createWire({ now: clocks.wall, troubles: wireTroubles({ now: clocks.wall, expireTokens, pages }) });
  const open = openTransactions();
  const door = createDoor({ simulator, wire, pages, clocks, open });
  let schedule: TroubleSchedule = { seed, level: "none" };

  function beset(next: TroubleSchedule): void {
    const unknown = next.only?.filter((name) => !declarations(wire).some((trouble) => trouble.name === name)) ?? [];
    if (unknown.length > 0) throw new RangeError(`HubSpot has no trouble named ${unknown.join(", ")}`);
    schedule = next;
    const nature = natureOf(shown(natureTroubles, next), createRandom(next.seed).fork("nature"));
    become(portal.settings, nature);
    clocks.skewBy(nature.skewMs);
    wire.beset(next);
    door.beset({ schedule: next, between: shown(betweenTroubles, next), nature });
  }

  function live({ seed: chosenBy, count }: { seed: number; count: number }): void {
    open.commitDue(clocks.stamps());
    const scene: Scene = { portal, open, chance: createRandom(chosenBy).fork("life") };
    const troubles = shown(lifeTroubles, schedule);
    for (let n = 0; n < count; n++) {
      const struck = troubles.length > 0 && scene.chance.chance(troubleLevels[schedule.level]);
      if (!struck || !scene.chance.pick(troubles).happens(scene)) everyday(scene);
    }
  }

  beset(schedule);
  return {
    vendor: "hubspot",
    connector: hubspot,
    simulator,
    troubles: declarations(wire),
    fetch: door.fetch,
    config: (url) => ({ base_url: url, ...oauth }),
    beset,
    live,
    settle: open.commitAll,
    truth: () => {
      open.commitDue(clocks.stamps());
      return truthOf(portal);
    },
    door: wire.door,
    deliver: () => simulator.deliver(deliveryDisorder(schedule)),
  };
}

const oauth = {
  client_id: demoCredentials.clientId,
  client_secret: demoCredentials.clientSecret,
  refresh_token: demoCredentials.refreshTokens[0],
};
