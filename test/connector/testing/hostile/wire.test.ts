import {
  createWire,
  cutConnection,
  endlessBody,
  htmlInstead,
  serverError,
  tooMany,
  truncatedJson,
  type WireTrouble,
} from "journey-hub/connector/testing";
import { describe, expect, test } from "vitest";
import { serveOnLoopback } from "../../../../src/connector/testing/hostile/serve.ts";
import { virtualClock } from "../../../../src/lib/clock.ts";

const clock = virtualClock("2026-03-18T12:00:00.000Z");
const right = async () => Response.json({ records: ["one", "two", "three"] });
const request = () => new Request("http://acme.example/things");
const refuse = (headers: Record<string, string>) => new Response("slow down", { status: 429, headers });
const slowDown = (retryAfter: "seconds" | "date" | "missing" | "absurd") =>
  tooMany(refuse, { now: clock.now, retryAfter, source: "unverified" });

/** A wire with one trouble that strikes every second request on average. */
function wireWith(trouble: WireTrouble, seed = 1) {
  const wire = createWire({ now: clock.now, troubles: [trouble] });
  wire.beset({ seed, level: "extreme" });
  return wire;
}

/** The first answer that was struck. */
async function struckBy(trouble: WireTrouble): Promise<Response> {
  const wire = wireWith(trouble);
  for (let n = 0; n < 20; n++) {
    const answer = await wire.pass(request(), right);
    if ((wire.door().struck[trouble.name] ?? 0) > 0) return answer;
  }
  throw new Error(`${trouble.name} never struck`);
}

describe("a trouble on the wire", () => {
  test.each<[WireTrouble, number, string]>([
    [serverError(500), 500, ""],
    [serverError(503, '{"error":"maintenance"}'), 503, '{"error":"maintenance"}'],
    [slowDown("seconds"), 429, "slow down"],
  ])("$name answers with its status and body", async (trouble, status, body) => {
    const answer = await struckBy(trouble);
    expect([answer.status, await answer.text()]).toEqual([status, body]);
  });

  test("html instead of JSON says it is HTML", async () => {
    const answer = await struckBy(htmlInstead(200));
    expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
    expect(await answer.text()).toMatch(/^<!DOCTYPE html>/);
  });

  test("truncated JSON is 200 and breaks off", async () => {
    const answer = await struckBy(truncatedJson);
    const text = await answer.text();
    expect(answer.status).toBe(200);
    expect('{"records":["one","two","three"]}'.startsWith(text)).toBe(true);
    expect(() => JSON.parse(text)).toThrow(SyntaxError);
  });

  test.each([
    ["seconds", /^\d+$/],
    ["date", /^\w{3}, \d{2} \w{3} 2026 12:00:\d{2} GMT$/],
    ["absurd", /^soon$/],
  ] as const)("Retry-After comes as %s", async (kind, shape) => {
    expect((await struckBy(slowDown(kind))).headers.get("retry-after")).toMatch(shape);
  });

  test("Retry-After can be missing", async () => {
    expect((await struckBy(slowDown("missing"))).headers.get("retry-after")).toBeNull();
  });

  test("a cut connection reaches the client as one, after the request took its effect", async () => {
    let effects = 0;
    const wire = wireWith(cutConnection);
    const answer = async () => {
      effects += 1;
      return right();
    };
    const { url, close } = await serveOnLoopback((incoming) => wire.pass(incoming, answer));
    const outcomes = [];
    for (let n = 0; n < 12; n++) {
      outcomes.push(
        await fetch(url)
          .then((reply) => reply.text())
          .then(
            () => "answered",
            () => "cut",
          ),
      );
    }
    await close();
    const cuts = outcomes.filter((outcome) => outcome === "cut").length;
    expect([effects, cuts]).toEqual([12, wire.door().struck["cut-connection"]]);
    expect(cuts).toBeGreaterThan(0);
  });

  test("an endless body begins, and ends only when the client gives up", async () => {
    const wire = wireWith(endlessBody);
    const { url, close } = await serveOnLoopback((incoming) => wire.pass(incoming, right));
    let endless = "";
    for (let n = 0; n < 20 && endless === ""; n++) {
      const { body } = await fetch(url);
      const reader = body?.getReader();
      const first = await reader?.read();
      if ((wire.door().struck["endless-body"] ?? 0) > 0) endless = new TextDecoder().decode(first?.value);
      await reader?.cancel();
    }
    await close();
    expect('{"records":["one","two","three"]}'.startsWith(endless)).toBe(true);
    expect(endless.length).toBe(16);
  });
});

