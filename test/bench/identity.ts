/*
 * `npm run bench -- identity [--data FOLDER] [--scale 1000,50000,1000000] [--only NAME]`: the shipped identity rules on published labelled
 * sets and on planted ones, with the shipped weights and with weights learned from the set's records (never from its labels), beside what
 * others have published. FOLDER holds the sets as their publishers name them; a set that is not there is skipped, and said so.
 * `npm run bench -- identity --incremental [--records 20000] [--singles 2000]`: the pipeline with matching on, a hundred records
 * a commit, then N in tens and N one by one; beside better-sqlite3 that makes the same commits.
 */

import { existsSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { packageRoot } from "../../src/lib/package-root.ts";
import { type Figures, type Targets, targetsText } from "./identity.figures.ts";
import { type PublishedSet, plantedTargets, publishedSets } from "./identity.sets.ts";
import { inChild, print, progress, withFolder } from "./measure.ts";

const { values } = parseArgs({
  args: process.argv.slice(3),
  options: {
    data: { type: "string", default: join(packageRoot, "..", "shared", "data", "identity") },
    scale: { type: "string", default: "1000,50000,1000000" },
    only: { type: "string" },
    seed: { type: "string", default: "5" },
    incremental: { type: "boolean", default: false },
    records: { type: "string", default: "20000" },
    singles: { type: "string", default: "2000" },
  },
});

// How much memory a set takes is a figure to be seen, not an end of the bench.
process.env.NODE_OPTIONS ??= "--max-old-space-size=12288";

if (values.incremental) await measureIncremental();
else await measureQuality();

async function measureQuality(): Promise<void> {
  const lines: Line[] = [];
  const note = (
    { set, ...beside }: Omit<Line, "figures">,
    { training, ...figures }: Figures & { training: string; maps?: string },
  ) => {
    // Too few records to learn from: the same as before.
    if (training !== "shipped" && figures.model === "shipped") return;
    print({ bench: "identity", set, ...figures, ...beside });
    lines.push({ set, ...beside, figures });
  };
  for (const set of publishedSets.filter(({ name }) => isWanted(name))) {
    if (!isThere(set)) {
      progress(`identity: ${set.name} is skipped: it is not below ${values.data}`);
      print({ bench: "identity", set: set.name, skipped: true });
      continue;
    }
    for (const training of ["shipped", values.seed]) {
      progress(`identity: ${set.name}, ${training === "shipped" ? "shipped weights" : "learned weights"}`);
      const figures = await inChild<Figures>("./identity.set.ts", [set.name, values.data, training]);
      const { name, published, targets } = set;
      note({ set: name, published, targets }, { ...figures, training, maps: set.maps });
    }
  }
  for (const records of values.scale.split(",").filter((count) => isWanted(`planted ${count}`))) {
    for (const training of ["shipped", values.seed]) {
      progress(`identity: planted ${records}, ${training === "shipped" ? "shipped weights" : "learned weights"}`);
      const figures = await inChild<Figures>("./identity.planted.ts", [records, values.seed, training]);
      note({ set: `planted ${records}`, published: "", targets: plantedTargets }, { ...figures, training });
    }
  }
  process.stderr.write(`\n${tableOf(lines)}\n`);
}

/** A set's figures beside what others reach on it, and what it is to reach. */
interface Line {
  set: string;
  published: string;
  targets: Targets;
  figures: Figures;
}

function isWanted(name: string): boolean {
  return values.only === undefined || name.includes(values.only);
}

function isThere({ files }: PublishedSet): boolean {
  return files.every((file) => existsSync(join(values.data, file)));
}

function tableOf(lines: readonly Line[]): string {
  const heads = [
    "set",
    "weights",
    "P merge",
    "P merged",
    "F1 ≥ .5",
    "F1 merge",
    "clustered",
    "at .5",
    "B-cubed",
    "found",
    "cand.",
    "rec/s",
    "train s",
    "published",
    "targets",
  ];
  const rows = lines.map(({ set, published, targets, figures }) => [
    set,
    figures.model,
    ...[
      figures.precisionAtMerge,
      figures.precisionMerged,
      figures.f1AtHalf,
      figures.f1AtMerge,
      figures.clusteredF1,
      figures.clusteredF1AtHalf,
      figures.bCubedF1,
    ].map((value) => value?.toFixed(4) ?? ""),
    figures.completeness.toFixed(4),
    figures.candidatesPerRecord.toFixed(1),
    String(figures.perSecond),
    String(figures.seconds.training ?? 0),
    published,
    targetsText(targets, figures),
  ]);
  const all = [heads, ...rows];
  const widths = heads.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")).join("\n");
}

async function measureIncremental(): Promise<void> {
  for (const by of ["scores", "claims"]) {
    await withFolder(async (folder) => {
      progress(`identity: incremental, ${values.records} records, by ${by}`);
      const { records, singles, seed } = values;
      const result = await inChild<object>("./identity.incremental.ts", [folder, records, singles, seed, by]);
      print({ bench: "identity --incremental", by: by === "scores" ? "claims and scores" : "claims alone", ...result });
    });
  }
}
