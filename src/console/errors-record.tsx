import type { CorrectionView } from "../hub/errors/corrections.ts";
import type { FixedView } from "../hub/errors/fix.ts";
import type { ErrorDetail, LandedView } from "../hub/queries/errors.ts";
import { addressOf } from "./address.ts";
import { RetryButton } from "./errors-retry.tsx";
import { Foreign, Moment, Value, wordText } from "./format.tsx";
import type { Page } from "./layout.tsx";
import { ReasonForm, RecordName, Status, Table, type View } from "./parts.tsx";

/** A correction as somebody typed it, and what came of trying it. */
export interface Tried {
  payload: string;
  reason: string;
  /** What the mapping makes of it; null where it was refused. */
  made: FixedView | null;
  refused: string | null;
}

/** One error: what landed of its record, and a form to correct it for those who may. */
export function recordErrorPage(
  error: ErrorDetail,
  view: View,
  { mayFix, tried }: { mayFix: boolean; tried?: Tried },
): Page {
  const { landed, delivery } = error;
  const came = landed ?? delivery;
  const sent = landed?.correction ? landed.correction.sent : delivery?.payload;
  return {
    title: `Error of ${error.record_key || error.connection || "the hub itself"}`,
    content: (
      <>
        <ErrorFacts error={error} view={view} />
        {came?.correction ? <Corrected correction={came.correction} sent={sent} view={view} /> : null}
        {tried ? <Outcome tried={tried} view={view} /> : null}
        {came === null ? null : mayFix && isFixable(error) ? (
          <FixForm errorId={error.id} came={came} tried={tried} />
        ) : (
          <section aria-labelledby="landed">
            <h2 id="landed">As it came</h2>
            <pre class="json">{jsonText(came.payload)}</pre>
          </section>
        )}
        {mayFix && landed?.correction ? <UnfixForm errorId={error.id} /> : null}
        {mayFix && error.retry !== null && error.status === "dismissed" ? (
          <section aria-labelledby="again">
            <h2 id="again">Try it again</h2>
            <RetryButton selection={{ ids: error.id }}>Open and try again</RetryButton>
          </section>
        ) : null}
        <p>
          <a href={addressOf("/errors/cause", causeOf(error))}>All errors of this cause</a>
        </p>
      </>
    ),
  };
}

/** What has passed as it came needs no correction; a delivery is corrected once. */
function isFixable({ retry, status, landed, delivery }: ErrorDetail): boolean {
  if (delivery !== null) return status !== "resolved";
  return retry === "map" && (status !== "resolved" || landed?.correction !== null);
}

function causeOf({ connection, step, fingerprint, status }: ErrorDetail) {
  return { connection, step, fingerprint, status };
}

function ErrorFacts({ error, view }: { error: ErrorDetail; view: View }) {
  const { record_key, status, message, remedy, refusal, first_seen_at, last_seen_at, dismissed } = error;
  return (
    <dl class="facts">
      <dt>Record</dt>
      <dd>
        <RecordName recordKey={record_key} view={view} />
      </dd>
      <dt>Status</dt>
      <dd>
        <Status is={status} />
        {dismissed === null || status !== "dismissed" ? null : (
          <p class="note">
            by <Foreign>{dismissed.by}</Foreign>, <Moment at={dismissed.at} times={view.times} />:{" "}
            <Foreign>{dismissed.reason}</Foreign>
          </p>
        )}
      </dd>
      <dt>What happened</dt>
      <dd class="lines">
        <Foreign>{message}</Foreign>
      </dd>
      <dt>Seen</dt>
      <dd>
        <Moment at={first_seen_at} times={view.times} /> to <Moment at={last_seen_at} times={view.times} />
      </dd>
      {status === "resolved" ? null : (
        <>
          <dt>What to do</dt>
          <dd class="lines">
            <Foreign>{remedy}</Foreign>
            {refusal === null ? null : <p class="note">{refusal}</p>}
          </dd>
        </>
      )}
    </dl>
  );
}

