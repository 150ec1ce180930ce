import {
  createTransport,
  type Granted,
  memoryVault,
  type OAuthFlow,
  openFlow,
  openTokens,
  SourceError,
  type TokenVault,
} from "journey-hub/connector";
import { afterEach, describe, expect, test, vi } from "vitest";
import { virtualClock } from "../../src/lib/clock.ts";
import { type Answer, type LoopbackVendor, loopbackVendor, replies } from "./loopback-vendor.ts";
import { steppedClock } from "./stepped-clock.ts";

const noon = "2026-03-18T12:00:00.000Z";
const hourMs = 3_600_000;

/** A vendor that gives a-1, a-2 … and, where it rotates, takes each refresh token once. */
function createVendor({ rotates = false, expiresInMs = hourMs as number | null } = {}) {
  const vendor = {
    asked: [] as (string | null)[],
    /** What the next questions are answered with in place of tokens. */
    troubles: [] as unknown[],
    good: "r-0",
    /** Runs while the vendor is asked. */
    meanwhile: async () => undefined as unknown,
    async ask({ refreshToken }: { refreshToken: string | null }): Promise<Granted> {
      vendor.asked.push(refreshToken);
      await vendor.meanwhile();
      const trouble = vendor.troubles.shift();
      if (trouble !== undefined) throw trouble;
      if (refreshToken !== vendor.good) throw new SourceError("stop", "expired refresh token", { lostApproval: true });
      const n = vendor.asked.length;
      if (rotates) vendor.good = `r-${n}`;
      const next = rotates ? vendor.good : null;
      return { accessToken: `a-${n}`, refreshToken: next, expiresInMs, scopes: null, address: null, account: null };
    },
  };
  return vendor;
}

type Vendor = ReturnType<typeof createVendor>;

/** A process on a vault, with a refresh token in its settings. */
function createProcess(
  vendor: Vendor,
  { vault = memoryVault(), clock = virtualClock(noon), refreshToken = "r-0" as string | undefined } = {},
) {
  const transport = createTransport({ limits: { concurrency: 8 }, clock });
  const open = (token = refreshToken) =>
    openTokens({ vault, transport, refreshToken: token, lifetimeMs: 2 * hourMs, ask: vendor.ask });
  return { vault, clock, open, tokens: open() };
}

const messageOf = (cause: unknown) =>
  cause instanceof SourceError ? [cause.next, cause.message, cause.details.remedy] : cause;
const failureOf = (work: Promise<unknown>) => work.then((value) => value, messageOf);

test("a token is renewed a minute before its end, once for all who wait, and not before", async () => {
  const vendor = createVendor();
  const { tokens, clock } = createProcess(vendor);
  expect((await tokens.current()).accessToken).toBe("a-1");
  clock.advance(hourMs - 60_001);
  expect((await tokens.current()).accessToken).toBe("a-1");
  clock.advance(1);
  const waiting = await Promise.all(Array.from({ length: 20 }, () => tokens.current()));
  expect(new Set(waiting.map(({ accessToken }) => accessToken))).toEqual(new Set(["a-2"]));
  expect(vendor.asked).toEqual(["r-0", "r-0"]);
});

test("where the vendor names no end, the lifetime it is known for counts", async () => {
  const vendor = createVendor({ expiresInMs: null });
  const { tokens, clock } = createProcess(vendor);
  await tokens.current();
  clock.advance(2 * hourMs - 60_001);
  await tokens.current();
  clock.advance(1);
  await tokens.current();
  expect(vendor.asked).toHaveLength(2);
});

test("a token the vendor refuses is renewed once for all whose requests carried it", async () => {
  const vendor = createVendor();
  const { tokens } = createProcess(vendor);
  const refused = await tokens.current();
  const renewed = await Promise.all([tokens.renewed(refused), tokens.renewed(refused)]);
  expect((await tokens.renewed(refused)).accessToken).toBe("a-2");
  expect(renewed.map(({ accessToken }) => accessToken)).toEqual(["a-2", "a-2"]);
});

test("new tokens are kept before anybody has them", async () => {
  const vendor = createVendor({ rotates: true });
  const steps: string[] = [];
  const vault = memoryVault();
  const watched: TokenVault = {
    ...vault,
    async replace(before, after) {
      const kept = await vault.replace(before, after);
      steps.push(`kept ${after.accessToken || "nothing"} ${after.refreshToken}`);
      return kept;
    },
  };
  const { tokens } = createProcess(vendor, { vault: watched });
  steps.push(`used ${(await tokens.current()).accessToken}`);
  expect(steps).toEqual(["kept nothing r-0", "kept a-1 r-1", "used a-1"]);
});

test("tokens that could not be kept are not asked for again, which would void them: they are kept later", async () => {
  const vendor = createVendor({ rotates: true });
  const vault = memoryVault();
  let isAway = false;
  const failing: TokenVault = {
    ...vault,
    replace: (before, after) => (isAway ? Promise.reject(new Error("no store")) : vault.replace(before, after)),
  };
  const { tokens } = createProcess(vendor, { vault: failing });
  vendor.meanwhile = async () => {
    isAway = true;
  };
  await expect(tokens.current()).rejects.toThrow("no store");
  await expect(tokens.current()).rejects.toThrow("no store");
  isAway = false;
  expect(await tokens.current()).toMatchObject({ accessToken: "a-1", refreshToken: "r-1" });
  expect(vendor.asked).toEqual(["r-0"]);
});

