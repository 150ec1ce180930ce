import type { OverrideView } from "../hub/identity/overrides.ts";
import type { Page } from "../hub/queries/page.ts";
import { Foreign, Moment } from "./format.tsx";
import { type Column, ReasonForm, RecordName, Table, type View } from "./parts.tsx";

/** So many are shown. */
export const decisionsShown = 10;

interface Decided {
  decisions: Page<OverrideView>;
  view: View;
  mayDecide: boolean;
}

/** The latest decisions about who is one customer; for those who may, with a form to take each back. */
export function Decisions({ decisions: { items, next_cursor }, view, mayDecide }: Decided) {
  return (
    <section aria-labelledby="decisions">
      <h2 id="decisions">What people decided</h2>
      <Table
        caption={`The latest ${decisionsShown}, newest first`}
        columns={decisionColumns(view, mayDecide)}
        rows={items}
        empty="Nobody has decided anything yet."
      />
      {next_cursor === null ? null : (
        <p class="note">
          <code>journey-hub identity decisions</code> lists all of them.
        </p>
      )}
    </section>
  );
}

function decisionColumns(view: View, mayDecide: boolean): Column<OverrideView>[] {
  return [
    { head: "No.", cell: ({ id }) => String(id) },
    {
      head: "Records",
      cell: ({ left_key, right_key }) => (
        <>
          <RecordName recordKey={left_key} view={view} /> and <RecordName recordKey={right_key} view={view} />
        </>
      ),
    },
    { head: "Decision", cell: ({ kind }) => (kind === "must_link" ? "one customer" : "not the same") },
    { head: "Why", cell: ({ reason }) => <Foreign>{reason}</Foreign> },
    {
      head: "By",
      cell: ({ by, at }) => (
        <>
          <Foreign>{by}</Foreign>, <Moment at={at} times={view.times} />
        </>
      ),
    },
    { head: "State", cell: (decision) => <State decision={decision} view={view} mayDecide={mayDecide} /> },
  ];
}

function State({ decision, view, mayDecide }: { decision: OverrideView; view: View; mayDecide: boolean }) {
  const { id, revoked_at, revoked_by, revoked_reason, overruled_by } = decision;
  if (revoked_at !== null) {
    return (
      <>
        taken back by <Foreign>{revoked_by ?? ""}</Foreign>, <Moment at={revoked_at} times={view.times} />:{" "}
        <Foreign>{revoked_reason ?? ""}</Foreign>
      </>
    );
  }
  const holds = overruled_by === null ? "stands" : `overruled by ${overruled_by}`;
  if (!mayDecide) return <>{holds}</>;
  return (
    <>
      {holds}
      <details>
        <summary>Take back</summary>
        <ReasonForm
          action="/reviews/revoke"
          names={{ id: String(id) }}
          label="Reason, kept with the decision"
          button="Take it back"
        />
      </details>
    </>
  );
}
