import { rmSync } from "node:fs";
import { join } from "node:path";
import { createTransport, openTokens, type Tokens } from "journey-hub/connector";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openSecretBox } from "../../src/hub/folder/secrets.ts";
import { maskOf } from "../../src/hub/log.ts";
import { keepApproval, storedTokens } from "../../src/hub/tokens.ts";
import { heldClock, openWorld, removeFolder, type World } from "./world.ts";

let world: World;
beforeEach(async () => {
  world = await openWorld({}, { clock: heldClock() });
});
afterEach(async () => {
  await world.close();
  removeFolder(world.folder);
});

const tokens: Tokens = {
  accessToken: "an-access-token",
  refreshToken: "a-refresh-token",
  expiresAt: 1_800_000,
  address: "https://acme.example",
  account: "7",
  seed: null,
  place: null,
  proof: null,
  renewingUntil: null,
};

/** The vault as a process has it. */
function vaultOf(connection = "crm", secrets = world.hub.secrets) {
  return storedTokens({ store: world.hub.store, secrets, connection, approval: "Approve it again." });
}

test("tokens are kept sealed, for their connection alone", async () => {
  expect(await vaultOf().read()).toBeNull();
  await vaultOf().replace(null, tokens);
  expect(await vaultOf().read()).toEqual({ tokens, revision: 1 });
  expect(await vaultOf("other").read()).toBeNull();
  expect(JSON.stringify(await world.rows("settings"))).not.toMatch(/access-token|refresh-token/);
});

test("tokens in use are hidden in whatever the hub says, those of a renewal at once", async () => {
  const mask = maskOf(world.hub);
  await vaultOf().replace(null, tokens);
  const said = "Acme knows neither an-access-token nor a-refresh-token nor a-newer-token";
  expect(mask(said)).toBe("Acme knows neither [hidden] nor [hidden] nor a-newer-token");
  await vaultOf().replace(await vaultOf().read(), { ...tokens, accessToken: "a-newer-token" });
  expect(mask(said)).toContain("nor [hidden] nor [hidden]");
});

test("those that were renewed stay hidden: a late answer may repeat them", async () => {
  const mask = maskOf(world.hub);
  for (const n of [1, 2, 3, 4, 5]) {
    const renewed = { ...tokens, accessToken: `access-token-${n}`, refreshToken: `refresh-token-${n}` };
    await vaultOf().replace(await vaultOf().read(), renewed);
  }
  expect(mask("expired: access-token-1 of refresh-token-1, access-token-4")).toBe(
    "expired: [hidden] of [hidden], [hidden]",
  );
});

test("they are hidden in the forms a vendor may repeat them in", async () => {
  await vaultOf().replace(null, { ...tokens, refreshToken: "5Aep/a+token==" });
  const forms = ["5Aep%2Fa%2Btoken%3D%3D", Buffer.from("5Aep/a+token==").toString("base64").replace(/=+$/, "")];
  expect(maskOf(world.hub)(`refused ${forms.join(" and ")}`)).toBe("refused [hidden] and [hidden]");
});

test("of two processes that replace what both have read, one is told to read again", async () => {
  const kept = await vaultOf().replace(null, tokens);
  const both = await Promise.all([
    vaultOf().replace(kept, { ...tokens, accessToken: "one" }),
    vaultOf().replace(kept, { ...tokens, accessToken: "other" }),
  ]);
  expect(both.filter((after) => after === null)).toHaveLength(1);
  expect(await vaultOf().read()).toEqual(both.find((after) => after !== null));
});

test("a process that was killed while it renewed is not waited for by the next one on its folder", async () => {
  await vaultOf().replace(null, { ...tokens, renewingUntil: 9_000_000 });
  expect((await vaultOf().read())?.tokens.renewingUntil).toBe(9_000_000);
  await world.close();
  world = await openWorld({}, { clock: heldClock(), folder: world.folder });
  expect((await vaultOf().read())?.tokens).toEqual(tokens);
});

test("tokens sealed with a key that is lost are no empty vault; a new approval takes their place", async () => {
  await vaultOf().replace(null, tokens);
  rmSync(join(world.folder, "secret.key"));
  const secrets = openSecretBox(world.folder, {});
  await expect(vaultOf("crm", secrets).read()).rejects.toThrow("does not open with this key");
  await keepApproval({ store: world.hub.store, secrets, connection: "crm" }, tokens);
  expect(await vaultOf("crm", secrets).read()).toEqual({ tokens, revision: 2 });
});

test("a new approval is noticed by whoever holds tokens of the one before", async () => {
  const before = vaultOf().approvals?.();
  await keepApproval({ ...world.hub, connection: "crm" }, tokens);
  expect([before, vaultOf().approvals?.(), vaultOf("other").approvals?.()]).toEqual([0, 1, 0]);
});

test("a hub that is closed while a vendor renews them keeps what it gives: it may give it once only", async () => {
  const granted = { accessToken: "a-newer-token", expiresInMs: null, scopes: null, address: null, account: null };
  let give: () => void = () => undefined;
  let onAsked: () => void = () => undefined;
  const asked = new Promise<void>((resolve) => {
    onAsked = resolve;
  });
  const access = openTokens({
    vault: vaultOf(),
    transport: createTransport({ limits: { concurrency: 1 }, clock: heldClock() }),
    refreshToken: "a-refresh-token",
    ask: () =>
      new Promise((resolve) => {
        give = () => resolve({ ...granted, refreshToken: "a-newer-refresh-token" });
        onAsked();
      }),
  });
  const renewed = access.current().catch((cause: unknown) => cause);
  await asked;
  setTimeout(() => give(), 500);
  await world.close();
  await renewed;
  world = await openWorld({}, { clock: heldClock(), folder: world.folder });
  expect((await vaultOf().read())?.tokens.refreshToken).toBe("a-newer-refresh-token");
});
