import type { Child } from "hono/jsx";
import { addressOf } from "./address.ts";
import { Foreign, type Times } from "./format.tsx";

/** What every page is made with. */
export interface View {
  times: Times;
  /** Ids of the connections in their order; a connection keeps its colour by it. */
  connections: readonly string[];
}

export interface Column<Row> {
  head: string;
  /** Shown in place of the head where that is more than words. */
  shown?: Child;
  cell: (row: Row) => Child;
  /** Figures stand to the right. */
  isNumber?: boolean;
}

/** A form of one button that asks why; the reason is kept with what it does. `names` say what it is done to. */
export function ReasonForm({
  action,
  names,
  label,
  button,
}: {
  action: string;
  names: Readonly<Record<string, string>>;
  label: string;
  button: string;
}) {
  return (
    <form class="fix" method="post" action={action}>
      {Object.entries(names).map(([name, value]) => (
        <input type="hidden" name={name} value={value} />
      ))}
      <label>
        <span>{label}</span>
        <input type="text" name="reason" maxlength={1_000} required />
      </label>
      <p>
        <button type="submit">{button}</button>
      </p>
    </form>
  );
}

/** A table that says what it holds; the first cell of a row names the row. On narrow screens each row becomes a card. */
export function Table<Row>({
  caption,
  columns,
  rows,
  empty,
}: {
  caption: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  empty: string;
}) {
  if (rows.length === 0) return <Empty>{empty}</Empty>;
  const align = ({ isNumber }: Column<Row>) => (isNumber ? "number" : undefined);
  return (
    <table>
      <caption>{caption}</caption>
      <thead>
        <tr>
          {columns.map((column) => (
            <th scope="col" class={align(column)}>
              {column.shown ?? column.head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr>
            {columns.map((column, index) =>
              index === 0 ? (
                <th scope="row" data-label={column.head}>
                  <div>{column.cell(row)}</div>
                </th>
              ) : (
                <td class={align(column)} data-label={column.head}>
                  <div>{column.cell(row)}</div>
                </td>
              ),
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** What is written where a list is empty: that it is, and what would fill it. */
export function Empty({ children }: { children?: Child }) {
  return <p class="empty">{children}</p>;
}

/** The source system something came from. */
export function System({ id, view }: { id: string; view: View }) {
  if (id === "") return <span class="quiet">the hub itself</span>;
  return (
    <span class="system" data-hue={String((view.connections.indexOf(id) % 6) + 1)}>
      {id}
    </span>
  );
}

/** The connection that a record key begins with. @example systemOf("hubspot:contacts:51") // "hubspot" */
export function systemOf(recordKey: string): string {
  return recordKey.slice(0, Math.max(0, recordKey.indexOf(":")));
}

/** A record by its key, without the connection that stands in the badge before it. */
export function RecordName({ recordKey, view }: { recordKey: string; view: View }) {
  if (recordKey === "") return <span class="quiet">no single record</span>;
  const system = systemOf(recordKey);
  return (
    <span class="record">
      <System id={system} view={view} /> <Foreign>{recordKey.slice(system.length + 1).replace(":", " ")}</Foreign>
    </span>
  );
}

type Tone = "good" | "busy" | "warn" | "bad" | "off";

const signs: Readonly<Record<Tone, string>> = { good: "✓", busy: "…", warn: "!", bad: "✕", off: "○" };
const tones: Readonly<Record<string, Tone>> = {
  connected: "good",
  done: "good",
  sent: "good",
  resolved: "good",
  running: "busy",
  new: "off",
  never: "off",
  needs_attention: "warn",
  open: "bad",
  failed: "bad",
  refused: "bad",
};

/** A state in words, with a sign and a colour beside them. */
export function Status({ is }: { is: string }) {
  const tone = tones[is] ?? "off";
  return (
    <span class={`status ${tone}`}>
      <span aria-hidden="true">{signs[tone]}</span> {is.replaceAll("_", " ")}
    </span>
  );
}

/** A share of a whole as a bar; the number it shows must stand beside it. */
export function Bar({ part, of }: { part: number; of: number }) {
  const width = of <= 0 ? 0 : Math.round((part / of) * 1_000) / 10;
  return (
    <svg class="bar" aria-hidden="true" focusable="false">
      <rect class="track" width="100%" height="100%" rx="3" />
      <rect width={`${width}%`} height="100%" rx="3" />
    </svg>
  );
}

/** The links at the end of a list: back to its beginning, on to what follows. */
export function Pager({
  path,
  filter = {},
  here,
  next,
  parameter = "cursor",
  words = ["First page", "Next page"],
}: {
  path: string;
  filter?: Readonly<Record<string, string | undefined>>;
  here: string | undefined;
  next: string | null;
  parameter?: string;
  words?: readonly [first: string, next: string];
}) {
  if (here === undefined && next === null) return null;
  return (
    <nav class="pager" aria-label="Pages">
      {here === undefined ? null : <a href={addressOf(path, filter)}>{words[0]}</a>}
      {next === null ? (
        <span class="quiet">End of the list</span>
      ) : (
        <a rel="next" href={addressOf(path, { ...filter, [parameter]: next })}>
          {words[1]}
        </a>
      )}
    </nav>
  );
}

/** One choice of a filter form. */
export function Choice({
  name,
  label,
  options,
  chosen,
  all,
}: {
  name: string;
  label: string;
  options: readonly string[];
  chosen: string | undefined;
  all: string;
}) {
  return (
    <label>
      <span>{label}</span>
      <select name={name}>
        <option value="">{all}</option>
        {options.map((option) => (
          <option value={option} selected={option === chosen}>
            {option.replaceAll("_", " ")}
          </option>
        ))}
      </select>
    </label>
  );
}

/** The choice of one connection, or all, in a filter form. */
export function ConnectionChoice({ view, chosen }: { view: View; chosen: string | undefined }) {
  return (
    <Choice name="connection" label="Connection" options={view.connections} chosen={chosen} all="All connections" />
  );
}