describe("the wire", () => {
  const statuses = async (seed: number) => {
    const wire = createWire({ now: clock.now, troubles: [serverError(500), serverError(502), serverError(504)] });
    wire.beset({ seed, level: "high" });
    const answers = [];
    for (let n = 0; n < 200; n++) answers.push((await wire.pass(request(), right)).status);
    return answers;
  };

  test("strikes by the seed: the same again, another with another", async () => {
    const one = await statuses(7);
    expect(await statuses(7)).toEqual(one);
    expect(await statuses(8)).not.toEqual(one);
  });

  test("strikes about as many requests as the level says, with every trouble it has", async () => {
    const answers = await statuses(7);
    const struck = answers.filter((status) => status !== 200).length;
    expect(struck).toBeGreaterThan(20);
    expect(struck).toBeLessThan(60);
    expect(new Set(answers)).toEqual(new Set([200, 500, 502, 504]));
  });

  test("never makes more requests needed than a fifth above the level, whatever the luck: else no client could keep the contract", async () => {
    const refused = { ...serverError(503), name: "session-refused", costs: 2 };
    for (let seed = 1; seed <= 60; seed++) {
      const wire = createWire({ now: clock.now, troubles: [serverError(500), refused] });
      wire.beset({ seed, level: "high" });
      for (let n = 1; n <= 100; n++) {
        await wire.pass(request(), right);
        const { "server-error-500": failed = 0, "session-refused": signedOut = 0 } = wire.door().struck;
        expect(failed + 2 * signedOut, `seed ${seed}, request ${n}`).toBeLessThanOrEqual(0.24 * n + 2);
      }
    }
  });

  test("strikes nothing at level none, nor by what was not asked for", async () => {
    const wire = createWire({ now: clock.now, troubles: [serverError(500), serverError(502)] });
    wire.beset({ seed: 1, level: "extreme", only: ["server-error-502"] });
    for (let n = 0; n < 50; n++) await wire.pass(request(), right);
    expect(Object.keys(wire.door().struck)).toEqual(["server-error-502"]);
    const before = wire.door().struck["server-error-502"];
    wire.beset({ seed: 1, level: "none" });
    for (let n = 0; n < 50; n++) await wire.pass(request(), right);
    expect(wire.door()).toEqual({ requests: 100, overLimit: 0, tooEarly: 0, struck: { "server-error-502": before } });
  });

  test("tells the vendor's time in every answer", async () => {
    const wire = createWire({ now: () => Date.parse("2026-03-18T09:30:00.900Z"), troubles: [] });
    const answer = await wire.pass(request(), right);
    expect(answer.headers.get("date")).toBe("Wed, 18 Mar 2026 09:30:00 GMT");
  });

  test("counts who comes again before Retry-After has run out, and not who waits", async () => {
    const ownClock = virtualClock("2026-03-18T12:00:00.000Z");
    const wire = createWire({ now: ownClock.now, troubles: [] });
    await wire.pass(request(), async () => refuse({ "retry-after": "10" }));
    ownClock.advance(9_999);
    await wire.pass(request(), right);
    expect(wire.door().tooEarly).toBe(1);
    ownClock.advance(1);
    await wire.pass(request(), right);
    expect(wire.door().tooEarly).toBe(1);
  });
});
