import type { Hub } from "../hub/hub.ts";
import { type FrozenView, listFrozen } from "../hub/queries/frozen.ts";
import type { Page as ListPage } from "../hub/queries/page.ts";
import { listWritebacks, type WritebackView } from "../hub/queries/queries.ts";
import { addressOf } from "./address.ts";
import { RetryButton } from "./errors-retry.tsx";
import { amountText, Foreign, Moment, Value, wordText } from "./format.tsx";
import { HeldNotice } from "./held.tsx";
import type { Page } from "./layout.tsx";
import { Choice, type Column, ConnectionChoice, Pager, RecordName, Status, Table, type View } from "./parts.tsx";

export interface WritebackFilter {
  connection?: string | undefined;
  status?: string | undefined;
}

interface WritebacksRequest extends WritebackFilter {
  cursor?: string | undefined;
  /** The place in the list of frozen fields. */
  frozen?: string | undefined;
  /** Whether frozen fields may be thawed by who looks at them. */
  mayRetry: boolean;
}

const writebacksPerPage = 50;
const frozenShownMax = 20;

/** What was last written into each CRM record, and what stood there before. */
export async function writebacksPage(
  hub: Hub,
  view: View,
  { cursor, frozen: frozenFrom, mayRetry, ...filter }: WritebacksRequest,
): Promise<Page> {
  const page = await listWritebacks(hub, { ...filter, limit: writebacksPerPage, cursor });
  const frozen = await listFrozen(hub, {
    connection: filter.connection,
    limit: frozenShownMax,
    cursor: frozenFrom,
  });
  return {
    title: "Write-backs",
    content: (
      <>
        <HeldNotice hub={hub} />
        <p>The last one of each record. A refused one is sent again when the record or the value changes.</p>
        <form class="filter" method="get" action="/writebacks">
          <ConnectionChoice view={view} chosen={filter.connection} />
          <Choice
            name="status"
            label="Status"
            options={["sent", "refused", "later"]}
            chosen={filter.status}
            all="Sent and refused"
          />
          <button type="submit">Show</button>
        </form>
        {frozen.items.length > 0 ? (
          <Frozen page={frozen} here={frozenFrom} filter={filter} columns={frozenColumns(view, mayRetry)} />
        ) : null}
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

/** Fields that are left alone, a page of them. */
function Frozen({
  page,
  here,
  filter,
  columns,
}: {
  page: ListPage<FrozenView>;
  here: string | undefined;
  filter: WritebackFilter;
  columns: readonly Column<FrozenView>[];
}) {
  return (
    <>
      <Table
        caption="Frozen: changed by somebody else again and again, and not written any more"
        columns={columns}
        rows={page.items}
        empty=""
      />
      <Pager
        path="/writebacks"
        filter={{ ...filter }}
        here={here}
        next={page.next_cursor}
        parameter="frozen"
        words={["First frozen fields", "More frozen fields"]}
      />
    </>
  );
}

/** Fields that are left alone, each with the way to its error, and the button that thaws it. */
function frozenColumns(view: View, mayRetry: boolean): Column<FrozenView>[] {
  return [
    { head: "Record", cell: ({ record_key }) => <RecordName recordKey={record_key} view={view} /> },
    { head: "Field", cell: ({ field }) => wordText(field) },
    {
      head: "Last change",
      cell: ({ field, flips }) => {
        const last = flips.at(-1);
        return last ? (
          <ul class="changes">
            <Change field={field} from={last.wrote} to={last.found} view={view} />
          </ul>
        ) : null;
      },
    },
    { head: "Frozen", cell: ({ frozen_at }) => <Moment at={frozen_at} times={view.times} /> },
    {
      head: "Error",
      cell: ({ error_id, error_status, dismissed }) => (
        <>
          <a href={addressOf("/errors/record", { id: error_id })}>{error_status}</a>
          {dismissed === null ? null : (
            <p class="note">
              by <Foreign>{dismissed.by}</Foreign>: <Foreign>{dismissed.reason}</Foreign>
            </p>
          )}
        </>
      ),
    },
    ...(mayRetry
      ? [
          {
            head: "Again",
            cell: ({ error_id }: FrozenView) => <RetryButton selection={{ ids: error_id }}>Thaw</RetryButton>,
          },
        ]
      : []),
  ];
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
