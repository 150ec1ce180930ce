import { type Account, SourceError } from "journey-hub/connector";
import { readReply } from "./client.ts";
import { credentialOf, usesOauth } from "./config.ts";
import { basePaths } from "./paths.ts";
import { failureOf } from "./refusals.ts";
import { accountReply, listReply } from "./replies.ts";
import { attempt, exchange, type HubspotSession } from "./session.ts";

/**
 * Whose account the credentials open, and that contacts may be read.
 * @throws SourceError naming the setting that is wrong and what to do
 */
export async function checkAccount(session: HubspotSession): Promise<Account> {
  const { portalId, timeZone } = await accountDetails(session);
  const { config } = session;
  if (config.portal_id !== undefined && config.portal_id !== portalId) {
    const other = usesOauth(config) ? "install the app in" : `set the ${credentialOf(config)} of`;
    throw new SourceError("stop", `These credentials open HubSpot account ${portalId}, not ${config.portal_id}`, {
      field: "portal_id",
      remedy: `Correct portal_id, or ${other} account ${config.portal_id}.`,
    });
  }
  await exchange(session, {
    operation: "contacts.list",
    lane: "poll",
    reply: listReply,
    send: ({ crm }, options) =>
      crm.objects.basicApi.getPage("contacts", 1, undefined, undefined, undefined, undefined, false, options),
  });
  return { id: portalId, name: `HubSpot ${portalId}`, ...(timeZone === undefined ? {} : { timeZone }) };
}

/** The client has no method for this, and its `apiRequest` cannot take the agents of the address guard. */
function accountDetails(session: HubspotSession) {
  const { config, transport } = session;
  const url = `${config.base_url}${basePaths[config.api_version].account}/details`;
  return attempt(session, { operation: "account.details", lane: "poll" }, async (client, signal) => {
    const headers = { accept: "application/json", authorization: `Bearer ${client.config.accessToken}` };
    const reply = await transport.send({ method: "GET", url, headers }, signal).catch((error: unknown) => {
      // What failed below HTTP comes with its cause; told anew, it names the setting.
      throw error instanceof SourceError && error.cause !== undefined ? failureOf(error.cause, config) : error;
    });
    return readReply(reply, accountReply, { config, transport });
  });
}
