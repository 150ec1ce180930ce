import type { Account } from "../storage.ts";
import { refusal } from "./wire.ts";

/** The account's own rules for writes: what refuses this one; null where nothing does. */
export async function refusedByRule(
  request: Request,
  { account, shows }: { account: Account; shows(name: string): boolean },
): Promise<Response | null> {
  const [, object = "", id] = /\/record\/v1\/(customer|contact)(?:\/(\d+))?$/.exec(new URL(request.url).pathname) ?? [];
  if (object === "") return null;
  if (shows("validation-rule") && request.method === "PATCH" && isRefused(id)) {
    return refusal(400, "USER_ERROR", "Error while accessing a resource. Please enter value(s) for: Category.");
  }
  if (!shows("duplicate-rule") || request.method !== "POST" || object !== "customer") return null;
  const text = await request.clone().text();
  const taken = [...account.table("customer").all.rows.values()].some(({ companyname }) => {
    return typeof companyname === "string" && text.includes(JSON.stringify(companyname));
  });
  return taken ? refusal(400, "UNIQUE_CUST_ID_REQD", "A customer record with this ID already exists.") : null;
}

/** Every fifth record lacks what the script asks for. */
const isRefused = (id: string | undefined) => Number(id) % 5 === 0;