/** By whom a record's values were corrected, when and why. */
export function CorrectedBy({ correction, view }: { correction: CorrectionView; view: View }) {
  const { by, at, reason, taken_back } = correction;
  return (
    <>
      Corrected by <Foreign>{by}</Foreign>, <Moment at={at} times={view.times} />: <Foreign>{reason}</Foreign>
      {taken_back === null ? null : (
        <>
          {" "}
          (taken back by <Foreign>{taken_back.by}</Foreign>: <Foreign>{taken_back.reason}</Foreign>)
        </>
      )}
    </>
  );
}

function Corrected({ correction, sent, view }: { correction: CorrectionView; sent: unknown; view: View }) {
  return (
    <section aria-labelledby="correction">
      <h2 id="correction">A correction stands</h2>
      <p>
        <CorrectedBy correction={correction} view={view} />
      </p>
      <details>
        <summary>What the vendor sent</summary>
        <pre class="json">{jsonText(sent)}</pre>
      </details>
    </section>
  );
}

function Outcome({ tried, view }: { tried: Tried; view: View }) {
  if (tried.refused !== null) {
    return (
      <p class="failure" role="alert">
        <Foreign>{tried.refused}</Foreign>
      </p>
    );
  }
  return tried.made === null ? null : <Made made={tried.made} view={view} />;
}

function Made({ made, view }: { made: FixedView; view: View }) {
  const { kind, fields, identifiers, associations, findings } = made;
  const rows: [string, unknown][] = [
    ...Object.entries(fields).map(([field, value]): [string, unknown] => [wordText(field), value]),
    ...identifiers.map(({ type, value }): [string, unknown] => [`Identified by ${type}`, value]),
    ...associations.map(({ to, role }): [string, unknown] => [wordText(role), to]),
  ];
  return (
    <section aria-labelledby="made">
      <h2 id="made">It would pass as {kind}; nothing is kept yet</h2>
      {findings.map(({ field, value, reason }) => (
        <p class="failure">
          {wordText(field)} stays empty: “<Foreign>{value}</Foreign>”{" "}
          {reason === "unknown_value" ? "is not in the mapping's table" : "cannot be read"}.
        </p>
      ))}
      <Table
        caption="What the mapping makes of it"
        columns={[
          { head: "Field", cell: ([name]) => name },
          { head: "Value", cell: ([, value]) => <Value value={value} times={view.times} /> },
        ]}
        rows={rows}
        empty="No field has a value."
      />
    </section>
  );
}

/** What somebody may correct: a version of a record, or a delivery. */
type Came = Pick<LandedView, "seq" | "payload"> & { correction: CorrectionView | null };

function FixForm({ errorId, came, tried }: { errorId: string; came: Came; tried: Tried | undefined }) {
  const text = tried?.payload ?? jsonText(came.payload);
  return (
    <section aria-labelledby="fix">
      <h2 id="fix">{came.correction ? "Correct it again" : "Correct it"}</h2>
      <p>
        What the vendor sent stays as it is. The correction is used in its place until the vendor sends something newer,
        which may fail again: what is wrong at its source is best mended there too.
      </p>
      <form class="fix" method="post" action="/errors/fix">
        <input type="hidden" name="id" value={errorId} />
        <input type="hidden" name="seq" value={String(came.seq)} />
        <label>
          <span>Payload, as JSON</span>
          <textarea name="payload" rows={Math.min(24, text.split("\n").length + 1)} spellcheck={false}>
            {text}
          </textarea>
        </label>
        <label>
          <span>Reason, kept with the correction</span>
          <input type="text" name="reason" maxlength={1_000} value={tried?.reason ?? ""} />
        </label>
        <p>
          <button type="submit" name="act" value="try">
            Try
          </button>{" "}
          <button type="submit" name="act" value="keep">
            Keep the correction
          </button>
        </p>
      </form>
    </section>
  );
}

function UnfixForm({ errorId }: { errorId: string }) {
  return (
    <section aria-labelledby="unfix">
      <h2 id="unfix">Take the correction back</h2>
      <ReasonForm
        action="/errors/unfix"
        names={{ id: errorId }}
        label="Reason, kept with it"
        button="Use what the vendor sent"
      />
    </section>
  );
}

function jsonText(payload: unknown): string {
  return JSON.stringify(payload, null, 2);
}
