import type { IntervalView, JourneyView } from "../hub/queries/customer.ts";
import type { Because, CitedEvent, Explanation } from "../hub/queries/explain.ts";
import { customerAddress } from "./address.ts";
import { amountText, Foreign, Moment, wordText } from "./format.tsx";
import { type Column, Empty, System, systemOf, Table, type View } from "./parts.tsx";

/** Where a customer stands, since when and why, and the stages it was in before. */
export function JourneySection({
  customerId,
  journey,
  stage,
  view,
}: {
  customerId: string;
  journey: JourneyView;
  stage: Explanation["stage"];
  view: View;
}) {
  return (
    <section aria-labelledby="stage">
      <h2 id="stage">Stage</h2>
      {stage === null ? (
        <Empty>No stage is derived yet; it follows the next change by itself.</Empty>
      ) : (
        <>
          <p class="lead">
            <strong>{wordText(stage.stage)}</strong> since <Moment at={stage.valid_from} times={view.times} />
            {stage.cycle_no > 1 ? `, time round ${stage.cycle_no}` : ""}
          </p>
          {journey.subject_id === customerId ? null : (
            <p>
              The journey is that of <a href={customerAddress(journey.subject_id)}>its company</a>.
            </p>
          )}
          <Reason because={stage.because} view={view} />
        </>
      )}
      {journey.intervals.length > 1 ? (
        <Table
          caption="Stage history, the latest first"
          columns={intervalColumns(view)}
          rows={journey.intervals.toReversed()}
          empty=""
        />
      ) : null}
    </section>
  );
}

function Reason({ because, view }: { because: Because; view: View }) {
  return (
    <>
      <p>
        Because <Foreign>{because.text}</Foreign>{" "}
        <span class="quiet">
          (rule <code>{because.rule}</code>, version <code>{because.rule_version}</code>)
        </span>
      </p>
      <Citations events={because.events} view={view} />
    </>
  );
}

function intervalColumns(view: View): Column<IntervalView>[] {
  return [
    { head: "Stage", cell: ({ stage }) => wordText(stage) },
    { head: "From", cell: ({ valid_from }) => <Moment at={valid_from} times={view.times} /> },
    {
      head: "To",
      cell: ({ valid_to }) => (valid_to === null ? "now" : <Moment at={valid_to} times={view.times} />),
    },
    { head: "How", cell: ({ cause }) => causes[cause] ?? cause },
    { head: "Because", cell: ({ evidence }) => <Foreign>{evidence.text}</Foreign> },
  ];
}

const causes: Readonly<Record<string, string>> = {
  enter: "entered",
  exit: "left the stage before",
  regress: "fell back",
  implied: "passed through",
  timeout: "by time alone",
};

const citationsShown = 5;

/** The events a rule held on, a few of them where there are many. */
export function Citations({ events, view }: { events: readonly CitedEvent[]; view: View }) {
  if (events.length === 0) return null;
  const more = events.length - citationsShown;
  return (
    <ul class="plain cited">
      {events.slice(0, citationsShown).map(({ title, occurred_at, record_key }) => (
        <li>
          <Moment at={occurred_at} times={view.times} /> <Foreign>{title}</Foreign>{" "}
          <System id={systemOf(record_key)} view={view} />
        </li>
      ))}
      {more > 0 ? <li class="quiet">and {amountText(more)} more</li> : null}
    </ul>
  );
}
