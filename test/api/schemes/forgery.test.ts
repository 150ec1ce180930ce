import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readSources } from "../../house/files.ts";
import { heldClock, noon, openWorld, removeFolder, type World } from "../../hub/world.ts";
import { type Sender, type Sent, withProof, withTime } from "./sender.ts";
import { connections, senders } from "./senders.ts";

/* Every forgery against every scheme. The hub stands at noon, so what is signed then is in time. */

let world: World;
const open = async () => {
  world = await openWorld(connections, { clock: heldClock() });
};
const close = async () => {
  await world.close();
  removeFolder(world.folder);
};
const post = ({ path, headers, body }: Sent) => world.app.request(path, { method: "POST", headers, body });

const nowMs = Date.parse(noon);
type Forgery = (sender: Sender) => Sent | Promise<Sent>;
const good = (sender: Sender) => sender.send(sender.body(1));
const proof =
  (change: (text: string) => string | undefined): Forgery =>
  async (sender) =>
    withProof(sender, await good(sender), change);
const time =
  (change: (text: string) => string): Forgery =>
  async (sender) =>
    withTime(sender, await good(sender), change);

const againstAll: Record<string, Forgery> = {
  "no proof": proof(() => undefined),
  "an empty proof": proof(() => ""),
  "another secret": (sender) => sender.send(sender.body(1), { secret: "another secret of the test, long enough" }),
  "the empty secret's name": proof(() => "undefined"),
  "one bit flipped": proof((text) => (/^a/i.test(text) ? "B" : "A") + text.slice(1)),
  "cut short": proof((text) => text.slice(0, 20)),
  "bytes after it": proof((text) => `${text}AAAA`),
  "twice in one": proof((text) => `${text}${text}`),
  "no letters at all": proof(() => "§§§"),
  "a thousand times": proof((text) => `${text.slice(1)} `.repeat(1_000) + text),
  "the secret in the query": async (sender) => {
    const bare = withProof(sender, await good(sender), () => undefined);
    return { ...bare, path: `${bare.path}?secret=${encodeURIComponent(sender.secret)}` };
  },
  "the secret itself for a proof, beside the wrong one": async (sender) => {
    const wrong = await sender.send(sender.body(1), { secret: "another secret of the test, long enough" });
    return { ...wrong, headers: { ...wrong.headers, "x-secret": sender.secret } };
  },
  "of a body that is not read": async (sender) => ({
    ...withProof(sender, await good(sender), (text) => text.slice(1)),
    body: "{{{",
  }),
};

const againstSignatures: Record<string, Forgery> = {
  "of another body": async (sender) => ({ ...(await good(sender)), body: sender.body(2) }),
  "of the body written differently": async (sender) => ({ ...(await good(sender)), body: `${sender.body(1)} ` }),
  "of the body cut short": async (sender) => ({ ...(await good(sender)), body: sender.body(1).slice(0, -1) }),
  "in the other encoding": async (sender) => {
    const { encoding } = sender.proof as { encoding: "hex" | "base64" };
    const other = encoding === "hex" ? "base64" : "hex";
    return withProof(sender, await good(sender), (text) => Buffer.from(text, encoding).toString(other));
  },
  "in base64url": async (sender) => {
    const { encoding } = sender.proof as { encoding: "hex" | "base64" };
    return withProof(sender, await good(sender), (text) => `${Buffer.from(text, encoding).toString("base64url")}_`);
  },
  "of an older version": async (sender) => {
    const { header, mark } = sender.proof as { header: string; mark: string };
    const sent = await good(sender);
    const written = sent.headers[header] ?? "";
    const older = mark === "" ? `v0=${written}` : written.replace(mark, mark === "v1," ? "v1a," : `0${mark}`);
    return { ...sent, headers: { ...sent.headers, [header]: older } };
  },
};

const againstTimes: Record<string, Forgery> = {
  "five minutes and a second old": (sender) => sender.send(sender.body(1), { atMs: nowMs - 301_000 }),
  "five minutes and a second ahead": (sender) => sender.send(sender.body(1), { atMs: nowMs + 301_000 }),
  "the time of another signature": time((text) => String(Number(text) - 1)),
  "another unit": time((text) => (text.length > 10 ? text.slice(0, -3) : `${text}000`)),
  "no number": time(() => "NaN"),
  "a negative time": time((text) => `-${text}`),
  "an absurd time": time(() => "1e18"),
  "no time": time(() => ""),
};

function forgeriesOf({ proof: place, time: timed }: Sender): [string, Forgery][] {
  const isSigned = "encoding" in place;
  return Object.entries({ ...againstAll, ...(isSigned ? againstSignatures : {}), ...(timed ? againstTimes : {}) });
}

