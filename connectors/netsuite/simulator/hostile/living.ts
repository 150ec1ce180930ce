import { createRandom, type Random } from "journey-hub/connector/testing";
import type { NetsuiteSimulator } from "../index.ts";
import { pickEveryday } from "./everyday.ts";
import { type LifeTrouble, lifeTroubles } from "./life.ts";
import type { Mood } from "./mood.ts";
import { meanwhileTrouble, schemaTrouble, withheldColumns } from "./nature.ts";
import { createOpenWork } from "./openWork.ts";

/** What goes on in an account. */
export interface Living {
  live(happenings: { seed: number; count: number }): void;
  /** What may happen between two requests, if the account is in the mood for it. */
  meanwhile(): void;
  /** Commits what is due by now. */
  catchUp(): void;
  settle(): void;
}

/** Lets things happen in a simulated account, at its own time. */
export function createLiving({
  simulator,
  mood,
  now,
}: {
  simulator: NetsuiteSimulator;
  mood: Mood;
  now(): number;
}): Living {
  const open = createOpenWork(simulator.state());

  function happen(seed: number, trouble: LifeTrouble | null): void {
    const startedAt = now();
    const { deletionDates = "second" } = simulator.behaviour();
    const context = { now: () => startedAt, userId: administrator, deletionDates };
    const work: Parameters<typeof open.atOnce>[0] = (account) => {
      const life = { context: { ...context, account }, chance: createRandom(seed) };
      const happening = trouble?.happen ?? pickEveryday(life.chance);
      happening(life);
    };
    if (trouble?.lateMs) {
      const { min, max } = trouble.lateMs;
      open.late(startedAt + createRandom(seed).fork("late").int(min, max), work);
    } else {
      open.atOnce(work);
    }
  }

  /** Withholds a column, or gives back the one that is withheld. */
  function changeSchema(chance: Random): void {
    const { hiddenColumns: withheld = [] } = simulator.behaviour();
    simulator.behave({ hiddenColumns: withheld.length > 0 ? [] : [chance.pick(withheldColumns)] });
  }

  return {
    live({ seed, count }) {
      open.commitDue(now());
      const chance = createRandom(seed).fork("life");
      const able = [...lifeTroubles, schemaTrouble].filter(({ name }) => mood.shows(name));
      for (let n = 0; n < count; n++) {
        const trouble = chance.chance(mood.share()) && able.length > 0 ? chance.pick(able) : null;
        const ownSeed = chance.int(0, 2 ** 31);
        if (trouble === schemaTrouble) changeSchema(createRandom(ownSeed));
        else happen(ownSeed, lifeTroubles.find((each) => each === trouble) ?? null);
      }
    },
    meanwhile() {
      const chance = mood.chance();
      if (mood.shows(meanwhileTrouble.name) && chance.chance(mood.share())) happen(chance.int(0, 2 ** 31), null);
    },
    catchUp: () => open.commitDue(now()),
    settle: () => open.commitAll(),
  };
}

/** The employee whom system notes name for what people do in the account. */
const administrator = -5;
