import type { Hub } from "../hub/hub.ts";
import {
  type CustomerView,
  customerJourney,
  customerTimeline,
  findCustomer,
  type JourneyView,
  type LinkedRecord,
} from "../hub/queries/customer.ts";
import { type Explanation, explainCustomer } from "../hub/queries/explain.ts";
import { type GoldenValue, isMerge } from "../model/index.ts";
import { customerAddress, linkable } from "./address.ts";
import { JourneySection } from "./customer-journey.tsx";
import { ScoreSection } from "./customer-score.tsx";
import { Timeline } from "./customer-timeline.tsx";
import { CorrectedBy } from "./errors-record.tsx";
import { counted, Foreign, Moment, pointsText, Value, wordText } from "./format.tsx";
import type { Page } from "./layout.tsx";
import { type Column, Empty, Pager, RecordName, Table, type View } from "./parts.tsx";

const eventsPerPage = 50;

/** One customer: who it is and why, where it stands and why, and what happened. Null when there is none of this id. */
export async function customerPage(
  hub: Hub,
  view: View,
  { id, older }: { id: string; older: string | undefined },
): Promise<Page | { movedTo: string } | null> {
  const customer = await findCustomer(hub, id);
  if (!customer) return null;
  if (customer.id !== id) return { movedTo: customerAddress(customer.id) };
  const timeline = await customerTimeline(hub, id, { limit: eventsPerPage, cursor: older });
  const path = customerAddress(id);
  return {
    title: customer.name || "Customer without a name",
    content: (
      <>
        <Summary customer={customer} view={view} />
        {older === undefined ? (
          <About
            customer={customer}
            journey={await customerJourney(hub, id)}
            explanation={await explainCustomer(hub, id)}
            view={view}
          />
        ) : (
          <p>
            <a href={path}>Everything known of this customer</a>
          </p>
        )}
        <section aria-labelledby="timeline">
          <h2 id="timeline">Timeline{older === undefined ? "" : ", older events"}</h2>
          {timeline.items.length === 0 ? (
            <Empty>Nothing has happened yet that the hub knows of.</Empty>
          ) : (
            <Timeline events={timeline.items} view={view} />
          )}
          <Pager
            path={path}
            here={older}
            next={timeline.next_cursor}
            parameter="older"
            words={["Newest events", "Older events"]}
          />
        </section>
      </>
    ),
  };
}

function Summary({ customer, view }: { customer: CustomerView; view: View }) {
  const { kind, stage, score, company, first_seen_at, associated } = customer;
  const kinds = Object.entries(associated).filter(([name]) => name !== "contact" || kind === "company");
  return (
    <dl class="facts">
      <dt>Kind</dt>
      <dd>{kind}</dd>
      {company === null ? null : (
        <>
          <dt>Company</dt>
          <dd>
            <a href={customerAddress(company.id)}>
              <Foreign>{company.name}</Foreign>
            </a>
          </dd>
        </>
      )}
      <dt>Stage</dt>
      <dd>{stage === null ? "not derived yet" : wordText(stage.stage)}</dd>
      <dt>Score</dt>
      <dd>{score === null ? "not derived yet" : `${pointsText(score.value)}, grade ${score.grade}`}</dd>
      <dt>First seen</dt>
      <dd>
        <Moment at={first_seen_at} times={view.times} />
      </dd>
      {kinds.length === 0 ? null : (
        <>
          <dt>Its records</dt>
          <dd>{kinds.map(([name, amount]) => counted(amount, name, plurals[name])).join(", ")}</dd>
        </>
      )}
    </dl>
  );
}

const plurals: Readonly<Record<string, string>> = { company: "companies", activity: "activities" };

function About(about: { customer: CustomerView; journey: JourneyView; explanation: Explanation | null; view: View }) {
  const { customer, journey, explanation, view } = about;
  return (
    <>
      <JourneySection customerId={customer.id} journey={journey} stage={explanation?.stage ?? null} view={view} />
      <ScoreSection score={explanation?.score ?? null} view={view} />
      <section aria-labelledby="values">
        <h2 id="values">Golden values</h2>
        <Table
          caption="Each field with the record its value came from: the one that changed last wins"
          columns={goldenColumns(view)}
          rows={Object.entries(customer.golden)}
          empty="None of its records has a value."
        />
      </section>
      <section aria-labelledby="records">
        <h2 id="records">Linked records</h2>
        <Table
          caption="The records that are this customer, and what joined them"
          columns={recordColumns(view)}
          rows={customer.records}
          empty="No record is linked."
        />
        {customer.identifiers.length === 0 ? null : <Identifiers claims={customer.identifiers} />}
      </section>
    </>
  );
}

function goldenColumns(view: View): Column<[field: string, golden: GoldenValue]>[] {
  return [
    { head: "Field", cell: ([field]) => wordText(field) },
    { head: "Value", cell: ([, { value }]) => <Value value={value} times={view.times} /> },
    { head: "From", cell: ([, { record_key }]) => <RecordName recordKey={record_key} view={view} /> },
    {
      head: "Other values",
      cell: ([, { losers }]) =>
        losers.length === 0 ? (
          <span class="quiet">none</span>
        ) : (
          <ul class="plain">
            {losers.map(({ value, record_key }) => (
              <li>
                <Value value={value} times={view.times} /> <RecordName recordKey={record_key} view={view} />
              </li>
            ))}
          </ul>
        ),
    },
  ];
}

function recordColumns(view: View): Column<LinkedRecord>[] {
  return [
    { head: "Record", cell: (record) => <LinkToRecord record={record} view={view} /> },
    {
      head: "Why it is this customer",
      cell: ({ evidence: { claim, with: other } }) =>
        claim === null || other === null ? (
          "The first of them to land"
        ) : (
          <>
            {isMerge(claim) ? "Was merged" : <SharedClaim claim={claim} />} with{" "}
            <RecordName recordKey={other} view={view} />
            {isMerge(claim) ? " at its source" : null}
          </>
        ),
    },
    {
      head: "State",
      cell: ({ deleted, correction }) => (
        <>
          {deleted ? "deleted at its source" : "in its system"}
          {correction === null ? null : (
            <p class="note">
              <CorrectedBy correction={correction} view={view} />
            </p>
          )}
        </>
      ),
    },
  ];
}

function LinkToRecord({ record, view }: { record: LinkedRecord; view: View }) {
  const address = linkable(record.remote_url);
  const name = <RecordName recordKey={record.record_key} view={view} />;
  if (address === null) return name;
  return (
    <a href={address} rel="external noreferrer">
      {name}
    </a>
  );
}

function Identifiers({ claims }: { claims: readonly string[] }) {
  return (
    <>
      <p class="note">Claims that lead here:</p>
      <ul class="plain cited">
        {claims.map((claim) => (
          <li>
            <Claim claim={claim} />
          </li>
        ))}
      </ul>
    </>
  );
}

function SharedClaim({ claim }: { claim: string }) {
  return (
    <>
      Shares <Claim claim={claim} />
    </>
  );
}

function Claim({ claim }: { claim: string }) {
  const colon = claim.indexOf(":");
  return (
    <>
      <span class="quiet">{claim.slice(0, colon).replaceAll("_", " ")}</span>{" "}
      <Foreign>{claim.slice(colon + 1)}</Foreign>
    </>
  );
}
