import type { Hub } from "../hub/hub.ts";
import { type AuditView, listAudits } from "../hub/queries/audits.ts";
import { amountText, Moment } from "./format.tsx";
import type { Page } from "./layout.tsx";
import { type Column, ConnectionChoice, System, Table, type View } from "./parts.tsx";

/** What is proven about each stream: what was compared with its vendor, and what was found. */
export async function auditsPage(
  hub: Hub,
  view: View,
  { connection }: { connection?: string | undefined },
): Promise<Page> {
  const audits = await listAudits(hub, connection);
  const found = audits.reduce((sum, { missing, stale, extra }) => sum + missing + stale + extra, 0);
  const never = audits.filter(({ verified_at }) => verified_at === null).length;
  return {
    title: "Audits",
    content: (
      <>
        <p>{verdict(audits.length, found, never)}</p>
        <form class="filter" method="get" action="/audits">
          <ConnectionChoice view={view} chosen={connection} />
          <button type="submit">Show</button>
        </form>
        <Table
          caption="What the last audit of each stream found; everything found was healed"
          columns={columns(view)}
          rows={audits}
          empty="No stream can be audited: streams without changes are read as a whole on every run."
        />
      </>
    ),
  };
}

function verdict(streams: number, found: number, never: number): string {
  const rest = never > 0 ? ` ${never} of ${streams} streams have not been compared yet.` : "";
  if (found > 0) return `${amountText(found)} records were missing, stale or extra, and were healed.${rest}`;
  if (never === streams) return "No stream has been compared with its vendor yet: `journey-hub audit` does it now.";
  return `Nothing was missing, stale or extra in what was compared.${rest}`;
}

function columns(view: View): Column<AuditView>[] {
  const amount = (head: string, of: (audit: AuditView) => number | null): Column<AuditView> => ({
    head,
    isNumber: true,
    cell: (audit) => {
      const value = of(audit);
      return value === null ? <span class="quiet">–</span> : amountText(value);
    },
  });
  return [
    { head: "Connection", cell: ({ connection }) => <System id={connection} view={view} /> },
    { head: "Stream", cell: ({ stream }) => stream },
    {
      head: "Verified as of",
      cell: ({ verified_at, under_way }) => (
        <>
          {verified_at === null ? <span class="quiet">never</span> : <Moment at={verified_at} times={view.times} />}
          {under_way === null ? null : <p class="note">{`under way: ${amountText(under_way.compared)} compared`}</p>}
        </>
      ),
    },
    amount("At the vendor", ({ vendor_count }) => vendor_count),
    amount("Here", ({ stored_count }) => stored_count),
    ...(["compared", "missing", "stale", "extra"] as const).map((name) =>
      amount(name[0]?.toUpperCase() + name.slice(1), (audit) => (audit.verified_at === null ? null : audit[name])),
    ),
  ];
}
