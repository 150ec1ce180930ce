import { pull } from "../../cursor.ts";
import type { Page } from "../../define.ts";
import type { CreateHostileAccount, DoorCounts, TroubleDeclaration, TroubleLevel } from "./account.ts";
import { compare, type Difference, differenceKinds, type ObjectCounts } from "./differences.ts";
import { createLedger, type Ledger } from "./ledger.ts";
import { scheduleOf, undisturbed } from "./schedule.ts";
import { type CursorEngine, liveThrough, type Trial, type TrialOptions } from "./trial.ts";

export interface ContractOptions {
  create: CreateHostileAccount;
  /** Chooses the account's records, what happens, when it is read and killed, and which troubles come. */
  seed: number;
  /** The instant at which the story begins, such as a day on which clocks are set back; absent: the seed chooses it. */
  startAt?: string;
  level: TroubleLevel;
  /** About how many records the account begins with. */
  records?: number;
  /** The raw fields to ask for of an object: what its mapping reads. */
  fields?: (object: string) => readonly string[];
  /** Names of the troubles to show; absent: every one the account has. */
  only?: readonly string[];
  /** Names of troubles not to show. */
  without?: readonly string[];
  /**
   * "none" keeps streams from being read again periodically, which heals in the end what reading changes has lost. Leave out the troubles
   * that move no stamp then: a connector must be complete without a re-reading in all that its vendor tells of.
   */
  rereads?: "as declared" | "none";
  /** Another cursor engine in the place of ours. */
  engine?: CursorEngine;
  /** How long, on the wall clock, an answer that never ends is waited for. */
  timeoutMs?: number;
  /** False leaves out the second story by which the fewest possible requests are counted: half the time. */
  measureIdeal?: boolean;
}

/** What became of one connector under one seed. */
export interface ContractReport {
  vendor: string;
  seed: number;
  level: TroubleLevel;
  /** Empty when the contract is kept; else what is not, in words. */
  breaches: readonly string[];
  objects: Readonly<Record<string, ObjectCounts>>;
  totals: ObjectCounts;
  /** The first differences, with what is needed to find their cause. */
  differences: readonly Difference[];
  /** Requests until the first sync after the troubles. */
  requests: number;
  /** Those of the same story without wire troubles, kills and failures; null when not measured. */
  idealRequests: number | null;
  /** Attempts that began before a Retry-After the connector had been told was over. */
  tooEarly: number;
  /** Requests for records by id in another lane than that of whoever asked. */
  strayed: number;
  /** Requests the vendor refused because they went over a limit, planted refusals left out. */
  overLimit: number;
  syncs: number;
  kills: number;
  /** Runs of a stream that ended with a failure, by what the hub does next. */
  failed: Readonly<Record<string, number>>;
  failures: readonly string[];
  /** The troubles that were on, and how often each of the wire's struck. */
  troubles: readonly TroubleDeclaration[];
  struck: Readonly<Record<string, number>>;
}

const differencesMax = 10;
const requestsRatioMax = 1.5;
const pagesMax = 10_000;
/** Where there is no trouble nothing of the vendor's holds up an answer; the machine may, as long as it likes. */
const calmTimeoutMs = 60_000;

/**
 * Runs a connector through a seeded story against a hostile account: syncs, kills and failures while the account lives and makes
 * trouble, then quiet days; and compares what the hub would hold with a fresh read of the whole and with the account itself.
 * Time is virtual. Rejects only with what is no SourceError: a fault of the connector's, of the simulator's or of the suite's.
 * @example const { breaches } = await runContract({ create: createHostileHubspot, seed: 7, level: "high" });
 */
export async function runContract(options: ContractOptions): Promise<ContractReport> {
  const { startAt } = options;
  const schedule = { ...scheduleOf(options.seed), ...(startAt ? { startAt } : {}) };
  const trialOptions: TrialOptions = {
    create: options.create,
    engine: options.engine ?? { pull },
    schedule,
    seed: options.seed,
    level: options.level,
    records: options.records ?? 250,
    fields: options.fields ?? (() => []),
    only: troublesOf(options).map(({ name }) => name),
    rereads: options.rereads ?? "as declared",
    timeoutMs: options.timeoutMs ?? 250,
  };
  const ideal = options.measureIdeal === false ? null : await idealRequests(trialOptions);
  const trial = await liveThrough(trialOptions);
  try {
    const { struck, overLimit } = trial.account.door();
    return reportOf(options, trial, { ...(await comparisonOf(trial, trialOptions)), struck, overLimit, ideal });
  } finally {
    await trial.close();
  }
}

