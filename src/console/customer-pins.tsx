import { z } from "zod";
import type { Hub } from "../hub/hub.ts";
import { PinRefusedError, pinField, unpinField } from "../hub/identity/pins.ts";
import type { Runner } from "../hub/runner/runner.ts";
import { customerAddress } from "./address.ts";
import { type FailurePage, notFoundPage, refusedPage } from "./failure.tsx";
import { typedReason, typedText } from "./typed.ts";

const sentPin = z.object({
  id: typedText,
  field: typedText,
  value: typedText.pipe(z.string().min(1)),
  reason: typedReason,
});
const sentUnpin = z.object({ id: typedText, field: typedText, reason: typedReason });

interface Pinning {
  hub: Hub;
  runner: Runner;
}

/** Sets a value of a customer by hand. @returns where it can be seen, or a page that says why nothing was done. */
export function pin(pinning: Pinning, sent: Record<string, unknown>, by: string): Promise<string | FailurePage> {
  const { data: typed } = sentPin.safeParse(sent);
  if (!typed) return Promise.resolve(refusedPage("Give a value, and say why: it is kept with the value."));
  const { id, ...request } = typed;
  return changed(pinning, id, () => pinField(pinning.hub, id, { ...request, by }));
}

/** Lets a value go that was set by hand, the same way. */
export function unpin(pinning: Pinning, sent: Record<string, unknown>, by: string): Promise<string | FailurePage> {
  const { data: typed } = sentUnpin.safeParse(sent);
  if (!typed) return Promise.resolve(refusedPage("Say why: it is kept with the value that is let go."));
  const { id, ...request } = typed;
  return changed(pinning, id, () => unpinField(pinning.hub, id, { ...request, by }));
}

async function changed({ runner }: Pinning, id: string, work: () => Promise<unknown>): Promise<string | FailurePage> {
  try {
    if ((await work()) === null) return notFoundPage;
  } catch (cause) {
    if (!(cause instanceof PinRefusedError)) throw cause;
    return refusedPage(cause.message);
  }
  runner.changed();
  return customerAddress(id);
}
