import type { Hub } from "../hub/hub.ts";
import { type ErrorGroup, type ErrorView, listErrorGroups, listErrors } from "../hub/queries/errors.ts";
import { addressOf } from "./address.ts";
import { RetryButton } from "./errors-retry.tsx";
import { amountText, counted, Foreign, Moment } from "./format.tsx";
import type { Page } from "./layout.tsx";
import {
  Choice,
  type Column,
  ConnectionChoice,
  Pager,
  RecordName,
  Status,
  System,
  Table,
  type View,
} from "./parts.tsx";

export type ErrorStatus = "open" | "resolved" | "dismissed";

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
        <p>
          An error stays open until its record passes; mending a mapping closes all errors of that cause.{" "}
          <a href="/errors/corrections">Records corrected by hand</a>
        </p>
        <form class="filter" method="get" action="/errors">
          <ConnectionChoice view={view} chosen={connection} />
          <Choice name="status" label="Status" options={["resolved", "dismissed"]} chosen={status} all="open" />
          <button type="submit">Show</button>
        </form>
        <Table
          caption={`${counted(amount, `${status} error`)} of ${counted(groups.length, "cause")}, the most frequent first`}
          columns={errorColumns(view, status)}
          rows={groups}
          empty={
            status === "open"
              ? "No error is open: every record that came in has passed every step."
              : `No error has been ${status} yet.`
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
      cell: ({ connection, step, fingerprint, example }) => (
        <>
          <a href={addressOf("/errors/cause", { connection, step, fingerprint, status })}>
            <Foreign>{fingerprint}</Foreign>
          </a>
          <p class="note">
            <Foreign>{example.message}</Foreign>
          </p>
        </>
      ),
    },
    { head: "Connection", cell: ({ connection }) => <System id={connection} view={view} /> },
    { head: "Step", cell: ({ step }) => step },
    { head: "Errors", isNumber: true, cell: ({ amount }) => amountText(amount) },
    { head: "Last seen", cell: ({ last_seen_at }) => <Moment at={last_seen_at} times={view.times} /> },
    {
      head: "What to do",
      cell: ({ remedy, refusal }) => (
        <>
          <Foreign>{remedy}</Foreign>
          {refusal === null ? null : <p class="note">{refusal}</p>}
        </>
      ),
    },
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
  {
    connection,
    step,
    fingerprint,
    status,
    cursor,
    mayRetry,
  }: Cause & { cursor?: string | undefined; mayRetry: boolean },
): Promise<Page | null> {
  const cause = { connection, step, fingerprint };
  const [group] = await listErrorGroups(hub, { ...cause, status });
  if (!group) return null;
  const page = await listErrors(hub, { ...cause, status, limit: errorsPerPage, cursor });
  const canRetry = mayRetry && status === "open" && group.retry !== null;
  return {
    title: `Cause: ${fingerprint}`,
    content: (
      <>
        <CauseFacts group={group} status={status} view={view} />
        {canRetry ? <RetryButton selection={cause}>Try all {amountText(group.amount)} again</RetryButton> : null}
        <Table
          caption={`${counted(group.amount, "record")} of this cause, last seen first`}
          columns={recordColumns(view, { canRetry, mayFix: canRetry && group.retry === "map" })}
          rows={page.items}
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

function CauseFacts({ group, status, view }: { group: ErrorGroup; status: ErrorStatus; view: View }) {
  return (
    <dl class="facts">
      <dt>Connection</dt>
      <dd>
        <System id={group.connection} view={view} />
      </dd>
      <dt>Step</dt>
      <dd>{group.step}</dd>
      <dt>Status</dt>
      <dd>
        <Status is={status} />
      </dd>
      <dt>Seen</dt>
      <dd>
        <Moment at={group.first_seen_at} times={view.times} /> to <Moment at={group.last_seen_at} times={view.times} />
      </dd>
      <dt>What to do</dt>
      <dd class="lines">
        <Foreign>{group.remedy}</Foreign>
        {group.refusal === null ? null : <p class="note">{group.refusal}</p>}
      </dd>
    </dl>
  );
}

function recordColumns(view: View, { canRetry, mayFix }: { canRetry: boolean; mayFix: boolean }): Column<ErrorView>[] {
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
    {
      head: "What happened",
      cell: ({ message, dismissed }) => (
        <>
          <Foreign>{message}</Foreign>
          {dismissed === null ? null : (
            <p class="note">
              Dismissed by <Foreign>{dismissed.by}</Foreign>: <Foreign>{dismissed.reason}</Foreign>
            </p>
          )}
        </>
      ),
    },
    { head: "First seen", cell: ({ first_seen_at }) => <Moment at={first_seen_at} times={view.times} /> },
    { head: "Last seen", cell: ({ last_seen_at }) => <Moment at={last_seen_at} times={view.times} /> },
    {
      head: "As it came",
      cell: ({ id }) => <a href={addressOf("/errors/record", { id })}>{mayFix ? "Look, correct" : "Look"}</a>,
    },
    ...(canRetry
      ? [{ head: "Again", cell: ({ id }: ErrorView) => <RetryButton selection={{ ids: id }}>Try</RetryButton> }]
      : []),
  ];
}
