import type { CustomerView } from "../hub/queries/customer.ts";
import { goldenFields } from "../identity/survivorship.ts";
import type { GoldenValue } from "../model/index.ts";
import { Foreign, Moment, Value, wordText } from "./format.tsx";
import { type Column, ReasonForm, RecordName, Table, type View } from "./parts.tsx";

type Golden = [field: string, golden: GoldenValue];

/** A customer's golden values, each with what decided it; for those who may, a form to set one by hand. */
export function ValuesSection({ customer, view, mayPin }: { customer: CustomerView; view: View; mayPin: boolean }) {
  return (
    <section aria-labelledby="values">
      <h2 id="values">Golden values</h2>
      <Table
        caption="Each field with the record its value came from, what lost against it and the rule that decided"
        columns={goldenColumns(view)}
        rows={Object.entries(customer.golden)}
        empty="None of its records has a value."
      />
      {customer.pins.length === 0 ? null : <Pins customer={customer} view={view} mayPin={mayPin} />}
      {mayPin ? <PinForm customer={customer} /> : null}
    </section>
  );
}

function goldenColumns(view: View): Column<Golden>[] {
  return [
    { head: "Field", cell: ([field]) => wordText(field) },
    { head: "Value", cell: ([, { value }]) => <Value value={value} times={view.times} /> },
    {
      head: "From",
      cell: ([, { record_key, rule }]) =>
        rule === "pin" ? "set by hand" : <RecordName recordKey={record_key} view={view} />,
    },
    { head: "Other values", cell: ([, { losers, also = [] }]) => <Others said={[...also, ...losers]} view={view} /> },
    {
      head: "Why",
      cell: ([, { rule, why }]) => (
        <>
          {rule === "pin" ? null : wordText(rule)}
          {why === undefined ? null : (
            <p class="note">
              <Foreign>{why}</Foreign>
            </p>
          )}
        </>
      ),
    },
  ];
}

function Others({ said, view }: { said: GoldenValue["losers"]; view: View }) {
  if (said.length === 0) return <span class="quiet">none</span>;
  return (
    <ul class="plain">
      {said.map(({ value, record_key }) => (
        <li>
          <Value value={value} times={view.times} /> <RecordName recordKey={record_key} view={view} />
        </li>
      ))}
    </ul>
  );
}

function Pins({ customer: { id, pins }, view, mayPin }: { customer: CustomerView; view: View; mayPin: boolean }) {
  return (
    <ul class="plain">
      {pins.map(({ field, by, at, reason, record_key }) => (
        <li>
          {wordText(field)} was set by <Foreign>{by}</Foreign> on <Moment at={at} times={view.times} />:{" "}
          <Foreign>{reason}</Foreign>. It is kept by <RecordName recordKey={record_key} view={view} />.
          {mayPin ? (
            <ReasonForm
              action="/customers/unpin"
              names={{ id, field }}
              label={`Reason to let ${wordText(field).toLowerCase()} go`}
              button="Use what the records say"
            />
          ) : null}
        </li>
      ))}
    </ul>
  );
}

/** Addresses have many parts: they are set by the API. */
function PinForm({ customer: { id, kind } }: { customer: CustomerView }) {
  const fields = goldenFields[kind].filter((field) => field !== "address");
  return (
    <details>
      <summary>Set a value by hand</summary>
      <form class="fix" method="post" action="/customers/pin">
        <input type="hidden" name="id" value={id} />
        <label>
          <span>Field</span>
          <select name="field">
            {fields.map((field) => (
              <option value={field}>{wordText(field)}</option>
            ))}
          </select>
        </label>
        <label>
          <span>Value, over what the records say</span>
          <input type="text" name="value" maxlength={1_000} required />
        </label>
        <label>
          <span>Reason, kept with the value</span>
          <input type="text" name="reason" maxlength={1_000} required />
        </label>
        <p>
          <button type="submit">Set it</button>
        </p>
      </form>
    </details>
  );
}
