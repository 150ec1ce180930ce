import type { Hub } from "../hub/hub.ts";
import { type ErrorGroup, type ErrorView, listErrorGroups, listErrors } from "../hub/queries/queries.ts";
import { addressOf } from "./address.ts";
import { amountText, counted, Foreign, Moment } from "./format.tsx";
import type { Page } from "./layout.tsx";
import { Choice, type Column, Pager, RecordName, Status, System, Table, type View } from "./parts.tsx";

export type ErrorStatus = "open" | "resolved";

/** Errors by cause: what went wrong, how often, and what to do about it. */
export async function errorsPage(
  hub: Hub,
  view: View,
  { status, connection }: { status: ErrorStatus; connection?: string | undefined },
): Promise<Page> {
  const groups = await listErrorGroups(hub, { status, connection });
  const amount = groups.reduce((sum, group) => sum + group.amount, 0);
  return {
    title: "Errors",
    content: (
      <>
        <p>An error stays open until its record passes; mending a mapping closes all errors of that cause.</p>
        <form class="filter" method="get" action="/errors">
          <Choice
            name="connection"
            label="Connection"
            options={view.connections}
            chosen={connection}
            all="All connections"
          />
          <Choice name="status" label="Status" options={["resolved"]} chosen={status} all="open" />
          <button type="submit">Show</button>
        </form>
        <Table
          caption={`${counted(amount, `${status} error`)} of ${counted(groups.length, "cause")}, the most frequent first`}
          columns={errorColumns(view, status)}
          rows={groups}
          empty={
            status === "open"
              ? "No error is open: every record that came in has passed every step."
              : "No error has been resolved yet."
          }
        />
      </>
    ),
  };
}

/** Columns of a list of causes. */
export function errorColumns(view: View, status: ErrorStatus): Column<ErrorGroup>[] {
  return [
    {
      head: "Cause",
      cell: ({ connection, step, fingerprint, message }) => (
        <>
          <a href={addressOf("/errors/cause", { connection, step, fingerprint, status })}>
            <Foreign>{fingerprint}</Foreign>
          </a>
          <p class="note">
            <Foreign>{message}</Foreign>
          </p>
        </>
      ),
    },
    { head: "Connection", cell: ({ connection }) => <System id={connection} view={view} /> },
    { head: "Step", cell: ({ step }) => step },
    { head: "Errors", isNumber: true, cell: ({ amount }) => amountText(amount) },
    { head: "Last seen", cell: ({ last_seen_at }) => <Moment at={last_seen_at} times={view.times} /> },
    { head: "What to do", cell: ({ remedy }) => <Foreign>{remedy}</Foreign> },
  ];
}

export interface Cause {
  connection: string;
  step: string;
  fingerprint: string;
  status: ErrorStatus;
}

const errorsPerPage = 50;

/** The records that share one cause; null when there are none. */
export async function causePage(
  hub: Hub,
  view: View,
  { connection, step, fingerprint, status, cursor }: Cause & { cursor?: string | undefined },
): Promise<Page | null> {
  const groups = await listErrorGroups(hub, { connection, fingerprint, status });
  const group = groups.find((candidate) => candidate.step === step);
  if (!group) return null;
  const page = await listErrors(hub, { connection, fingerprint, status, limit: errorsPerPage, cursor });
  return {
    title: `Cause: ${fingerprint}`,
    content: (
      <>
        <dl class="facts">
          <dt>Connection</dt>
          <dd>
            <System id={connection} view={view} />
          </dd>
          <dt>Step</dt>
          <dd>{step}</dd>
          <dt>Status</dt>
          <dd>
            <Status is={status} />
          </dd>
          <dt>Seen</dt>
          <dd>
            <Moment at={group.first_seen_at} times={view.times} /> to{" "}
            <Moment at={group.last_seen_at} times={view.times} />
          </dd>
          <dt>What to do</dt>
          <dd class="lines">
            <Foreign>{group.remedy}</Foreign>
          </dd>
        </dl>
        <Table
          caption={`${counted(group.amount, "record")} of this cause, last seen first`}
          columns={recordColumns(view)}
          rows={page.items.filter((error) => error.step === step)}
          empty="None on this page."
        />
        <Pager
          path="/errors/cause"
          filter={{ connection, step, fingerprint, status }}
          here={cursor}
          next={page.next_cursor}
        />
        <p>
          <a href="/errors">All causes</a>
        </p>
      </>
    ),
  };
}

function recordColumns(view: View): Column<ErrorView>[] {
  return [
    {
      head: "Record",
      cell: ({ record_key }) =>
        record_key === "" ? (
          <RecordName recordKey="" view={view} />
        ) : (
          <a href={addressOf("/customers", { q: record_key })}>
            <RecordName recordKey={record_key} view={view} />
          </a>
        ),
    },
    { head: "What happened", cell: ({ message }) => <Foreign>{message}</Foreign> },
    { head: "First seen", cell: ({ first_seen_at }) => <Moment at={first_seen_at} times={view.times} /> },
    { head: "Last seen", cell: ({ last_seen_at }) => <Moment at={last_seen_at} times={view.times} /> },
  ];
}
