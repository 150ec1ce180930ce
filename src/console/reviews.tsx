import type { Hub } from "../hub/hub.ts";
import { listOverrides } from "../hub/identity/overrides.ts";
import { sharedText } from "../hub/identity/shared-text.ts";
import type { ComparedValues } from "../hub/queries/review-values.ts";
import { listReviews, type ReviewSide, type ReviewView } from "../hub/queries/reviews.ts";
import { customerAddress } from "./address.ts";
import { Foreign, None, Value, wordText } from "./format.tsx";
import type { Page } from "./layout.tsx";
import { Choice, type Column, Empty, Pager, RecordName, Table, type View } from "./parts.tsx";
import { Decisions, decisionsShown } from "./reviews-decided.tsx";
import { ScoredBy } from "./waterfall.tsx";

const reviewsPerPage = 10;

interface Asked {
  kind?: ReviewView["kind"] | undefined;
  cursor?: string | undefined;
  mayDecide: boolean;
}

/** Pairs of records that could be one customer, the most probable first; for those who may, with buttons to say so. */
export async function reviewsPage(hub: Hub, view: View, { kind, cursor, mayDecide }: Asked): Promise<Page> {
  const { items, next_cursor } = await listReviews(hub, { limit: reviewsPerPage, cursor, kind });
  const decisions = await listOverrides(hub, { limit: decisionsShown });
  return {
    title: "Reviews",
    content: (
      <>
        <p>
          Pairs of records that could be one customer and are not, the most probable first: the rules are too unsure of
          them to decide, or something speaks against what the two share. What a person says stands over the rules.
        </p>
        <form class="filter" method="get" action="/reviews">
          <Choice name="kind" label="Kind" options={["person", "company"]} chosen={kind} all="Persons and companies" />
          <button type="submit">Show</button>
        </form>
        {items.length === 0 ? (
          <Empty>
            No pair waits for a person: the rules join or part all records by themselves, or people have decided about
            them. Pairs come here while records do, when their score lies between the thresholds of mappings/identity,
            or something speaks against joining two that share an address or an id.
          </Empty>
        ) : (
          items.map((review, n) => <Review review={review} view={view} mayDecide={mayDecide} name={`pair-${n + 1}`} />)
        )}
        <Pager path="/reviews" filter={{ kind }} here={cursor} next={next_cursor} />
        {cursor === undefined ? <Decisions decisions={decisions} view={view} mayDecide={mayDecide} /> : null}
      </>
    ),
  };
}

interface Reviewed {
  review: ReviewView;
  view: View;
  mayDecide: boolean;
  /** An id of the page's. */
  name: string;
}

function Review({ review, view, mayDecide, name }: Reviewed) {
  const { left, right, probability, refused, shared, values } = review;
  return (
    <section aria-labelledby={name}>
      <h2 id={name}>
        <CustomerName side={left} /> and <CustomerName side={right} />
      </h2>
      <p>
        Probability {probability.toFixed(4)} that this is one {review.kind}
        {refused && !shared ? ", which would do; a conflict, a limit or names that disagree speak against it" : ""}.
        {shared ? (
          <>
            {" "}
            <Foreign>{sharedText(shared)}</Foreign>
          </>
        ) : null}
      </p>
      <Table
        caption="What the two records say"
        columns={valueColumns(left, right, view)}
        rows={values}
        empty="Neither record says anything any more."
      />
      <ScoredBy waterfall={review} says="What speaks for and against it, in bits" />
      {mayDecide ? <Decide left={left} right={right} /> : null}
    </section>
  );
}

function valueColumns(left: ReviewSide, right: ReviewSide, view: View): Column<ComparedValues>[] {
  const said = (side: "left" | "right") => (row: ComparedValues) => <Said values={row[side]} view={view} />;
  return [
    { head: "Field", cell: ({ field }) => wordText(field) },
    sideColumn(left, said("left"), view),
    sideColumn(right, said("right"), view),
    { head: "Compared", cell: ({ agree }) => <Compared agree={agree} /> },
  ];
}

function sideColumn(
  { record_key }: ReviewSide,
  cell: Column<ComparedValues>["cell"],
  view: View,
): Column<ComparedValues> {
  return { head: record_key.replaceAll(":", " "), shown: <RecordName recordKey={record_key} view={view} />, cell };
}

function CustomerName({ side: { customer } }: { side: ReviewSide }) {
  return (
    <a href={customerAddress(customer.id)}>
      <Foreign>{customer.name || "without a name"}</Foreign>
    </a>
  );
}

function Said({ values, view }: { values: ComparedValues["left"]; view: View }) {
  if (values.length === 0) return <None says="nothing" />;
  return (
    <ul class="plain">
      {values.map((value) => (
        <li>
          <Value value={value} times={view.times} />
        </li>
      ))}
    </ul>
  );
}

function Compared({ agree }: { agree: boolean | null }) {
  if (agree === null) return <span class="quiet">only one says it</span>;
  return agree ? (
    <span class="status good">
      <span aria-hidden="true">✓</span> agree
    </span>
  ) : (
    <span class="status bad">
      <span aria-hidden="true">✕</span> differ
    </span>
  );
}

function Decide({ left, right }: { left: ReviewSide; right: ReviewSide }) {
  return (
    <form class="fix" method="post" action="/reviews/decide">
      <input type="hidden" name="left" value={left.record_key} />
      <input type="hidden" name="right" value={right.record_key} />
      <label>
        <span>Reason, kept with the decision</span>
        <input type="text" name="reason" maxlength={1_000} required />
      </label>
      <p>
        <button type="submit" name="kind" value="must_link">
          One customer
        </button>{" "}
        <button type="submit" name="kind" value="cannot_link">
          Not the same
        </button>
      </p>
    </form>
  );
}
