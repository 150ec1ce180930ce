import { accepted, refused, type TrackingCall, type Verdict } from "journey-hub/connector";
import type { TrackingConfig } from "../config.ts";
import { sameText } from "../segment/key.ts";

const notOurs = refused("its measurement_id or api_secret is not this connection's");

/** A call names the property it is for and carries a secret made for it, both in the address. */
export function verifyApiSecret({ measurement_id, api_secret }: TrackingConfig, { query }: TrackingCall): Verdict {
  const { measurement_id: stream, firebase_app_id: app = "", api_secret: secret = "" } = query;
  const isSecret = sameText(api_secret ?? "", secret);
  const isStream = sameText(measurement_id ?? "", stream ?? app);
  return api_secret !== undefined && isSecret && isStream ? accepted : notOurs;
}
