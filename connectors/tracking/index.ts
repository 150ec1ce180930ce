import { type Account, defineConnector, SourceError } from "journey-hub/connector";
import { type TrackingConfig, trackingConfig } from "./config.ts";
import { verifyApiSecret } from "./google/key.ts";
import { googlePaths, readGoogle } from "./google/read.ts";
import { googleWork } from "./google/work.ts";
import { keptCall } from "./kept.ts";
import { isWriteKeyOutside, verifyWriteKey } from "./segment/key.ts";
import { readSegment, segmentPaths } from "./segment/read.ts";
import { segmentWork } from "./segment/work.ts";

/** What websites, apps and servers tell of their visitors: Segment's HTTP tracking API, and Google Analytics 4's Measurement Protocol. */
export default defineConnector({
  id: "tracking",
  title: "Tracking",
  config: trackingConfig,
  limits: () => ({ concurrency: 1 }), // nothing is ever asked of the senders
  open: (config) => config,
  check,
  streams: {},
  tracking: {
    paths: [...segmentPaths, ...googlePaths],
    missing: (config, path) => (isGoogle(path) ? missingSecret(config) : missingKey(config)),
    bytesMax: ({ batch_bytes_max }) => batch_bytes_max,
    isPublic: ({ key_is_public }) => key_is_public,
    isKeyOutside: (call) => isGoogle(call.path) || isWriteKeyOutside(call),
    verify: (config, call) => (isGoogle(call.path) ? verifyApiSecret(config, call) : verifyWriteKey(config, call)),
    read: (config, call) => (isGoogle(call.path) ? readGoogle(call) : readSegment(config, call)),
    work(config, body) {
      const kept = keptCall.parse(JSON.parse(body));
      return kept.spec === "google" ? googleWork(kept) : segmentWork(config, kept);
    },
  },
});

const isGoogle = (path: string): boolean => googlePaths.includes(path);

/** There is no account to ask: what can be proved is that calls may be taken. */
async function check(config: TrackingConfig): Promise<Account> {
  const missing = missingKey(config);
  const takesGoogle = missingSecret(config) === null;
  if (missing !== null && !takesGoogle) {
    throw new SourceError("stop", missing, {
      field: "write_key",
      remedy: "Make a key of 16 characters or more (`openssl rand -hex 16`), set it here and give it to the SDK.",
    });
  }
  const takes = [missing === null ? "/v1/*" : "", takesGoogle ? "/mp/collect" : ""].filter((path) => path !== "");
  return { id: `tracking:${config.measurement_id ?? "calls"}`, name: `calls at ${takes.join(" and ")}` };
}

function missingKey({ write_key }: TrackingConfig): string | null {
  return write_key === undefined ? "write_key is not set: without it anyone could write on customers' timelines" : null;
}

function missingSecret({ api_secret, measurement_id }: TrackingConfig): string | null {
  if (api_secret === undefined) return "api_secret is not set: without it anyone could write on customers' timelines";
  return measurement_id === undefined ? "measurement_id is not set" : null;
}
