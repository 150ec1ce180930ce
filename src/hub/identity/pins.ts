import type { z } from "zod";
import { goldenFields } from "../../identity/survivorship.ts";
import { readEmail, readPhone } from "../../mapping/transforms/contact-points.ts";
import type { GoldenValue } from "../../model/index.ts";
import { address, kinds } from "../../model/index.ts";
import { type Pinned, pin } from "../../pipeline/pin.ts";
import type { GoldenJson } from "../../pipeline/resolve/said.ts";
import type { Hub } from "../hub.ts";

/** Why a value cannot be set by hand, in words for whoever asked. */
export class PinRefusedError extends Error {
  override readonly name = "PinRefusedError";
}

/** What is to be shown in a field of a customer, who says so and why. */
export interface PinRequest {
  field: string;
  value: unknown;
  by: string;
  reason: string;
}

/**
 * Sets a customer's field by hand: the value holds over whatever its records say, until it is let go. Null when there is no such customer.
 * Throws PinRefusedError where the field is not one or the value not one of it.
 * @example await pinField(hub, id, { field: "phone", value: "+1 425 555 0142", by: "Kim", reason: "as her card says" })
 */
export async function pinField(hub: Hub, id: string, request: PinRequest): Promise<GoldenValue | null> {
  const [customer] = await hub.store.byKey("customers", "id", [id]);
  if (!customer) return null;
  const { field, by, reason } = request;
  const value = pinnable(customer.kind === "company" ? "company" : "person", field, request.value);
  return goldenOf(await pin(hub.pipeline, { customer_id: id, field, value, by, reason }));
}

/**
 * Lets a field go that was set by hand: what its records say counts again. `golden` is null where none says anything; null in all when
 * there is no such customer. Throws PinRefusedError where the field is not set by hand.
 */
export async function unpinField(
  hub: Hub,
  id: string,
  { field, by, reason }: Omit<PinRequest, "value">,
): Promise<{ golden: GoldenValue | null } | null> {
  const [customer] = await hub.store.byKey("customers", "id", [id]);
  if (!customer) return null;
  const pinned = await pin(hub.pipeline, { customer_id: id, field, value: null, by, reason });
  if (!pinned.found) throw new PinRefusedError(`The ${field} of ${id} is not set by hand: there is nothing to let go.`);
  return { golden: pinned.golden };
}

function goldenOf(pinned: Pinned): GoldenValue | null {
  return pinned.found ? pinned.golden : null;
}

type Kind = keyof typeof goldenFields;

/** The value as the model writes it. */
function pinnable(kind: Kind, field: string, value: unknown): GoldenJson {
  if (!goldenFields[kind].some((known) => known === field)) {
    throw new PinRefusedError(
      `A ${kind} has no field ${field} that can be set by hand: there are ${goldenFields[kind].join(", ")}.`,
    );
  }
  const read = readers[field] ?? ofModel(kind, field);
  const found = read(typeof value === "string" ? value.trim() : value);
  if (found === undefined || found === "") throw new PinRefusedError(`This is no ${field}: ${JSON.stringify(value)}.`);
  return found;
}

type Reader = (value: unknown) => GoldenJson | undefined;

const text: Reader = (value) => (typeof value === "string" && value.length <= textMax ? value : undefined);
const textMax = 1_000;

/** Fields that the records hold in another shape than the customer. */
const readers: Readonly<Record<string, Reader>> = {
  name: text,
  domain: (value) => text(value)?.toString().toLowerCase(),
  email: (value) => (typeof value === "string" ? readEmail(value) : undefined),
  phone: (value) => (typeof value === "string" ? readPhone(value, undefined) : undefined),
  country: (value) => address.shape.country.safeParse(value).data,
  annual_revenue: (value) => (/^-?\d+(\.\d+)?$/.test(String(value)) ? String(value) : undefined),
  address(value) {
    const found = address.safeParse(value).data;
    const parts = Object.entries(found ?? {}).filter((part): part is [string, string] => part[1] !== undefined);
    return parts.length > 0 ? Object.fromEntries(parts) : undefined;
  },
};

/** A form and a command line know texts only: a number or a yes may come as one. */
function ofModel(kind: Kind, field: string): Reader {
  const shape: Readonly<Record<string, z.ZodType>> = kind === "person" ? kinds.contact.shape : kinds.company.shape;
  const schema = shape[field];
  return (value) => {
    for (const one of [value, plain(value)]) {
      const found = schema?.safeParse(one).data;
      if (typeof found === "number" || typeof found === "boolean") return found;
      if (typeof found === "string") return text(found);
    }
    return undefined;
  };
}

function plain(value: unknown): unknown {
  if (value === "yes" || value === "true") return true;
  if (value === "no" || value === "false") return false;
  return typeof value === "string" && /^\d{1,15}$/.test(value) ? Number(value) : value;
}
