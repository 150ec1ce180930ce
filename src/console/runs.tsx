import type { Hub } from "../hub/hub.ts";
import { listRuns, type RunView } from "../hub/queries/queries.ts";
import { amountText, durationText, Foreign, Moment } from "./format.tsx";
import type { Page } from "./layout.tsx";
import { Choice, type Column, ConnectionChoice, Pager, Status, System, Table, type View } from "./parts.tsx";

export interface RunFilter {
  connection?: string | undefined;
  status?: string | undefined;
}

const runsPerPage = 50;

/** What the hub did, newest first. */
export async function runsPage(
  hub: Hub,
  view: View,
  { cursor, ...filter }: RunFilter & { cursor?: string | undefined },
): Promise<Page> {
  const page = await listRuns(hub, { ...filter, limit: runsPerPage, cursor });
  return {
    title: "Runs",
    content: (
      <>
        <form class="filter" method="get" action="/runs">
          <ConnectionChoice view={view} chosen={filter.connection} />
          <Choice
            name="status"
            label="Status"
            options={["running", "done", "failed"]}
            chosen={filter.status}
            all="Every status"
          />
          <button type="submit">Show</button>
        </form>
        <Table
          caption="Newest first"
          columns={runColumns(view)}
          rows={page.items}
          empty="No run matches. `journey-hub start` pulls each connection on its schedule."
        />
        <Pager path="/runs" filter={{ ...filter }} here={cursor} next={page.next_cursor} />
      </>
    ),
  };
}

/** Columns of a list of runs. */
export function runColumns(view: View): Column<RunView>[] {
  return [
    { head: "Started", cell: ({ started_at }) => <Moment at={started_at} times={view.times} /> },
    { head: "Connection", cell: ({ connection }) => <System id={connection} view={view} /> },
    { head: "Run", cell: ({ kind }) => kind },
    {
      head: "Status",
      cell: ({ status, message }) => (
        <>
          <Status is={status} />
          {message === null ? null : (
            <p class="note">
              <Foreign>{message}</Foreign>
            </p>
          )}
        </>
      ),
    },
    {
      head: "Took",
      isNumber: true,
      cell: ({ started_at, ended_at, elsewhere, owner }) => {
        if (ended_at !== null) return durationText(started_at, ended_at);
        return elsewhere ? <span title={owner}>going on in another process</span> : "going on";
      },
    },
    { head: "Counts", cell: ({ counts }) => <Counted counts={counts} /> },
  ];
}

function Counted({ counts }: { counts: Readonly<Record<string, number>> }) {
  const shown = Object.entries(counts).filter(([, amount]) => amount !== 0);
  if (shown.length === 0) return <span class="quiet">nothing new</span>;
  return <>{shown.map(([name, amount]) => `${amountText(amount)} ${name.replaceAll("_", " ")}`).join(", ")}</>;
}
