import type { Hub } from "../hub/hub.ts";
import { type CorrectedRecord, listCorrections } from "../hub/queries/corrections.ts";
import { addressOf } from "./address.ts";
import { CorrectedBy } from "./errors-record.tsx";
import { Foreign, Value } from "./format.tsx";
import type { Page } from "./layout.tsx";
import { Choice, type Column, ConnectionChoice, Pager, RecordName, Table, type View } from "./parts.tsx";

export interface CorrectionsFilter {
  connection?: string | undefined;
  state?: "stands" | "ended" | undefined;
}

const correctionsPerPage = 50;

/** Records that somebody corrected by hand: which values, by whom, why, and whether the correction still counts. */
export async function correctionsPage(
  hub: Hub,
  view: View,
  { cursor, ...filter }: CorrectionsFilter & { cursor?: string | undefined },
): Promise<Page> {
  const page = await listCorrections(hub, { ...filter, limit: correctionsPerPage, cursor });
  return {
    title: "Corrections",
    content: (
      <>
        <p>
          A correction stands as long as the vendor still sends the value it corrects. It is taken back on the page of
          its record's error.
        </p>
        <form class="filter" method="get" action="/errors/corrections">
          <ConnectionChoice view={view} chosen={filter.connection} />
          <Choice name="state" label="State" options={["stands", "ended"]} chosen={filter.state} all="All" />
          <button type="submit">Show</button>
        </form>
        <Table
          caption="The newest first, of each record the last one"
          columns={correctionColumns(view)}
          rows={page.items}
          empty="No correction that matches. A record that cannot be mapped is corrected on the page of its error."
        />
        <Pager path="/errors/corrections" filter={{ ...filter }} here={cursor} next={page.next_cursor} />
      </>
    ),
  };
}

const states: Readonly<Record<CorrectedRecord["state"], string>> = {
  stands: "stands",
  replaced: "ended: the vendor sent something else",
  taken_back: "taken back",
};

function correctionColumns(view: View): Column<CorrectedRecord>[] {
  return [
    {
      head: "Record",
      cell: ({ record_key, error_id }) => {
        const name = <RecordName recordKey={record_key} view={view} />;
        return error_id === null ? name : <a href={addressOf("/errors/record", { id: error_id })}>{name}</a>;
      },
    },
    { head: "State", cell: ({ state }) => states[state] },
    {
      head: "Values",
      cell: ({ changes }) => (
        <ul class="changes">
          {changes.map(({ path, sent, corrected }) => (
            <li>
              <span class="quiet">
                <Foreign>{path}</Foreign>
              </span>{" "}
              from <Value value={sent ?? null} times={view.times} /> to{" "}
              <Value value={corrected ?? null} times={view.times} />
            </li>
          ))}
        </ul>
      ),
    },
    {
      head: "By whom, when and why",
      cell: (correction) => <CorrectedBy correction={correction} view={view} />,
    },
  ];
}
