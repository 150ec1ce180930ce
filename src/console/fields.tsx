import { type DiscoveryView, discoverAccount, type FieldView, type ObjectView } from "../hub/drift/discovery.ts";
import { type NotedChange, readSchema } from "../hub/drift/schema.ts";
import type { Hub, HubConnection } from "../hub/hub.ts";
import { usable } from "../hub/queries/connections.ts";
import { addressOf } from "./address.ts";
import { amountText, Foreign, Moment, None } from "./format.tsx";
import type { Page } from "./layout.tsx";
import { type Column, Table, type View } from "./parts.tsx";

export interface FieldsQuery {
  connection?: string | undefined;
  object?: string | undefined;
  /** The vendor is asked only for somebody who may have it work. */
  mayAsk: boolean;
}

/** Which objects and fields a connection's account has, and what syncs have noticed of their changes; null where there is no such connection. */
export async function fieldsPage(
  hub: Hub,
  view: View,
  { connection, object, mayAsk }: FieldsQuery,
): Promise<Page | null> {
  if (connection === undefined || !hub.connectionIds().includes(connection)) return null;
  const known = usable(hub, connection);
  const why = known instanceof Error ? known.message : whyNot(known, mayAsk);
  const found = why === null ? await discoverAccount(hub, connection, object) : null;
  const { schema, lookedAt } = await readSchema(hub.store, connection);
  const changes = [...schema.changes].reverse();
  return {
    title: object === undefined ? `Objects and fields of ${connection}` : `Fields of ${object} in ${connection}`,
    content: (
      <>
        {why === null ? null : (
          <p class={known instanceof Error ? "failure lines" : "quiet"}>
            <Foreign>{why}</Foreign>
          </p>
        )}
        {found === null ? null : <Found found={found} connection={connection} object={object} />}
        {object === undefined ? null : (
          <p>
            <a href={addressOf("/fields", { connection })}>All objects of {connection}</a>
          </p>
        )}
        <section aria-labelledby="changes">
          <h2 id="changes">Changes noticed</h2>
          <Table
            caption="By syncs, once an hour at most; the newest first. Those a mapping meets are open errors until mended."
            columns={changeColumns(view)}
            rows={object === undefined ? changes : changes.filter((change) => change.object === object)}
            empty={lookedAt === null ? notLookedAt : "Nothing has changed since the fields were first looked at."}
          />
        </section>
      </>
    ),
  };
}

/** Why the vendor is not asked; null when it is. */
function whyNot({ id, connector, open }: HubConnection, mayAsk: boolean): string | null {
  if (!open.discover)
    return `The vendor of ${id} (${connector.title}) does not tell which objects and fields an account has.`;
  return mayAsk ? null : "Which objects and fields the account has is asked of its vendor for an operator.";
}

const notLookedAt = "No sync has looked at the fields yet: changes are noticed from then on.";

interface FoundOf {
  found: DiscoveryView;
  connection: string;
  object: string | undefined;
}

function Found({ found: { objects, failure }, connection, object }: FoundOf) {
  if (failure) {
    return (
      <p class="failure" role="alert">
        <Foreign>{failure.message}</Foreign>
        <br />
        <Foreign>{failure.remedy ?? ""}</Foreign>
      </p>
    );
  }
  if (object !== undefined) {
    return (
      <Table
        caption="Every field, by the path that mapping files read"
        columns={fieldColumns}
        rows={objects[0]?.found ?? []}
        empty="The account has no such object, or does not show it to these credentials."
      />
    );
  }
  return (
    <Table
      caption="Objects that are read, and those of the account's own"
      columns={objectColumns(connection)}
      rows={objects.filter(({ custom, mapped }) => custom || mapped)}
      empty="The account shows no object."
    />
  );
}

function objectColumns(connection: string): Column<ObjectView>[] {
  return [
    {
      head: "Object",
      cell: ({ name }) => (
        <a href={addressOf("/fields", { connection, object: name })}>
          <Foreign>{name}</Foreign>
        </a>
      ),
    },
    { head: "Label", cell: ({ label }) => <Foreign>{label}</Foreign> },
    { head: "Made by", cell: ({ custom }) => (custom ? "account" : "vendor") },
    { head: "Read", cell: ({ mapped }) => (mapped ? "yes" : <span class="quiet">no mapping names it</span>) },
    { head: "Own fields", isNumber: true, cell: ({ fields }) => numberOf(fields?.custom) },
    { head: "Own fields not mapped", isNumber: true, cell: ({ fields }) => numberOf(fields?.custom_not_mapped) },
  ];
}

/** Longer paths may be broken, between their words. */
const pathLengthWhole = 32;

function PathText({ path }: { path: string }) {
  if (path.length <= pathLengthWhole) return <Foreign>{path}</Foreign>;
  return (
    <Foreign>
      {path.split(/(?<=[._])/).map((part) => (
        <>
          {part}
          <wbr />
        </>
      ))}
    </Foreign>
  );
}

const numberOf = (amount: number | undefined) =>
  amount === undefined ? <None says="not looked at" /> : amountText(amount);

const fieldColumns: Column<FieldView>[] = [
  { head: "Path", cell: ({ path }) => <PathText path={path} /> },
  { head: "Label", cell: ({ label }) => <Foreign>{label}</Foreign> },
  { head: "Type", cell: ({ type, writable }) => `${type}${writable ? "" : ", read only"}` },
  { head: "Made by", cell: ({ custom }) => (custom ? "account" : "vendor") },
  { head: "Mapped", cell: ({ mapped }) => (mapped ? "yes" : <span class="quiet">no</span>) },
];

function changeColumns(view: View): Column<NotedChange>[] {
  return [
    { head: "When", cell: ({ at }) => <Moment at={at} times={view.times} /> },
    { head: "Object", cell: ({ object }) => <Foreign>{object}</Foreign> },
    {
      head: "Field",
      cell: ({ path }) => (path === "" ? <None says="the object itself" /> : <PathText path={path} />),
    },
    { head: "Change", cell: ({ change }) => change.replaceAll("_", " ") },
    { head: "From", cell: ({ from }) => (from === null ? <None says="nothing" /> : <Foreign>{from}</Foreign>) },
    { head: "To", cell: ({ to }) => (to === null ? <None says="nothing" /> : <Foreign>{to}</Foreign>) },
    { head: "Met by a mapping", cell: ({ harmful }) => (harmful ? "yes" : <span class="quiet">no</span>) },
  ];
}
