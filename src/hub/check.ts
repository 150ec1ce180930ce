import { checkedAccount } from "./account.ts";
import { takeAdded } from "./added.ts";
import { isChanged, isRewritten, takeChanged } from "./changed.ts";
import { type FailureView, failureView } from "./failure.ts";
import type { Hub } from "./hub.ts";
import { maskedFailure } from "./log.ts";
import { checkConnection } from "./sync.ts";

/** What a check of a connection found. */
export interface ConnectionCheck {
  connection: string;
  /** The vendor's id and name of the account; null when the check failed. */
  account: string | null;
  name: string | null;
  failure: FailureView | null;
  /** That the hub at work has other settings than those checked, and takes these with its next start. */
  restart: boolean;
  /** That the hub at work did not know the connection, and has taken it into use by this check. */
  added: boolean;
  /** That the hub at work had other settings of it, and has taken these into use by this check. */
  changed: boolean;
}

/**
 * Proves a connection's credentials as journey-hub.yaml has them now, in a hub that may run on older ones, and takes a connection that is new
 * to it, and settings that have changed, into use. Throws ConfigError when they cannot be used.
 */
export async function checkAsWritten(hub: Hub, id: string): Promise<ConnectionCheck> {
  const written = await hub.written(id);
  const isOther = isChanged(hub, id, written.entry);
  try {
    // The status of the connection at work stays what it is.
    const { account, name } = isOther ? await checkedAccount(hub, written) : await checkConnection(hub, id);
    // What was proven is no more what is written: taken now, it would stand in the place of what came later.
    if (isOther && isRewritten(hub, written)) return await checkAsWritten(hub, id);
    const added = isOther && takeAdded(hub, written);
    const changed = isOther && !added && takeChanged(hub, written);
    return { connection: id, account, name, failure: null, restart: isOther && !added && !changed, added, changed };
  } catch (cause) {
    const failure = maskedFailure(hub, id, failureView(cause)); // vendors repeat what they refuse
    return { connection: id, account: null, name: null, failure, restart: isOther, added: false, changed: false };
  }
}
