import type { Hub } from "../hub/hub.ts";
import { listWritebacks, type WritebackView } from "../hub/queries/queries.ts";
import { addressOf } from "./address.ts";
import { amountText, Moment, Value, wordText } from "./format.tsx";
import type { Page } from "./layout.tsx";
import { Choice, type Column, Pager, RecordName, Status, Table, type View } from "./parts.tsx";

export interface WritebackFilter {
  connection?: string | undefined;
  status?: string | undefined;
}

const writebacksPerPage = 50;

/** What was last written into each CRM record, and what stood there before. */
export async function writebacksPage(
  hub: Hub,
  view: View,
  { cursor, ...filter }: WritebackFilter & { cursor?: string | undefined },
): Promise<Page> {
  const page = await listWritebacks(hub, { ...filter, limit: writebacksPerPage, cursor });
  return {
    title: "Write-backs",
    content: (
      <>
        <p>The last one of each record. A refused one is sent again when the record or the value changes.</p>
        <form class="filter" method="get" action="/writebacks">
          <Choice
            name="connection"
            label="Connection"
            options={view.connections}
            chosen={filter.connection}
            all="All connections"
          />
          <Choice
            name="status"
            label="Status"
            options={["sent", "refused", "later"]}
            chosen={filter.status}
            all="Sent and refused"
          />
          <button type="submit">Show</button>
        </form>
        <Table
          caption="In order of records"
          columns={writebackColumns(view)}
          rows={page.items}
          empty="Nothing has been written back that matches. `journey-hub plan` shows what would be."
        />
        <Pager path="/writebacks" filter={{ ...filter }} here={cursor} next={page.next_cursor} />
      </>
    ),
  };
}

function writebackColumns(view: View): Column<WritebackView>[] {
  return [
    {
      head: "Record",
      cell: ({ record_key }) => (
        <a href={addressOf("/customers", { q: record_key })}>
          <RecordName recordKey={record_key} view={view} />
        </a>
      ),
    },
    { head: "Status", cell: ({ status }) => <Status is={status} /> },
    {
      head: "Fields",
      cell: ({ desired, observed }) => (
        <ul class="changes">
          {Object.entries(desired)
            .filter(([field]) => field in observed)
            .map(([field, wanted]) => (
              <Change field={field} from={observed[field]} to={wanted} view={view} />
            ))}
        </ul>
      ),
    },
    { head: "Attempts", isNumber: true, cell: ({ attempts }) => amountText(attempts) },
    { head: "Sent", cell: ({ sent_at }) => <Moment at={sent_at} times={view.times} /> },
  ];
}

/** A field's value before and after. */
export function Change({ field, from, to, view }: { field: string; from: unknown; to: unknown; view: View }) {
  const before = <Value value={from} times={view.times} />;
  const after = <Value value={to} times={view.times} />;
  return (
    <li>
      <span class="quiet">{wordText(field)}</span> {isNothing(from) ? <>set to {after}</> : null}
      {!isNothing(from) && isNothing(to) ? <>emptied, was {before}</> : null}
      {isNothing(from) || isNothing(to) ? null : (
        <>
          from {before} to {after}
        </>
      )}
    </li>
  );
}

function isNothing(value: unknown): boolean {
  return value === undefined || value === null || value === "";
}
