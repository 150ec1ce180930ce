import type { Hub } from "../hub/hub.ts";
import { type BuyingGroup, buyingGroups } from "../hub/queries/buying-groups.ts";
import type { Named } from "../hub/queries/companies.ts";
import {
  type CustomerView,
  customerJourney,
  customerTimeline,
  findCustomer,
  type JourneyView,
  type LinkedRecord,
} from "../hub/queries/customer.ts";
import { type Explanation, explainCustomer } from "../hub/queries/explain.ts";
import { isMerge } from "../model/index.ts";
import { customerAddress, linkable } from "./address.ts";
import { DealsSection } from "./customer-deals.tsx";
import { JourneySection } from "./customer-journey.tsx";
import { PeopleSection } from "./customer-people.tsx";
import { ScoreSection } from "./customer-score.tsx";
import { Timeline } from "./customer-timeline.tsx";
import { ValuesSection } from "./customer-values.tsx";
import { CorrectedBy } from "./errors-record.tsx";
import { counted, Foreign, Moment, pointsText, wordText } from "./format.tsx";
import type { Page } from "./layout.tsx";
import { type Column, Empty, Pager, ReasonForm, RecordName, Table, type View } from "./parts.tsx";
import { ScoredBy } from "./waterfall.tsx";

type Explained = Explanation["records"][number];

const eventsPerPage = 50;
const dealsShown = 5;

/** One customer: who it is and why, where it stands and why, and what happened. Null when there is none of this id. */
export async function customerPage(
  hub: Hub,
  view: View,
  { id, older, mayPin }: { id: string; older: string | undefined; mayPin: boolean },
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
            deals={(await buyingGroups(hub, id, { limit: dealsShown })).items}
            view={view}
            mayPin={mayPin}
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
  const { kind, stage, score, first_seen_at, associated } = customer;
  const kinds = Object.entries(associated).filter(([name]) => name !== "contact" || kind === "company");
  return (
    <dl class="facts">
      <dt>Kind</dt>
      <dd>{kind}</dd>
      <Companies customer={customer} view={view} />
      <Family of={customer.family} />
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

/** Where a person is and was. */
function Companies({ customer, view }: { customer: CustomerView; view: View }) {
  const { company, other_companies, former_companies } = customer;
  const since = (from: string | null) =>
    from === null ? null : (
      <>
        , since <Moment at={from} times={view.times} />
      </>
    );
  return (
    <>
      {company === null ? null : (
        <>
          <dt>Company</dt>
          <dd>
            <NamedLink of={company} />
            {since(company.from)}
          </dd>
        </>
      )}
      {other_companies.map((stay) => (
        <>
          <dt>Also at</dt>
          <dd>
            <NamedLink of={stay} />
            {since(stay.from)}, by other records
          </dd>
        </>
      ))}
      {former_companies.map((stay) => (
        <>
          <dt>Was at</dt>
          <dd>
            <NamedLink of={stay} />
            {since(stay.from)}, until <Moment at={stay.to} times={view.times} />
          </dd>
        </>
      ))}
    </>
  );
}

/** Which companies stand above and below one. */
function Family({ of: { parents, subsidiaries, truncated } }: { of: CustomerView["family"] }) {
  return (
    <>
      {parents.map((parent) => (
        <>
          <dt>Subsidiary of</dt>
          <dd>
            <NamedLink of={parent} />
          </dd>
        </>
      ))}
      {subsidiaries.map((subsidiary) => (
        <>
          <dt>Subsidiary</dt>
          <dd>
            <NamedLink of={subsidiary} />
          </dd>
        </>
      ))}
      {truncated ? (
        <>
          <dt>Family</dt>
          <dd>more companies than are shown</dd>
        </>
      ) : null}
    </>
  );
}

function NamedLink({ of: { id, name } }: { of: Named }) {
  return (
    <a href={customerAddress(id)}>
      <Foreign>{name || "without a name"}</Foreign>
    </a>
  );
}

const plurals: Readonly<Record<string, string>> = { company: "companies", activity: "activities" };

function About(about: {
  customer: CustomerView;
  journey: JourneyView;
  explanation: Explanation | null;
  deals: readonly BuyingGroup[];
  view: View;
  mayPin: boolean;
}) {
  const { customer, journey, explanation, deals, view, mayPin } = about;
  return (
    <>
      <JourneySection customerId={customer.id} journey={journey} stage={explanation?.stage ?? null} view={view} />
      <ScoreSection score={explanation?.score ?? null} view={view} />
      {customer.kind === "company" ? <PeopleSection people={customer.people} view={view} /> : null}
      <DealsSection deals={deals} view={view} />
      <ValuesSection customer={customer} view={view} mayPin={mayPin} />
      <section aria-labelledby="records">
        <h2 id="records">Linked records</h2>
        <Table
          caption="The records that are this customer, and what joined them"
          columns={recordColumns(view, mayPin && customer.records.length > 1 ? customer.id : null)}
          rows={explanation?.records ?? []}
          empty="No record is linked."
        />
        {customer.identifiers.length === 0 ? null : <Identifiers claims={customer.identifiers} />}
      </section>
    </>
  );
}

/** With `partsFrom` a record can be taken out of this customer. */
function recordColumns(view: View, partsFrom: string | null): Column<Explained>[] {
  return [
    { head: "Record", cell: (record) => <LinkToRecord record={record} view={view} /> },
    {
      head: "Why it is this customer",
      cell: ({ evidence, waterfall }) => (
        <>
          <Joined evidence={evidence} view={view} />
          {waterfall === null ? null : <ScoredBy waterfall={waterfall} says="What speaks for it, in bits" />}
        </>
      ),
    },
    {
      head: "State",
      cell: ({ record_key, deleted, correction }) => (
        <>
          {deleted ? "deleted at its source" : "in its system"}
          {correction === null ? null : (
            <p class="note">
              <CorrectedBy correction={correction} view={view} />
            </p>
          )}
          {partsFrom === null ? null : <UnmergeForm customerId={partsFrom} recordKey={record_key} />}
        </>
      ),
    },
  ];
}

/** Takes a record out of the customer; the hub keeps it apart from the records that stay. */
function UnmergeForm({ customerId, recordKey }: { customerId: string; recordKey: string }) {
  return (
    <details>
      <summary>Unmerge</summary>
      <ReasonForm
        action="/customers/unmerge"
        names={{ id: customerId, record: recordKey }}
        label="Reason, kept with the decision"
        button="This is somebody else"
      />
    </details>
  );
}

function Joined({ evidence, view }: { evidence: LinkedRecord["evidence"]; view: View }) {
  const { claim, with: other, match, override } = evidence;
  if (other === null) return <>The first of them to land</>;
  const name = <RecordName recordKey={other} view={view} />;
  if (override)
    return (
      <>
        Linked with {name} by <Foreign>{override.by}</Foreign>: <Foreign>{override.reason}</Foreign>
      </>
    );
  if (claim === null)
    return (
      <>
        Alike with {name}
        {match ? `, probability ${match.probability.toFixed(4)}` : null}
      </>
    );
  return (
    <>
      {isMerge(claim) ? "Was merged" : <SharedClaim claim={claim} />} with {name}
      {isMerge(claim) ? " at its source" : null}
    </>
  );
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