test("processes on one vault renew once between them, and a restart takes what is kept", async () => {
  const vendor = createVendor({ rotates: true });
  const one = createProcess(vendor);
  const other = createProcess(vendor, one);
  const both = await Promise.all([one.tokens.current(), other.tokens.current()]);
  expect(both.map(({ accessToken }) => accessToken)).toEqual(["a-1", "a-1"]);
  expect((await one.open().current()).accessToken).toBe("a-1");
  // The second to be refused finds that the first has renewed.
  const [refused] = both;
  expect((await one.tokens.renewed(refused)).accessToken).toBe("a-2");
  expect((await other.tokens.renewed(refused)).accessToken).toBe("a-2");
  expect(vendor.asked).toEqual(["r-0", "r-1"]);
});

test("a process that died while it renewed holds the others up for little more than a minute", async () => {
  const vendor = createVendor();
  const died = createProcess(vendor);
  vendor.meanwhile = () => new Promise(() => undefined);
  void died.tokens.current();
  await new Promise((resolve) => setImmediate(resolve));
  vendor.meanwhile = async () => undefined;
  const { tokens, clock } = createProcess(vendor, died);
  expect((await tokens.current()).accessToken).toBe("a-2");
  expect(clock.now() - Date.parse(noon)).toBe(75_000);
});

describe("a vendor that is slow to renew", () => {
  const flow: OAuthFlow<{ url: string }> = {
    ...{ vendor: "Acme", what: "Acme sign-in", operation: "acme.token", fields: [], scopes: [], pkce: false },
    uses: () => true,
    authorizeUrl: ({ url }) => url,
    tokenUrl: ({ url }) => url,
    client: () => ({ id: "the app", secret: undefined, proof: "body" }),
    refreshToken: () => "r-0",
  };
  let vendor: LoopbackVendor;
  let clock: ReturnType<typeof steppedClock>;
  let answerNow = (): void => undefined;
  const inAMinute = replies(503, { "retry-after": "50" });

  async function processesOn(...answers: Answer[]) {
    clock = steppedClock(Date.parse(noon));
    vendor = await loopbackVendor(answers);
    const vault = memoryVault();
    const config = { url: vendor.url };
    const open = () => {
      const transport = createTransport({
        limits: { concurrency: 8 },
        clock,
        allowedHosts: [vendor.host],
        random: () => 0,
      });
      return openFlow(flow, { config, transport, vault });
    };
    return [open(), open()] as const;
  }
  const pass = (seconds: number) => clock.run(clock.now() + seconds * 1_000);
  /** Lets time pass until the vendor was asked so often. */
  const asked = (times: number) =>
    vi.waitUntil(async () => vendor.requests.length >= times || (await pass(1)), { timeout: 20_000, interval: 1 });
  afterEach(() => vendor.close());

  test("is shown the refresh token by one process, however long its attempts take together; the others wait", async () => {
    const granted = JSON.stringify({ access_token: "a-1", refresh_token: "r-1", expires_in: 3600 });
    const [one, other] = await processesOn(inAMinute, inAMinute, (response) => {
      answerNow = () => response.writeHead(200, { "content-type": "application/json" }).end(granted);
    });
    const both = [one.current()];
    await asked(3);
    both.push(other.current());
    await pass(60);
    expect(vendor.requests).toHaveLength(3);
    answerNow();
    await both[0];
    await pass(1);
    expect((await Promise.all(both)).map(({ accessToken }) => accessToken)).toEqual(["a-1", "a-1"]);
    expect(vendor.requests).toHaveLength(3);
  });
});

test("an approval that is over stops with how to approve again, and is not shown to the vendor with each poll", async () => {
  const vendor = createVendor();
  vendor.good = "r-9";
  const { tokens, clock, vault } = createProcess(vendor);
  const over = ["stop", "expired refresh token", vault.approval];
  expect(await failureOf(tokens.current())).toEqual(over);
  clock.advance(5 * 60_000);
  expect(await failureOf(tokens.current())).toEqual(over);
  expect(vendor.asked).toHaveLength(1);
  clock.advance(5 * 60_000);
  expect(await failureOf(tokens.current())).toEqual(over);
  expect(vendor.asked).toHaveLength(2);
});

test("once it is approved again it goes on at once", async () => {
  const vendor = createVendor();
  vendor.good = "r-9";
  const { tokens, vault } = createProcess(vendor);
  await failureOf(tokens.current());
  const kept = await vault.read();
  if (!kept) throw new Error("nothing was kept");
  await vault.replace(kept, { ...kept.tokens, refreshToken: "r-9", accessToken: "" });
  expect((await tokens.current()).accessToken).toBe("a-2");
});

test("a failure of the vendor's is no end of the approval: the next call asks again", async () => {
  const vendor = createVendor();
  vendor.troubles.push(new SourceError("retry", "Acme answered 503"));
  const { tokens } = createProcess(vendor);
  expect(await failureOf(tokens.current())).toEqual(["retry", "Acme answered 503", undefined]);
  expect((await tokens.current()).accessToken).toBe("a-2");
});

test("another refresh token that the vendor refuses leaves what came from the one before, which goes on", async () => {
  const vendor = createVendor({ rotates: true });
  const { tokens, open, clock } = createProcess(vendor);
  await tokens.current();
  expect(await failureOf(open("r-mistyped").current())).toContain("expired refresh token");
  clock.advance(hourMs);
  expect((await tokens.current()).accessToken).toBe("a-3");
  expect(vendor.asked).toEqual(["r-0", "r-mistyped", "r-1"]);
});

test("another refresh token in the settings takes the place of what came from the one before", async () => {
  const vendor = createVendor();
  const { tokens, open } = createProcess(vendor);
  await tokens.current();
  vendor.good = "r-new";
  expect((await open("r-new").current()).accessToken).toBe("a-2");
  expect(vendor.asked).toEqual(["r-0", "r-new"]);
});
