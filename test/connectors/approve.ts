import { departFor, type OpenConnection, type Tokens } from "journey-hub/connector";

/** Where a vendor leads a browser that opens this address; without a location, what its page says. */
export async function ledTo(address: string): Promise<URL> {
  const reply = await fetch(address, { redirect: "manual" });
  const location = reply.headers.get("location");
  if (location === null) throw new Error(`led nowhere (${reply.status}): ${await reply.text()}`);
  return new URL(location);
}

/** The round trip of an approval, the person's part done at once; null where the vendor leads back with an error. */
export async function approve({ authorise }: OpenConnection): Promise<Tokens | null> {
  if (!authorise?.inUse) throw new Error("this connection does not sign in by approval");
  const departing = departFor("http://localhost:8365/connect/callback");
  const answer = (await ledTo(authorise.address(departing))).searchParams;
  if (answer.get("state") !== departing.state) throw new Error("the vendor led back with another state");
  const code = answer.get("code");
  return code === null ? null : authorise.redeem({ ...departing, code });
}
