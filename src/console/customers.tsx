import type { Hub } from "../hub/hub.ts";
import { type CustomerFilter, type CustomerSummary, listCustomers } from "../hub/queries/customers.ts";
import { identifierTypes } from "../hub/queries/identifier.ts";
import { customerAddress } from "./address.ts";
import { stagesInOrder } from "./counts.ts";
import { Foreign, Moment, pointsText, wordText } from "./format.tsx";
import type { Page } from "./layout.tsx";
import { Choice, type Column, Pager, Table, type View } from "./parts.tsx";

export interface CustomerSearch {
  q?: string | undefined;
  kind?: "person" | "company" | undefined;
  stage?: string | undefined;
}

const customersPerPage = 50;

/** Customers, found by name or by whatever identifies them. */
export async function customersPage(
  hub: Hub,
  view: View,
  { cursor, ...search }: CustomerSearch & { cursor?: string | undefined },
): Promise<Page> {
  const { q, kind, stage } = search;
  const page = await listCustomers(hub, { ...asked(hub, q), kind, stage, limit: customersPerPage, cursor });
  const isSearch = q !== undefined || kind !== undefined || stage !== undefined;
  return {
    title: "Customers",
    content: (
      <>
        <search>
          <form class="filter" method="get" action="/customers">
            <label class="wide">
              <span>Name, e-mail, phone, domain or record</span>
              <input type="search" name="q" value={q ?? ""} maxlength={300} />
            </label>
            <Choice
              name="kind"
              label="Kind"
              options={["person", "company"]}
              chosen={kind}
              all="Persons and companies"
            />
            <Choice
              name="stage"
              label="Stage"
              options={stagesInOrder(hub).map((one) => one.stage)}
              chosen={stage}
              all="Every stage"
            />
            <button type="submit">Search</button>
          </form>
        </search>
        <Table
          caption={isSearch ? "Customers that match, companies first" : "All customers, companies first"}
          columns={customerColumns(view)}
          rows={page.items}
          empty={emptyText(isSearch, page.next_cursor !== null)}
        />
        <Pager path="/customers" filter={{ ...search }} here={cursor} next={page.next_cursor} />
      </>
    ),
  };
}

/** What was typed, as a search for an identifier where it looks like one, else for a part of a name. */
function asked(hub: Hub, q: string | undefined): Pick<CustomerFilter, "q" | "identifier"> {
  if (q === undefined) return {};
  const named = ["phone", ...identifierTypes(hub), ...hub.connectionIds()].some((type) => q.startsWith(`${type}:`));
  if (named) return { identifier: q };
  if (/^\+?[\d\s()./-]{7,24}$/.test(q)) return { identifier: `phone:${q}` };
  return /^[a-z0-9-]+(\.[a-z0-9-]+)+$/i.test(q) ? { identifier: `domain:${q.toLowerCase()}` } : { q };
}

function emptyText(isSearch: boolean, goesOn: boolean): string {
  if (goesOn) return "None of these match; the next page may hold some.";
  return isSearch
    ? "No customer matches. A part of the name is enough; an e-mail address, phone number or domain must be whole."
    : "There are no customers yet. They appear with the first records of persons and companies.";
}

function customerColumns(view: View): Column<CustomerSummary>[] {
  return [
    {
      head: "Name",
      cell: ({ id, name }) => (
        <a href={customerAddress(id)}>{name === "" ? <>without a name</> : <Foreign>{name}</Foreign>}</a>
      ),
    },
    { head: "Kind", cell: ({ kind }) => kind },
    {
      head: "Stage",
      cell: ({ stage }) =>
        stage === null ? (
          <span class="quiet">not derived yet</span>
        ) : (
          <>
            {wordText(stage.stage)}{" "}
            <span class="quiet">
              since <Moment at={stage.since} times={view.times} />
            </span>
          </>
        ),
    },
    {
      head: "Score",
      isNumber: true,
      cell: ({ score }) =>
        score === null ? <span class="quiet">not derived yet</span> : `${pointsText(score.value)} (${score.grade})`,
    },
    { head: "First seen", cell: ({ first_seen_at }) => <Moment at={first_seen_at} times={view.times} /> },
  ];
}
