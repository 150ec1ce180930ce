import { join } from "node:path";
import { folderIdentity } from "../hub/identity/model-file.ts";
import { outdatedCustomers, outdatedText } from "../hub/identity/outdated.ts";
import { holdsSqlite, openSnapshot } from "../store/open.ts";
import { liveHub } from "./beside.ts";

/**
 * What is to be done because a folder's customers were joined by other identity rules than its files hold now; null where nothing is. A
 * store in Postgres is asked through the hub that runs on it alone. Throws ConfigError when the rules cannot be read.
 */
export async function identityNote(data: string): Promise<string | null> {
  const { version } = folderIdentity(join(data, "mappings"));
  const live = await liveHub(data);
  if (live) {
    const headers = { authorization: `Bearer ${live.key}` };
    const reply = await fetch(`${live.url}/api/v1/identity`, { headers });
    if (!reply.ok) throw new Error(`the running hub answered ${reply.status}`);
    const used = (await reply.json()) as { rules: string; outdated: { message: string } | null };
    if (used.rules !== version) return edited;
    return used.outdated && `${used.outdated.message}${stopFirst}`;
  }
  if (process.env.JOURNEY_HUB_DATABASE_URL || !holdsSqlite(data)) return null;
  const store = openSnapshot(data);
  try {
    const outdated = await outdatedCustomers(store, version, { keep: false });
    return outdated && outdatedText(outdated);
  } finally {
    await store.close();
  }
}

const stopFirst = ", the hub stopped meanwhile";
const edited =
  "the running hub works by other identity rules than it would if started now: stop it, run `journey-hub replay`, and start it again";
