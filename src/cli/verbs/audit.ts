import type { Command } from "commander";
import type { AuditView } from "../../hub/queries/audits.ts";
import { type Desk, withDesk } from "../desk.ts";
import { exitCodes } from "../failure.ts";
import { chosenConnections, failuresOf, type Outcome, onEach, worst } from "../follow.ts";
import { type Output, style, table } from "../output.ts";
import { action, withCommon } from "../verb.ts";

/** `audit`: compare with the vendors, heal what differs, say what is proven. */
export function addAudit(program: Command): void {
  withCommon(program.command("audit"))
    .description("compare every stream with its vendor, heal what is missing, stale or extra, and say what is proven")
    .argument("[connections...]", "which ones; all when none is named")
    .option("--show", "only show what the last audits found")
    .action(
      action<{ data: string; json: boolean; show?: boolean }, [string[]]>(async ({ data, output }, { show }, names) => {
        return withDesk(data, (desk) => audit(desk, output, { names, show: show === true }));
      }),
    );
}

async function audit(
  desk: Desk,
  output: Output,
  { names, show }: { names: readonly string[]; show: boolean },
): Promise<number> {
  const chosen = await chosenConnections(desk, names);
  const work = {
    names: chosen,
    work: (name: string, seen: Seen) => desk.run(`/api/v1/connections/${name}/audit`, {}, seen),
  };
  const outcomes = show ? [] : await onEach(desk, output, work);
  const { items } = await desk.get<{ items: AuditView[] }>("/api/v1/audit");
  const audits = items.filter(({ connection }) => chosen.includes(connection));
  const found = audits.reduce((sum, { missing, stale, extra }) => sum + missing + stale + extra, 0);
  const never = neverCompared(audits);
  output.result({ found, audits, failures: failuresOf(outcomes) }, () =>
    asText(audits, { found, never, outcomes, show }),
  );
  const failed = outcomes.map(({ failure }) => failure?.exitCode);
  return worst([...failed, found > 0 || (never.length > 0 && !show) ? exitCodes.failed : undefined]);
}

type Seen = Parameters<Parameters<typeof onEach>[2]["work"]>[1];

/** Connections of which no stream has been compared: of them nothing is proven. */
function neverCompared(audits: readonly AuditView[]): string[] {
  const compared = new Set(
    audits.filter(({ verified_at }) => verified_at !== null).map(({ connection }) => connection),
  );
  return [...new Set(audits.map(({ connection }) => connection))].filter((id) => !compared.has(id));
}

interface Verdict {
  found: number;
  never: readonly string[];
  outcomes: readonly Outcome[];
  /** Nothing was audited now. */
  show: boolean;
}

function asText(audits: readonly AuditView[], { found, never, outcomes, show }: Verdict): string {
  const shown = (count: number | null) => (count === null ? "—" : String(count));
  const rows = audits.map((each) => [
    each.connection,
    each.stream,
    shown(each.vendor_count),
    shown(each.stored_count),
    ...[each.compared, each.missing, each.stale, each.extra].map(String),
    each.verified_at ?? "never",
  ]);
  const failed = outcomes.filter(({ failure }) => failure !== null).map(({ connection }) => connection);
  const open = audits.filter(({ connection, verified_at }) => verified_at === null && !never.includes(connection));
  const verdicts = [
    ...(found > 0
      ? [style.bad(`✗ ${found} records were missing, stale or extra; they are healed. Run it again to see it proven.`)]
      : []),
    ...(failed.length > 0 ? [style.bad(`✗ not proven, because the audit failed: ${failed.join(", ")}`)] : []),
    ...never
      .filter((id) => !failed.includes(id))
      .map((id) => style.bad(`✗ ${id}: nothing was compared ${show ? "yet" : notOver(id)}`)),
  ];
  const good = style.good("✓ nothing is missing, stale or extra in what was compared");
  const rest =
    open.length > 0 ? [style.dim(`${open.length} streams were not compared: their first backfill is not over.`)] : [];
  const heads = [
    "connection",
    "stream",
    "at the vendor",
    "here",
    "compared",
    "missing",
    "stale",
    "extra",
    "verified as of",
  ];
  return [table([heads, ...rows]), ...rest, ...(verdicts.length > 0 ? verdicts : [good])].join("\n");
}

const notOver = (id: string) => `because its first backfill is not over; run \`journey-hub sync ${id}\``;
