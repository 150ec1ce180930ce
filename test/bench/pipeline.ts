/*
 * `npm run bench -- pipeline [--records 1000000]`: generated HubSpot records through land → map → resolve → timeline, SQLite FULL, one
 * commit as often as a pull commits; beside a straight-line script that writes the same rows. Each turn runs in a process of its own.
 */

import { deepStrictEqual } from "node:assert";
import { createHash } from "node:crypto";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import Database from "better-sqlite3";
import { loadIdentityRules } from "../../src/identity/rules.ts";
import { packageRoot } from "../../src/lib/package-root.ts";
import { recordsPerCommit } from "../../src/pipeline/pull/run.ts";
import { inChild, median, print, progress, round, size, withFolder } from "./measure.ts";
import type { Turn } from "./pipeline.turn.ts";

const { records, runs } = size({ records: 100_000, runs: 5 });
const rules = loadIdentityRules(join(packageRoot, "mappings", "identity", "default.yaml")).version;
const sides = {
  hub: (folder: string) => inChild<Turn>("./pipeline.hub.ts", [folder, records, recordsPerCommit]),
  limit: (folder: string) => inChild<Turn>("./pipeline.script.ts", [folder, rules, records, recordsPerCommit]),
};
const turns: Record<keyof typeof sides, Turn[]> = { hub: [], limit: [] };

/**
 * What of each table must be equal: all but how often a row was rewritten, which engine mapped it and when a mark was set. Scores are left
 * out: the hub finds pairs for review as well, of which a script cannot know without doing the same.
 */
const compared = {
  raw_records: "*",
  heads: "record_key, seq, version, content_hash",
  records:
    "record_key, kind, first_seq, raw_seq, remote_created_at, remote_updated_at, changed_at, fields, identifiers, native, observed",
  associations: "*",
  identifiers: "*",
  comparables: "*",
  block_keys: "*",
  links: "record_key, customer_id, founder_id, kind, evidence",
  customers: "id, kind, name, golden, first_seen_at",
  memberships: "*",
  events: "*",
  timeline: "*",
  dirty: "customer_id, 0",
  cursors: "*",
  lanes: "*",
};

await withFolder(async (folder) => {
  for (let run = 1; run <= runs; run++) {
    for (const side of ["hub", "limit"] as const) {
      progress(`pipeline: run ${run} of ${runs}, ${side}, ${records} records`);
      const place = join(folder, side);
      await rm(place, { recursive: true, force: true });
      await mkdir(place);
      const turn = await sides[side](place);
      turns[side].push(turn);
      print({ bench: "pipeline", run, side, ...turn });
    }
    if (run === 1) sameOutcome(join(folder, "hub"), join(folder, "limit"));
  }
});
print(summary());

/** Both sides must have left the same rows; the number of times a row was rewritten may differ. */
function sameOutcome(hub: string, limit: string): void {
  progress("pipeline: comparing what both sides left");
  const [left, right] = [contents(hub), contents(limit)];
  deepStrictEqual(left, right);
}

/** Of every table how many rows it has and a digest of them. */
function contents(folder: string): Record<string, { rows: number; digest: string }> {
  const db = new Database(join(folder, "journey-hub.db"), { readonly: true });
  try {
    return Object.fromEntries(
      Object.entries(compared).map(([table, columns]) => {
        const digest = createHash("sha256");
        let rows = 0;
        for (const row of db.prepare(`select ${columns} from ${table} order by 1, 2`).raw().iterate()) {
          rows += 1;
          digest.update(JSON.stringify(row));
        }
        return [table, { rows, digest: digest.digest("hex").slice(0, 16) }];
      }),
    );
  } finally {
    db.close();
  }
}

function summary(): object {
  const figure = (side: keyof typeof sides, of: (turn: Turn) => number) => median(turns[side].map(of));
  const slowdown = ({ first, last }: Turn) => first / last;
  const [hub, limit] = [figure("hub", (turn) => turn.perSecond), figure("limit", (turn) => turn.perSecond)];
  const [hubMb, limitMb] = [figure("hub", (turn) => turn.rssMb), figure("limit", (turn) => turn.rssMb)];
  const [hubSlower, limitSlower] = [figure("hub", slowdown), figure("limit", slowdown)];
  const [hubCpu, limitCpu] = [figure("hub", (turn) => turn.cpuSeconds), figure("limit", (turn) => turn.cpuSeconds)];
  return {
    bench: "pipeline",
    records,
    recordsPerCommit,
    runs,
    unit: "records/s",
    hub,
    limit,
    ratio: round(hub / limit),
    aim: 0.6,
    // On a busy machine the processor's time says more than the clock's; the hub spends it on two threads.
    cpuSeconds: { hub: hubCpu, limit: limitCpu, ratio: round(limitCpu / hubCpu) },
    slowdown: { hub: round(hubSlower), limit: round(limitSlower), ratio: round(hubSlower / limitSlower), aim: 1.15 },
    rssMb: { hub: hubMb, limit: limitMb, ratio: round(hubMb / limitMb), aim: 1.3 },
    limitIs: "a straight-line script on prepared better-sqlite3 that writes the same rows",
  };
}
