import { createTransport, defineConnector, SourceError } from "journey-hub/connector";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { virtualClock } from "../../src/lib/clock.ts";

const secret = z.string().meta({ secret: true });
const limits = { concurrency: 1 };
const transport = createTransport({ limits, clock: virtualClock("2026-03-18T12:00:00.000Z") });

/** A connector of nothing but its settings. */
const withConfig = <Config>(config: z.ZodType<Config>) =>
  defineConnector({
    id: "acme",
    title: "Acme",
    config,
    limits: () => limits,
    open: () => null,
    check: async () => ({ id: "1", name: "Acme" }),
    streams: {},
  });

describe("the secrets of a configuration", () => {
  const inObject = z.object({ url: z.string(), key: secret });
  test.each<[string, z.ZodType, string[]]>([
    ["in a plain object", inObject, ["key"]],
    ["none", z.object({ url: z.string() }), []],
    ["optional", z.object({ key: secret.optional() }), ["key"]],
    ["with a default", z.object({ key: secret.default("x") }), ["key"]],
    ["nullable and optional", z.object({ key: secret.nullable().optional() }), ["key"]],
    ["marked outside the wrapper", z.object({ key: z.string().optional().meta({ secret: true }) }), ["key"]],
    ["transformed", z.object({ key: secret.transform((key) => key.trim()) }), ["key"]],
    ["of a refined object", inObject.refine(() => true), ["key"]],
    ["of a transformed object", inObject.transform(({ key }) => ({ key })), ["key"]],
    ["of two ways to sign in", z.union([inObject, z.object({ token: secret })]), ["key", "token"]],
    [
      "of ways told apart by a field",
      z.discriminatedUnion("kind", [
        z.object({ kind: z.literal("key"), key: secret }),
        z.object({ kind: z.literal("token"), token: secret }),
      ]),
      ["key", "token"],
    ],
    ["of settings put together", z.intersection(inObject, z.object({ token: secret })), ["key", "token"]],
    ["inside a block, which is secret as a whole", z.object({ sign_in: inObject }), ["sign_in"]],
  ])("are found %s", (_, config, names) => {
    expect(withConfig(config).secrets).toEqual(names);
  });
});

describe("a connector", () => {
  const page = { records: [], next: null };
  const connector = defineConnector({
    id: "acme",
    title: "Acme",
    config: z.object({ region: z.string() }),
    limits: () => limits,
    open: ({ region }) => `session in ${region}`,
    check: async (session) => ({ id: "1", name: session }),
    streams: {
      whole: { object: "owners", reference: true, pages: async (session) => ({ ...page, next: session }) },
      incremental: {
        object: "contacts",
        lookBackMs: 1_000,
        idsMax: 2,
        pages: async () => page,
        changes: async (_, { since }) => ({ records: [], next: since }),
        byId: async (session, ids) => ids.map((id) => ({ id, at: null, deleted: false, payload: { session } })),
      },
    },
    writeback: {
      targets: {},
      batchMax: 1,
      concurrency: 1,
      prepare: async (session) => [{ object: session, field: "", created: false, instructions: "" }],
      apply: async (_, __, changes) => changes.map(() => new SourceError("skip", "gone")),
    },
  });
  const open = connector.open({ region: "eu" }, transport);

  test("hands its session to the check, each stream and the write-back", async () => {
    expect(await open.check()).toEqual({ id: "1", name: "session in eu" });
    expect(await open.streams.whole?.pages({ after: null, fields: [] })).toEqual({ ...page, next: "session in eu" });
    expect(await open.streams.incremental?.byId?.(["7"], { fields: [], lane: "poll" })).toMatchObject([
      { payload: { session: "session in eu" } },
    ]);
    expect(await open.writeback?.prepare()).toMatchObject([{ object: "session in eu" }]);
    expect(await open.writeback?.apply("contacts", [{ remote_id: "1", values: {} }])).toHaveLength(1);
  });

  test("lacks what its author left out", () => {
    expect(connector.streamNames).toEqual(["whole", "incremental"]);
    expect(open.streams.whole).not.toHaveProperty("changes");
    expect(open.streams.whole).not.toHaveProperty("byId");
    expect(open.streams.incremental).toMatchObject({ object: "contacts", lookBackMs: 1_000, idsMax: 2 });
    expect(connector).not.toHaveProperty("webhook");
    expect(withConfig(z.object({}))).not.toHaveProperty("writeback");
  });
});
