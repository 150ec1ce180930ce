import type { BuyingGroup, BuyingMember } from "../hub/queries/buying-groups.ts";
import { customerAddress } from "./address.ts";
import { amountText, Foreign, Moment, moneyText, wordText } from "./format.tsx";
import { type Column, RecordName, Table, type View } from "./parts.tsx";

/** A customer's newest deals, each with the people who have a part in it. */
export function DealsSection({ deals, view }: { deals: readonly BuyingGroup[]; view: View }) {
  if (deals.length === 0) return null;
  return (
    <section aria-labelledby="deals">
      <h2 id="deals">Deals and their people</h2>
      {deals.map((deal) => (
        <>
          <h3>
            <Foreign>{deal.name ?? "A deal without a name"}</Foreign>
          </h3>
          <p>
            <RecordName recordKey={deal.record_key} view={view} /> <DealState deal={deal} view={view} />
          </p>
          <Table
            caption={`The people of ${deal.name ?? deal.record_key}, by their last touch while it was open`}
            columns={memberColumns(view)}
            rows={deal.members}
            empty="Nobody is named on it, and nobody was active on it."
          />
          {deal.truncated ? (
            <p class="note">More happened than is looked through: people and touches may be missing here.</p>
          ) : null}
        </>
      ))}
    </section>
  );
}

function DealState({ deal, view }: { deal: BuyingGroup; view: View }) {
  const { status, stage, amount, opened_at, closed_at } = deal;
  const words = [status === null ? null : wordText(status), stage, moneyText(amount)].filter((word) => word !== null);
  return (
    <>
      <Foreign>{words.join(", ")}</Foreign>, opened <Moment at={opened_at} times={view.times} />
      {closed_at === null ? null : (
        <>
          , closed <Moment at={closed_at} times={view.times} />
        </>
      )}
    </>
  );
}

function memberColumns(view: View): Column<BuyingMember>[] {
  return [
    {
      head: "Person",
      cell: ({ customer_id, name, title }) => (
        <>
          <a href={customerAddress(customer_id)}>
            <Foreign>{name || "without a name"}</Foreign>
          </a>
          {title === null ? null : (
            <p class="note">
              <Foreign>{title}</Foreign>
            </p>
          )}
        </>
      ),
    },
    {
      head: "Part in it",
      cell: ({ roles }) => (roles.length === 0 ? "active on it" : <Foreign>{roles.map(wordText).join(", ")}</Foreign>),
    },
    {
      head: "Last touch",
      cell: ({ last_touch }) =>
        last_touch === null ? (
          <span class="quiet">none</span>
        ) : (
          <>
            <Moment at={last_touch.at} times={view.times} /> <Foreign>{last_touch.title}</Foreign>
          </>
        ),
    },
    { head: "Engagement", cell: ({ engagement }) => engagement },
    {
      head: "Touches, from them",
      isNumber: true,
      cell: ({ touches, inbound }) => `${amountText(touches)}, ${amountText(inbound)}`,
    },
  ];
}
