import type { CompanyStay } from "../hub/queries/companies.ts";
import { customerAddress } from "./address.ts";
import { Foreign, Moment } from "./format.tsx";
import { type Column, Table, type View } from "./parts.tsx";

/** The people who are or were at a company, with their times there. */
export function PeopleSection({ people, view }: { people: readonly CompanyStay[]; view: View }) {
  return (
    <section aria-labelledby="people">
      <h2 id="people">People</h2>
      <Table
        caption="Who is or was at this company: what they did meanwhile stands on its timeline"
        columns={stayColumns(view)}
        rows={people}
        empty="No person is known to be at this company."
      />
    </section>
  );
}

function stayColumns({ times }: View): Column<CompanyStay>[] {
  return [
    {
      head: "Person",
      cell: ({ id, name }) => (
        <a href={customerAddress(id)}>
          <Foreign>{name || "without a name"}</Foreign>
        </a>
      ),
    },
    { head: "Since", cell: ({ from }) => (from === null ? "from the start" : <Moment at={from} times={times} />) },
    { head: "Until", cell: ({ to }) => (to === null ? "now" : <Moment at={to} times={times} />) },
  ];
}
