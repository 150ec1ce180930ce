import type { Json } from "../body.ts";
import { windowMs } from "./scheme.ts";
import { sender } from "./sender.ts";

/** Stripe: `t=…,v1=…`, of which several may stand there while a secret is rolled; `v0` (test events) never counts. */
export const stripe = sender({
  title: "Stripe",
  proof: () => ({
    kind: "signature",
    header: "stripe-signature",
    separator: ",",
    prefix: "v1=",
    encoding: "hex",
    digest: "hmac-sha256",
    signed: ["time", { text: "." }, "body"],
    time: { from: { item: "t=" }, unit: "s", windowMs },
  }),
  event: {
    id: [{ path: "id" }],
    onConflict: "ignore", // `pending_webhooks` counts down from one attempt to the next
    name: [{ path: "type" }],
    at: [{ path: "created", unit: "s" }],
    // An invoice is often made, finalised and paid within one second.
    later: [/\.(updated|finalized|sent|processing)$/, /\.(paid|succeeded|payment_failed|voided|canceled|refunded)$/],
  },
  record: {
    sender: "stripe",
    object: { path: "data.object.object" },
    in: "data.object",
    id: ["id"],
    derived: (record) => ({ _amounts: amountsOf(record) }),
  },
  gone: /\.deleted$/,
});

const amountName = /^(?:amount|total|subtotal|balance|tax)(?:_|$)/;
/** Currencies that Stripe counts in whole units, and in thousandths; all others it counts in hundredths. */
const wholeUnits = new Set("bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf".split(" "));
const thousandths = new Set("bhd jod kwd omr tnd".split(" "));

/** Stripe's amounts are counts of the smallest unit; these are in the currency itself, as text. */
function amountsOf({ currency, ...record }: Json): Json {
  if (typeof currency !== "string") return {};
  const digits = wholeUnits.has(currency) ? 0 : thousandths.has(currency) ? 3 : 2;
  const amounts = Object.entries(record).filter(
    ([name, value]) => amountName.test(name) && Number.isSafeInteger(value),
  );
  return Object.fromEntries(amounts.map(([name, value]) => [name, inUnits(Number(value), digits)]));
}

/** By text: a division would bring rounding into money. @example inUnits(-1205, 2) // "-12.05" */
function inUnits(amount: number, digits: number): string {
  const [sign, figures] = [amount < 0 ? "-" : "", String(Math.abs(amount)).padStart(digits + 1, "0")];
  if (digits === 0) return `${sign}${figures}`;
  return `${sign}${figures.slice(0, -digits)}.${figures.slice(-digits)}`;
}
