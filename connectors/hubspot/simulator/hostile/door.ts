import {
  createRandom,
  type Random,
  type TroubleSchedule,
  troubleLevels,
  type Wire,
} from "journey-hub/connector/testing";
import type { HubspotSimulator } from "../index.ts";
import type { BetweenTrouble } from "./between-requests.ts";
import type { SkewedClocks } from "./clock.ts";
import type { Nature } from "./nature.ts";
import type { OpenTransactions } from "./open-transactions.ts";
import type { PageMemory } from "./page-memory.ts";

interface Surroundings {
  simulator: HubspotSimulator;
  wire: Wire;
  pages: PageMemory;
  clocks: SkewedClocks;
  open: OpenTransactions;
}

interface Besetting {
  schedule: TroubleSchedule;
  between: readonly BetweenTrouble[];
  nature: Nature;
}

/** Lets requests into the account, past all that may happen to them on their way. */
export interface Door {
  fetch(request: Request): Promise<Response>;
  beset(besetting: Besetting): void;
}

export function createDoor({ simulator, wire, pages, clocks, open }: Surroundings): Door {
  let besetting: Besetting | undefined;
  let chance: Random = createRandom(0);

  async function answer(request: Request): Promise<Response> {
    const tooLong = request.url.length > (besetting?.nature.addressLengthMax ?? Number.POSITIVE_INFINITY);
    const response = tooLong ? addressTooLong() : await simulator.app.fetch(request);
    if (response.status === 429) wire.countOverLimit();
    await pages.keep(request, response);
    return response;
  }

  /** Other people do not wait while a client reads. */
  async function meanwhile(request: Request): Promise<void> {
    const { schedule, between } = besetting ?? { schedule: null, between: [] };
    const able = between.filter((trouble) => trouble.strikes(request));
    if (!schedule || able.length === 0 || !chance.chance(troubleLevels[schedule.level])) return;
    await chance.pick(able).happens({ portal: simulator.state, open, chance }, request);
  }

  return {
    async fetch(request) {
      open.commitDue(clocks.stamps());
      await meanwhile(request);
      return wire.pass(request, () => answer(request));
    },
    beset(next) {
      besetting = next;
      chance = createRandom(next.schedule.seed).fork("between");
    },
  };
}

const addressTooLong = (): Response =>
  new Response("<html><body><h1>414 Request-URI Too Large</h1></body></html>", {
    status: 414,
    headers: { "content-type": "text/html" },
  });
