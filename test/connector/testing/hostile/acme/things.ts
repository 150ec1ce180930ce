import { createRandom, type Random, type TroubleLevel, troubleLevels } from "journey-hub/connector/testing";

/** A thing as one transaction left it; seen from `visibleAt` on. */
export interface Version {
  id: string;
  stamp: string;
  visibleAt: number;
  gone: boolean;
  name: string;
  /** Calculated by the vendor: changes without moving the stamp. */
  rating: number;
}

export interface Things {
  /** What can be seen now, by id. */
  present(): Version[];
  owners(): { id: string; name: string }[];
  pageSize(): number;
  beset(traits: { shows: (trouble: string) => boolean; level: TroubleLevel }): void;
  live(happenings: { seed: number; count: number }): void;
  settle(): void;
  truth(): ReadonlyMap<string, ReadonlySet<string>>;
}

/** Everything of Acme's that is and was. Stamps have whole seconds. */
export function createThings({ seed, records, now }: { seed: number; records: number; now(): number }): Things {
  const versions = new Map<string, Version[]>();
  const owners = new Map<string, string>([1, 2, 3, 4, 5, 6, 7, 8].map((n) => [`o${n}`, `Owner ${n}`]));
  let shows: (trouble: string) => boolean = () => false;
  let share = 0;
  let made = 0;

  function put(version: Omit<Version, "visibleAt" | "stamp">, times: { atMs: number; lateMs?: number }): void {
    const before = versions.get(version.id) ?? [];
    const written = new Date(Math.floor(times.atMs / 1_000) * 1_000).toISOString();
    // A stamp never goes back, even where the one before lies ahead.
    const stamp = [written, before.at(-1)?.stamp ?? ""].sort().at(-1) ?? written;
    const visibleAt = times.atMs + (times.lateMs ?? 0);
    versions.set(version.id, [...before, { ...version, stamp, visibleAt }]);
  }
  const present = () => [...versions.values()].flatMap((all) => all.filter(isVisible).slice(-1));
  const isVisible = ({ visibleAt }: Version) => visibleAt <= now();
  const alive = () => present().filter(({ gone }) => !gone);
  const create = (chance: Random, times: { atMs: number; lateMs?: number }) => {
    const id = String(++made).padStart(6, "0");
    put({ id, gone: false, name: `Thing ${chance.int(1, 1e6)}`, rating: chance.int(1, 5) }, times);
  };

  const begin = createRandom(seed).fork("acme");
  for (let n = 0; n < records; n++) create(begin, { atMs: now() - begin.int(60, 90 * 86_400) * 1_000 });

  function happen(chance: Random): void {
    const there = alive();
    const thing = chance.pick(there);
    const trouble = chance.chance(share) ? chance.pick(lifeTroubles) : null;
    const name = `Thing ${chance.int(1, 1e6)}`;
    const kind = chance.int(1, 10);
    const lateMs = trouble === "late-commit" && shows(trouble) ? chance.int(1, 240) * 1_000 : 0;
    // A late commit's row was written at its stamp; a future one claims to be.
    const aheadMs = trouble === "future-stamp" && shows(trouble) ? chance.int(1, 3 * 3_600) * 1_000 : 0;
    if (trouble === "tie" && shows(trouble)) {
      const atMs = now();
      for (const one of chance.shuffled(there).slice(0, 12)) put({ ...one, name: `${name} ${one.id}` }, { atMs });
    } else if (trouble === "silent-change" && shows(trouble)) {
      versions.set(
        thing.id,
        (versions.get(thing.id) ?? []).map((one) => ({ ...one, rating: one.rating + 1 })),
      );
    } else if (trouble === "silent-deletion" && shows(trouble) && there.length > 10) versions.delete(thing.id);
    else if (kind <= 3) create(chance, { atMs: now(), lateMs });
    else if (kind === 4 && there.length > 10) put({ ...thing, gone: true }, { atMs: now(), lateMs });
    else if (kind === 5) owners.set(chance.pick([...owners.keys()]), name);
    else if (aheadMs > 0) {
      put({ ...thing, name }, { atMs: now() + aheadMs, lateMs: -aheadMs });
    } else put({ ...thing, name }, { atMs: now(), lateMs });
  }

  return {
    present,
    owners: () => [...owners].map(([id, name]) => ({ id, name })),
    pageSize: () => (shows("short-pages") ? 4 : 10),
    beset(traits) {
      shows = traits.shows;
      share = troubleLevels[traits.level];
    },
    live({ seed: chosen, count }) {
      const chance = createRandom(chosen);
      for (let n = 0; n < count; n++) happen(chance);
    },
    settle() {
      for (const version of [...versions.values()].flat()) version.visibleAt = Math.min(version.visibleAt, now());
    },
    truth: () =>
      new Map([
        ["things", idsOf(alive())],
        ["owners", new Set(owners.keys())],
      ]),
  };
}

const lifeTroubles = ["late-commit", "tie", "silent-change", "silent-deletion", "future-stamp"] as const;
const idsOf = (list: readonly Version[]) => new Set(list.map(({ id }) => id));