describe("none of the forgeries is taken, nor leaves a row but the audit's:", () => {
  beforeAll(open);
  afterAll(close);

  test.each(senders.map((sender) => [sender.connection, sender] as const))("%s", async (connection, sender) => {
    const answers: [string, number][] = [];
    for (const [name, forge] of forgeriesOf(sender)) answers.push([name, (await post(await forge(sender))).status]);
    expect(answers.filter(([, status]) => status !== 401)).toEqual([]);
    expect(answers.length).toBeGreaterThanOrEqual(13);
    expect(await world.rows("inbox")).toEqual([]);
    const errors = (await world.rows("errors")).filter((row) => row.connection === connection);
    expect(errors).toMatchObject([{ class: "signature", step: "hook", status: "open" }]);
  });

  test("one sender's proof is no proof at another's door", async () => {
    const statuses: number[] = [];
    for (const sender of senders) {
      const sent = await good(sender);
      for (const { connection } of senders.filter((other) => other.secret !== sender.secret)) {
        statuses.push((await post({ ...sent, path: `/hooks/${connection}` })).status);
      }
    }
    expect(new Set(statuses)).toEqual(new Set([401]));
  });

  test("a connection that allows HubSpot's newer signatures only refuses the older ones", async () => {
    const [v1, v2] = ["hubspot-v1", "hubspot-v2"].map((name) => senders.find(({ connection }) => connection === name));
    if (!v1 || !v2) throw new Error("no HubSpot among the senders");
    const byV1 = await v1.send(v1.body(1), { secret: v2.secret });
    expect((await post({ ...byV1, path: "/hooks/hubspot-v2" })).status).toBe(401);
    // Beside a signature v3 that is wrong, a right one of version 1 counts for nothing.
    const downgraded = await v1.send(v1.body(1));
    const headers = { ...downgraded.headers, "x-hubspot-signature-v3": "AAAA", "x-hubspot-request-timestamp": "1" };
    expect((await post({ ...downgraded, headers })).status).toBe(401);
    expect(await world.rows("inbox")).toEqual([]);
  });
});

describe("the real sender is taken:", () => {
  beforeAll(open);
  afterAll(close);
  const kept = async (connection: string) =>
    (await world.rows("inbox")).filter((row) => row.connection === connection).length;

  test.each(senders.map((sender) => [sender.connection, sender] as const))("%s", async (connection, sender) => {
    const first = await post(await good(sender));
    expect(first.status).toBe(200);
    expect((await post(await good(sender))).status).toBe(200); // again: no effect
    const other = await sender.send(sender.body(1, "worded otherwise"));
    expect((await post(other)).status).toBe(sender.conflict);
    expect(await kept(connection)).toBe(1);
    const atTheEdge = await sender.send(sender.body(2), { atMs: nowMs - 300_000 });
    expect((await post(atTheEdge)).status).toBe(200);
    expect(await kept(connection)).toBe(2);
  });
});

describe("while a sender changes its secret", () => {
  beforeAll(async () => {
    const changed = senders
      .filter(({ entry }) => entry.connector === "webhook")
      .map(({ connection, entry, secret }) => {
        const fresh = secret.startsWith("whsec_")
          ? `whsec_${Buffer.alloc(32, 7).toString("base64")}`
          : "the secret that is new";
        const config = { ...(entry.config as object), secret: fresh, previous_secret: secret };
        return [connection, { ...entry, config }];
      });
    world = await openWorld(Object.fromEntries(changed), { clock: heldClock() });
  });
  afterAll(close);

  test("the one before counts as well, of every scheme", async () => {
    const statuses: [string, number][] = [];
    for (const sender of senders.filter(({ entry }) => entry.connector === "webhook")) {
      statuses.push([sender.connection, (await post(await good(sender))).status]);
    }
    expect(statuses.filter(([, status]) => status !== 200)).toEqual([]);
  });

  test("one good signature among several in the header is enough", async () => {
    const sender = senders.find(({ connection }) => connection === "stripe");
    if (!sender) throw new Error("no Stripe among the senders");
    const sent = withProof(sender, await sender.send(sender.body(3)), (text) => `${"0".repeat(64)},v1=${text}`);
    expect((await post(sent)).status).toBe(200);
  });
});

test("one verifier checks them all: no connector has digests or comparisons of its own for webhooks", () => {
  const own = [...readSources("connectors")]
    .filter(([path]) => /^connectors\/(webhook\/|\w+\/webhook\.ts)/.test(path))
    .filter(([, text]) => /node:crypto|createHmac|hmacSha256|sameDigest|timingSafeEqual/.test(text));
  expect(own.map(([path]) => path)).toEqual([]);
});
