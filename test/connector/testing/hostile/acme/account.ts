import {
  createRandom,
  createWire,
  type HostileAccount,
  type HostileAccountOptions,
} from "journey-hub/connector/testing";
import { answer } from "./api.ts";
import { acmeConnector } from "./connector.ts";
import { createThings } from "./things.ts";
import { acmeTroubles, wireTroubles } from "./troubles.ts";

/** Acme CRM: the smallest account that has every trap a cursor engine can fall into. Its things come by id and by (stamp, id). */
export function createHostileAcme({ seed, records, now }: HostileAccountOptions): HostileAccount {
  let skewMs = 0;
  const vendorNow = () => now() + skewMs;
  const things = createThings({ seed, records, now: vendorNow });
  const wire = createWire({ now: vendorNow, troubles: wireTroubles(vendorNow) });
  return {
    vendor: "acme",
    connector: acmeConnector,
    troubles: [...wire.troubles, ...acmeTroubles],
    fetch: (request) => wire.pass(request, async () => answer(things, new URL(request.url))),
    config: (url) => ({ base_url: url }),
    beset(schedule) {
      wire.beset(schedule);
      const shows = (name: string) => schedule.level !== "none" && (schedule.only?.includes(name) ?? true);
      const chance = createRandom(schedule.seed).fork("nature");
      skewMs = shows("clock-skew") ? chance.pick([-25, -12, 12, 25]) * 60_000 : 0;
      things.beset({ shows, level: schedule.level });
    },
    live: (happenings) => things.live(happenings),
    settle: () => things.settle(),
    truth: () => things.truth(),
    door: () => wire.door(),
  };
}
