import type { Command } from "commander";
import type { AuditView } from "../../hub/queries/audits.ts";
import { type Desk, withDesk } from "../desk.ts";
import { exitCodes } from "../failure.ts";
import { type Output, style, table } from "../output.ts";
import { action, withCommon } from "../verb.ts";
import { chosenConnections, followed } from "./sync.ts";

/** `audit`: compare with the vendors, heal what differs, say what is proven. */
export function addAudit(program: Command): void {
  withCommon(program.command("audit"))
    .description("compare every stream with its vendor, heal what is missing, stale or extra, and say what is proven")
    .argument("[connections...]", "which ones; all when none is named")
    .option("--show", "only show what the last audits found")
    .action(
      action<{ data: string; json: boolean; show?: boolean }, [string[]]>(async ({ data, output }, { show }, names) => {
        const audits = await withDesk(data, (desk) => audit(desk, output, { names, show: show === true }));
        const found = audits.reduce((sum, { missing, stale, extra }) => sum + missing + stale + extra, 0);
        output.result({ found, audits }, () => asText(audits, found));
        return found === 0 ? exitCodes.done : exitCodes.failed;
      }),
    );
}

async function audit(
  desk: Desk,
  output: Output,
  { names, show }: { names: readonly string[]; show: boolean },
): Promise<AuditView[]> {
  const chosen = await chosenConnections(desk, names);
  if (!show) {
    for (const name of chosen) {
      await followed(output, name, (seen) => desk.run(`/api/v1/connections/${name}/audit`, {}, seen));
    }
  }
  const { items } = await desk.get<{ items: AuditView[] }>("/api/v1/audit");
  return items.filter(({ connection }) => chosen.includes(connection));
}

function asText(audits: readonly AuditView[], found: number): string {
  const shown = (count: number | null) => (count === null ? "—" : String(count));
  const rows = audits.map((each) => [
    each.connection,
    each.stream,
    shown(each.vendor_count),
    shown(each.stored_count),
    ...[each.compared, each.missing, each.stale, each.extra].map(String),
    each.verified_at ?? "never",
  ]);
  const never = audits.filter(({ verified_at }) => verified_at === null).length;
  const verdict =
    found > 0
      ? style.bad(`✗ ${found} records were missing, stale or extra; they are healed. Run it again to see it proven.`)
      : style.good("✓ nothing is missing, stale or extra in what was compared");
  const rest = never > 0 ? [style.dim(`${never} streams were not compared: their first backfill is not over.`)] : [];
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
  return [table([heads, ...rows]), ...rest, verdict].join("\n");
}
