import type { StageInterval } from "../../model/index.ts";
import { type CompiledCondition, compileCondition } from "./conditions.ts";
import type { Condition, JourneyFile, StageFile } from "./grammar.ts";
import { Watchlist } from "./watch.ts";

export interface JourneyRule {
  id: string;
  index: number;
  condition: CompiledCondition;
}

export interface Stage {
  id: string;
  /** Side stages stand below all others. */
  rank: number;
  isSide: boolean;
  enter: JourneyRule[];
  exit: { rule: JourneyRule; to: string; cause: StageInterval["cause"] | undefined }[];
  reenter: JourneyRule | null;
  implied: string[];
}

/** A journey file ready to run; made once, used for every subject. */
export interface CompiledJourney {
  name: string;
  version: string;
  watchlist: Watchlist;
  /** By rank, side stages first. */
  stages: Stage[];
}

/** Compiles a journey file that has passed lint; `version` is its rule version. */
export function compileJourneyFile({ metadata, spec }: JourneyFile, version: string): CompiledJourney {
  const watchlist = new Watchlist();
  const stages = spec.stages.map((stage) => compileStage(stage, watchlist)).sort((a, b) => a.rank - b.rank);
  return { name: metadata.name, version, watchlist, stages };
}

function compileStage(stage: StageFile, watchlist: Watchlist): Stage {
  const rule = (id: string, condition: Condition): JourneyRule => ({
    id,
    index: watchlist.nextRule(),
    condition: compileCondition(condition, watchlist),
  });
  const { enter } = stage;
  const ways = enter === undefined ? [] : "any" in enter ? enter.any : [enter];
  return {
    id: stage.id,
    rank: stage.side ? -1 : (stage.rank ?? 0),
    isSide: stage.side === true,
    enter: ways.map((way, index) => rule(`${stage.id}.enter[${index}]`, way)),
    exit: (stage.exit ?? []).map(({ to, when, cause }, index) => ({
      rule: rule(`${stage.id}.exit[${index}]`, when),
      to,
      cause,
    })),
    reenter: stage.reenter ? rule(`${stage.id}.reenter`, stage.reenter.on) : null,
    implied: stage.implied ?? [],
  };
}
