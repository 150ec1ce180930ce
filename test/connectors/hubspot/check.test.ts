import { afterEach, beforeEach, expect, test } from "vitest";
import { failureOf, oauth, openHubspot, startAccount, type TestAccount } from "./account.ts";

let account: TestAccount;
beforeEach(async () => {
  account = await startAccount();
});
afterEach(() => account.close());

const page = (status: number) => () =>
  new Response("<html><body>Hello</body></html>", { status, headers: { "content-type": "text/html" } });

test("a good token tells the account's id and time zone", async () => {
  expect(await account.connection.check()).toEqual({
    id: "424242",
    name: "HubSpot 424242",
    timeZone: "America/New_York",
  });
});

test("OAuth credentials do too, with one request for a token", async () => {
  expect(await account.open(oauth).check()).toMatchObject({ id: "424242" });
  expect(account.requests.filter((request) => request.endsWith("/token"))).toHaveLength(1);
});

test("a wrong token names access_token", async () => {
  const failure = await failureOf(account.open({ access_token: "pat-na1-wrong" }).check());
  expect(failure).toMatchObject({ next: "stop", field: "access_token", status: 401, code: "INVALID_AUTHENTICATION" });
  expect(failure.message).toContain("HubSpot: Authentication credentials not found.");
  expect(failure.remedy).toContain("Copy the token again");
});

test.each([
  ["client_id", "missing or unknown client id", "Copy client_id again from the app's Auth page in HubSpot."],
  [
    "client_secret",
    "missing or invalid client secret",
    "Copy client_secret again from the app's Auth page in HubSpot.",
  ],
  ["refresh_token", "missing or unknown refresh token", "Approve the connection again: `journey-hub connect"],
])("a wrong %s is named", async (field, message, remedy) => {
  const failure = await failureOf(account.open({ ...oauth, [field]: "wrong" }).check());
  expect(failure).toMatchObject({ next: "stop", field, message: `HubSpot: ${message} (400)` });
  expect(failure.remedy).toContain(remedy);
});

test("another account's token names portal_id", async () => {
  expect(await failureOf(account.open({ portal_id: "7" }).check())).toMatchObject({
    next: "stop",
    field: "portal_id",
    message: "These credentials open HubSpot account 424242, not 7",
    remedy: "Correct portal_id, or set the access_token of account 7.",
  });
});

test("a missing permission names the scope", async () => {
  const limited = await startAccount({}, { missingScopes: ["crm.objects.contacts.read"] });
  const failure = await failureOf(limited.connection.check());
  await limited.close();
  expect(failure).toMatchObject({ next: "stop", field: "access_token", status: 403, code: "MISSING_SCOPES" });
  expect(failure.remedy).toBe(
    "Give the app the scope crm.objects.contacts.read in HubSpot, then save; the token stays the same.",
  );
});

test("an address nobody answers at names base_url", async () => {
  const { url } = account;
  await account.close();
  const failure = await failureOf(openHubspot({ base_url: url }).check());
  expect(failure).toMatchObject({ next: "retry", field: "base_url", code: "ECONNREFUSED" });
  expect(failure.message).toContain(`${new URL(url).host}: the connection failed`);
  expect(failure.remedy).toBe("Check base_url, and that HubSpot can be reached from this machine.");
  account = await startAccount();
});

test.each([
  ["a web page", 200, "retry", "HubSpot's address answered with a web page instead of JSON"],
  ["a web page that is not found", 404, "stop", "The address answered 404 with a web page, not as HubSpot's API does"],
])("an address that answers with %s names base_url", async (_, status, next, message) => {
  account.troubles.push(...Array.from({ length: 6 }, () => page(status)));
  expect(await failureOf(account.connection.check())).toMatchObject({ next, field: "base_url", message });
});

test("JSON of another API names base_url", async () => {
  account.troubles.push(() => Response.json({ hello: "world" }));
  const failure = await failureOf(account.connection.check());
  expect(failure).toMatchObject({ next: "stop", field: "base_url" });
  expect(failure.message).toContain("HubSpot's address answered in an unknown form (portalId");
});

test.each(["127.0.0.1", "localhost"])("%s is refused unless it is allowed", async (host) => {
  const base_url = `http://${host}:${new URL(account.url).port}`;
  const { check, streams } = openHubspot({ base_url }, { allowedHosts: [] });
  expect(await failureOf(check())).toMatchObject({ next: "stop", field: "allowedHosts" });
  const failure = await failureOf(streams.contacts?.pages({ after: null, fields: [] }) ?? Promise.resolve());
  expect(failure).toMatchObject({ next: "stop", field: "allowedHosts" });
  expect(failure.message).toMatch(new RegExp(`^Refused to connect to ${host}: .* is a private or local address$`));
  expect(account.requests).toEqual([]);
});