/** What the same story costs where nothing goes wrong on the wire: the account lives as before, and has the same nature. */
async function idealRequests(options: TrialOptions): Promise<number> {
  const only = troublesOf(options).flatMap(({ kind, name }) => (kind === "wire" ? [] : [name]));
  const calm = {
    ...options,
    engine: { pull },
    schedule: undisturbed(options.schedule),
    only,
    timeoutMs: calmTimeoutMs,
  };
  const { door, close } = await liveThrough(calm);
  await close();
  return door.requests;
}

/** The troubles to show, of those the account has. */
function troublesOf({ create, only, without }: Pick<ContractOptions, "create" | "only" | "without">) {
  const { troubles } = create({ seed: 0, records: 1, now: () => 0 });
  return troubles.filter(({ name }) => (only?.includes(name) ?? true) && !without?.includes(name));
}

async function comparisonOf(trial: Trial, { fields }: TrialOptions) {
  const { account, ledger, served } = trial;
  const { whole, repeated } = await readWhole(trial, fields);
  return compare({ ledger, whole, repeated, served, truth: account.truth() });
}

/** A fresh read of everything by the same connector, when the account is well-behaved and nothing happens: what the ledger must equal. */
async function readWhole(
  { reopen, now }: Trial,
  fields: TrialOptions["fields"],
): Promise<{ whole: Ledger; repeated: Set<string> }> {
  const whole = createLedger();
  const repeated = new Set<string>();
  for (const [name, stream] of Object.entries(reopen(calmTimeoutMs).streams)) {
    const { object } = stream;
    const seen = new Set<string>();
    let after: string | null = null;
    for (let n = 1; n === 1 || after !== null; n++) {
      if (n > pagesMax) throw new Error(`a whole read of ${name} does not end: ${pagesMax} pages`);
      const { records, next }: Page<string> = await stream.pages({ after, fields: fields(object) });
      for (const { id } of records.filter((record) => seen.has(record.id))) repeated.add(`${object} ${id}`);
      for (const { id } of records) seen.add(id);
      whole.land(object, records, { sync: "whole read", stream: name, at: new Date(now()).toISOString() });
      after = next;
    }
  }
  return { whole, repeated };
}

interface Found extends ReturnType<typeof compare>, Pick<DoorCounts, "struck" | "overLimit"> {
  ideal: number | null;
}

function reportOf(options: ContractOptions, trial: Trial, found: Found): ContractReport {
  const { objects, differences, ideal, struck, overLimit } = found;
  const { account, door, syncs, kills, failed, failures } = trial;
  const total = (key: keyof ObjectCounts) => Object.values(objects).reduce((sum, counts) => sum + counts[key], 0);
  const report = {
    vendor: account.vendor,
    seed: options.seed,
    level: options.level,
    objects,
    totals: {
      compared: total("compared"),
      missing: total("missing"),
      stale: total("stale"),
      extra: total("extra"),
      doubled: total("doubled"),
    },
    differences: differences.slice(0, differencesMax),
    requests: door.requests,
    idealRequests: ideal,
    tooEarly: trial.early(),
    strayed: trial.byId.strayed,
    overLimit,
    syncs,
    kills,
    failed,
    failures,
    troubles: troublesOf(options),
    struck,
  };
  return { ...report, breaches: breachesOf(report) };
}

function breachesOf(report: Omit<ContractReport, "breaches">): string[] {
  const { totals, tooEarly, strayed, overLimit, requests, idealRequests, level } = report;
  const ratio = idealRequests === null ? 0 : requests / idealRequests;
  return [
    ...differenceKinds.filter((kind) => totals[kind] > 0).map((kind) => `${totals[kind]} records ${kind}`),
    ...(totals.compared === 0 ? ["nothing to compare"] : []),
    ...(tooEarly > 0 ? [`${tooEarly} requests before a Retry-After had run out`] : []),
    ...(strayed > 0 ? [`${strayed} requests by id in another lane than asked for`] : []),
    ...(overLimit > 0 ? [`${overLimit} requests over a limit`] : []),
    // Where every second request goes wrong, twice as many are needed.
    ...(level !== "extreme" && ratio > requestsRatioMax
      ? [`${requests} requests, ${ratio.toFixed(2)} times the ${idealRequests} that are needed without trouble`]
      : []),
  ];
}
