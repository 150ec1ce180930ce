import {
  type CreateHostileAccount,
  createRandom,
  createWire,
  type HostileAccount,
  type HostileAccountOptions,
  type Random,
  type TroubleSchedule,
  troubleLevels,
} from "journey-hub/connector/testing";
import salesforce from "../../index.ts";
import { createApp } from "../app.ts";
import { demoCredentials } from "../options.ts";
import type { Org } from "../org.ts";
import { type CustomFieldDeclaration, journeyHubFields } from "../schema/custom.ts";
import { createService } from "../service.ts";
import type { SObjectName } from "../values.ts";
import { deleteRecord } from "../writes/records.ts";
import { happen } from "./happenings.ts";
import { formulas, type LifeTrouble, lifeTroubles } from "./life.ts";
import { natures } from "./nature.ts";
import { isLive, type Scene, type VendorClock } from "./scene.ts";
import { seedAccount } from "./seed.ts";
import { Transactions } from "./transactions.ts";
import { Visibility } from "./visibility.ts";
import { pageRows, wireTroubles } from "./wire.ts";

/**
 * A small Salesforce org that can be made to behave as badly as orgs do; pages hold 25 rows, and transactions are seen when they commit.
 * @example
 * const account = createHostileSalesforce({ seed: 7, records: 600, now: () => clock.now() });
 * account.beset({ seed: 7, level: "high" });
 * account.live({ seed: 7, count: 100 });
 */
export const createHostileSalesforce: CreateHostileAccount = (options) => {
  const world = createWorld(options);
  const { service, clock, transactions, visibility, people } = world;
  const app = createApp(service);
  const answer = async (request: Request) => app.fetch(request);
  const wire = createWire({ now: options.now, troubles: wireTroubles(reachOf(world, answer)) });
  let restore: (() => void)[] = [];

  return {
    vendor: "salesforce",
    connector: salesforce,
    async fetch(request) {
      transactions.settle(clock.now());
      const response = await wire.pass(request, () => answer(request));
      response.headers.set("date", new Date(clock.now()).toUTCString());
      return response;
    },
    config: (url) => ({
      login_url: url,
      client_id: demoCredentials.clientId,
      client_secret: demoCredentials.clientSecret,
      ...(readsByJobs(options) ? { bulk_from_records: 1 } : {}),
    }),
    troubles: [...wire.troubles, ...[...lifeTroubles, ...natures].map(declarationOf)],
    beset(schedule) {
      wire.beset(schedule);
      people.beset(schedule);
      for (const takeBack of restore.reverse()) takeBack();
      const chosen = schedule.level === "none" ? [] : natures.filter(({ name }) => isChosen(schedule, name));
      restore = chosen.map(({ name, set }) => set(world, createRandom(schedule.seed).fork(name)));
    },
    live: ({ seed, count }) => people.live(createRandom(seed).fork("live"), count),
    settle() {
      transactions.settle(Number.POSITIVE_INFINITY);
      visibility.showAll();
    },
    truth() {
      transactions.settle(clock.now());
      return liveIds(service.org);
    },
    door() {
      const { struck, ...counts } = wire.door();
      return { ...counts, struck: { ...struck, ...people.happened() }, overLimit: service.usage.traffic.overLimit };
    },
  } satisfies HostileAccount;
};

/** Of every four accounts, two that follow one another: some with re-readings and some without. */
const readsByJobs = ({ seed }: HostileAccountOptions): boolean => seed % 4 === 1 || seed % 4 === 2;

function createWorld({ seed, records, now }: HostileAccountOptions) {
  const clock = vendorClock(now);
  const service = createService({
    now: clock.now,
    pageRowsMax: pageRows,
    bulkResultRowsMax: 2 * pageRows,
    customFields,
  });
  const transactions = new Transactions(service.org);
  service.oldestTransaction = () => transactions.oldestStart;
  const visibility = new Visibility(service.org);
  const sceneWith = (chance: Random): Scene => ({ org: service.org, clock, transactions, chance });
  seedAccount(sceneWith(createRandom(seed).fork("seed")), records);
  const people = peopleOf(sceneWith, visibility);
  return { service, clock, transactions, visibility, people };
}
type World = ReturnType<typeof createWorld>;

/** A clock that never goes back, even where its skew is taken away: it waits until the true time has caught up. */
function vendorClock(now: () => number): VendorClock {
  let latest = Number.NEGATIVE_INFINITY;
  const clock: VendorClock = {
    skewMs: 0,
    backMs: 0,
    now() {
      latest = Math.max(latest, now() + clock.skewMs);
      return latest - clock.backMs;
    },
  };
  return clock;
}

/** Those who work in the org: the rules for the API do not hold them up, and they see every field. */
function peopleOf(sceneWith: (chance: Random) => Scene, visibility: Visibility) {
  const happened: Record<string, number> = {};
  let share = 0;
  let chosen: readonly LifeTrouble[] = [];
  const one = (scene: Scene): void => {
    const trouble = scene.chance.chance(share) && chosen.length > 0 ? scene.chance.pick(chosen) : null;
    if (trouble) happened[trouble.name] = (happened[trouble.name] ?? 0) + 1;
    (trouble?.happen ?? happen)(scene, visibility);
  };
  const atWork = (org: Org, work: () => void): void => {
    const rules = org.beforeSave;
    org.beforeSave = () => undefined;
    visibility.reveal();
    try {
      work();
    } finally {
      visibility.conceal();
      org.beforeSave = rules;
    }
  };
  return {
    beset(schedule: TroubleSchedule): void {
      share = troubleLevels[schedule.level];
      chosen = lifeTroubles.filter(({ name }) => isChosen(schedule, name));
    },
    live(chance: Random, count: number): void {
      const scene = sceneWith(chance);
      scene.transactions.settle(scene.clock.now());
      atWork(scene.org, () => {
        for (let n = 0; n < count; n++) one(scene);
      });
    },
    happened: () => ({ ...happened }),
  };
}

function reachOf({ service, clock, people }: World, ask: (request: Request) => Promise<Response>) {
  const { org, sessions, locators, bulk } = service;
  return {
    now: () => clock.now(),
    ask,
    expireSessions: () => sessions.expireAll(),
    dropLocators: () => locators.dropAll(),
    failNextJob: (message: string) => bulk.failNext(message),
    happen: (chance: Random, count: number) => people.live(chance, count),
    remove(id: string) {
      const row = org.find(id);
      const object = org.objectOf(id);
      if (row && object && isLive(row) && object.writable && object.name !== "User") deleteRecord(org, object, id);
    },
  };
}

function isChosen({ only }: TroubleSchedule, name: string): boolean {
  return only?.includes(name) ?? true;
}

function declarationOf({ name, kind, about, source }: HostileAccount["troubles"][number]) {
  return { name, kind, about, source };
}

function liveIds(org: Org): Map<SObjectName, Set<string>> {
  return new Map(
    read.map((object) => [object, new Set([...org.table(object).values()].filter(isLive).map(({ Id }) => Id))]),
  );
}

/** What the connector's streams read. */
const read: readonly SObjectName[] = [
  ...(["User", "OpportunityStage", "Account", "Contact", "Lead", "Opportunity", "OpportunityContactRole"] as const),
  ...(["Case", "Task", "Event"] as const),
];

const formula: CustomFieldDeclaration = {
  name: formulas.field,
  type: "double",
  precision: 3,
  scale: 0,
  calculated: true,
};
const customFields = {
  Account: [...journeyHubFields, formula],
  Contact: [...journeyHubFields, formula],
  Lead: [...journeyHubFields, formula],
  Opportunity: [formula],
};
