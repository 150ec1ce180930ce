import { type DiscoveryView, discoverAccount, type FieldView, type ObjectView } from "../hub/drift/discovery.ts";
import { type NotedChange, readSchema } from "../hub/drift/schema.ts";
import type { Hub } from "../hub/hub.ts";
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
  const found = mayAsk ? await discoverAccount(hub, connection, object) : null;
  const { changes } = found ?? (await noticed(hub, connection));
  return {
    title: object === undefined ? `Fields of ${connection}` : `Fields of ${object}`,
    content: (
      <>
        {found === null ? null : <Found found={found} connection={connection} object={object} />}
        <section aria-labelledby="changes">
          <h2 id="changes">Changes noticed</h2>
          <Table
            caption="By syncs, once an hour at most; the newest first. Those a mapping meets are open errors until mended."
            columns={changeColumns(view)}
            rows={object === undefined ? changes : changes.filter((change) => change.object === object)}
            empty="Nothing has changed since the fields were first looked at."
          />
        </section>
      </>
    ),
  };
}

async function noticed(hub: Hub, connection: string): Promise<{ changes: NotedChange[] }> {
  const { schema } = await readSchema(hub.store, connection);
  return { changes: [...schema.changes].reverse() };
}

interface FoundOf {
  found: DiscoveryView;
  connection: string;
  object: string | undefined;
}

function Found({ found: { objects, failure }, connection, object }: FoundOf) {
  if (failure) {
    return (
      <p class="failure" role="alert">
        <Foreign>{failure.message}</Foreign> <Foreign>{failure.remedy ?? ""}</Foreign>
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
    { head: "Made by", cell: ({ custom }) => (custom ? "the account" : "the vendor") },
    { head: "Read", cell: ({ mapped }) => (mapped ? "yes" : <span class="quiet">no mapping names it</span>) },
    { head: "Own fields", isNumber: true, cell: ({ fields }) => numberOf(fields?.custom) },
    { head: "Own fields not mapped", isNumber: true, cell: ({ fields }) => numberOf(fields?.custom_not_mapped) },
  ];
}

const numberOf = (amount: number | undefined) =>
  amount === undefined ? <None says="not looked at" /> : amountText(amount);

const fieldColumns: Column<FieldView>[] = [
  { head: "Path", cell: ({ path }) => <Foreign>{path}</Foreign> },
  { head: "Label", cell: ({ label }) => <Foreign>{label}</Foreign> },
  { head: "Type", cell: ({ type, writable }) => `${type}${writable ? "" : ", read only"}` },
  { head: "Made by", cell: ({ custom }) => (custom ? "the account" : "the vendor") },
  { head: "Mapped", cell: ({ mapped }) => (mapped ? "yes" : <span class="quiet">no</span>) },
];

function changeColumns(view: View): Column<NotedChange>[] {
  return [
    { head: "When", cell: ({ at }) => <Moment at={at} times={view.times} /> },
    { head: "Object", cell: ({ object }) => <Foreign>{object}</Foreign> },
    {
      head: "Field",
      cell: ({ path }) => (path === "" ? <None says="the object itself" /> : <Foreign>{path}</Foreign>),
    },
    { head: "Change", cell: ({ change }) => change.replace("_", " ") },
    { head: "From", cell: ({ from }) => (from === null ? <None says="nothing" /> : <Foreign>{from}</Foreign>) },
    { head: "To", cell: ({ to }) => (to === null ? <None says="nothing" /> : <Foreign>{to}</Foreign>) },
    { head: "Met by a mapping", cell: ({ harmful }) => (harmful ? "yes" : <span class="quiet">no</span>) },
  ];
}
