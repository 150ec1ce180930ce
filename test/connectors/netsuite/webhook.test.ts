import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { runInNewContext } from "node:vm";
import type { IncomingWebhook } from "journey-hub/connector";
import { describe, expect, test } from "vitest";
import netsuite from "../../../connectors/netsuite/index.ts";
import { demoConfig } from "./account.ts";

const { webhook } = netsuite;
if (!webhook) throw new Error("NetSuite has webhooks");
const secret = "the API secret of the test";
const config = netsuite.config.parse({ ...demoConfig, webhook_secret: secret });
const script = readFileSync(
  new URL("../../../connectors/netsuite/suitescript/journey_hub_user_event.js", import.meta.url),
  "utf8",
);

interface Posted {
  url: string;
  body: string;
  headers: Record<string, string>;
}

/** The script in what stands for NetSuite's modules; `answer` is what the hub answers, an error that it is not reached. */
function runScript(context: object, answer: number | Error = 200) {
  const posted: Posted[] = [];
  const logged: string[] = [];
  const parameters: Record<string, string> = {
    custscript_journey_hub_url: "https://hub.example/hooks/netsuite",
    custscript_journey_hub_secret: "custsecret_journey_hub",
  };
  const modules: Record<string, unknown> = {
    "N/crypto": {
      HashAlg: { SHA256: "SHA256" },
      createSecretKey: ({ secret: id }: { secret: string }) => (id === "custsecret_journey_hub" ? secret : "?"),
      createHmac: ({ key }: { key: string }) => {
        const hmac = createHmac("sha256", key);
        return {
          update: ({ input }: { input: string }) => hmac.update(input),
          digest: () => hmac.digest("hex").toUpperCase(),
        };
      },
    },
    "N/encode": { Encoding: { UTF_8: "UTF_8", HEX: "HEX" } },
    "N/https": {
      post(request: Posted) {
        posted.push(request);
        if (answer instanceof Error) throw answer;
        return { code: answer };
      },
    },
    "N/log": { error: ({ title }: { title: string }) => logged.push(title) },
    "N/runtime": {
      getCurrentScript: () => ({ getParameter: ({ name }: { name: string }) => parameters[name] }),
    },
  };
  const define = (names: string[], make: (...given: unknown[]) => { afterSubmit(context: object): void }) =>
    make(...names.map((name) => modules[name])).afterSubmit(context);
  runInNewContext(script, { define, Date, JSON, Math, String });
  return { posted, logged };
}

const saved = (type: string, id: number, event = "edit") => ({ type: event, newRecord: { type, id } });
const incoming = ({ url, body, headers }: Posted): IncomingWebhook => ({
  method: "POST",
  url,
  headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
  body: new TextEncoder().encode(body),
});

describe("the script that is shipped", () => {
  test("signs what the hub accepts, and the hub asks for the record it names", () => {
    const { posted, logged } = runScript(saved("customer", 7));
    const [request] = posted;
    if (!request) throw new Error("nothing was posted");
    expect(logged).toEqual([]);
    expect(webhook.verify(config, incoming(request), Date.now())).toEqual({ accepted: true });
    expect(webhook.verify(config, incoming(request), Date.now() + 400_000).accepted).toBe(false);
    const [delivery] = webhook.deliveries(config, incoming(request));
    expect(webhook.work(config, delivery?.body ?? "")).toEqual({ kind: "changed", stream: "customer", id: "7" });
  });

  test("tells of a deleted record too", () => {
    const { posted } = runScript({ type: "delete", oldRecord: { type: "invoice", id: 9 } });
    expect(JSON.parse(posted[0]?.body ?? "")).toMatchObject({ record: "invoice", id: "9", event: "delete" });
  });

  test.each([500, new Error("the hub is away")])("does not fail the save for %s, but writes it down", (answer) => {
    expect(runScript(saved("customer", 7), answer).logged).toHaveLength(1);
  });
});

describe("what it tells", () => {
  const work = (record: string) => webhook.work(config, JSON.stringify({ record, id: "7", event: "edit", at: 1 }));

  test.each([
    ["salesorder", "salesorder"],
    ["lead", "customer"],
    ["prospect", "customer"],
    ["customrecord_membership", "customrecord_membership"],
  ])("of a %s asks for a %s", (record, stream) => {
    expect(work(record)).toEqual({ kind: "changed", stream, id: "7" });
  });

  test.each(["inventoryitem", "constructor"])("of %s, which is not read, asks for nothing", (record) => {
    expect(work(record)).toEqual({ kind: "nothing", why: `${record} is not read` });
  });

  test.each([
    ["no JSON", "hello", "is not valid JSON"],
    ["no id", '{"record":"customer","event":"edit","at":1}', "not what our script sends: id"],
    [
      "an id of no record",
      '{"record":"customer","id":"1 or 1=1","event":"edit","at":1}',
      "not what our script sends: id",
    ],
  ])("with %s is malformed", (_, body, message) => {
    const request = incoming({ url: "https://hub.example/hooks/netsuite", body, headers: {} });
    expect(() => webhook.deliveries(config, request)).toThrow(message);
  });

  test("counts only where a secret is set", () => {
    expect(webhook.missing(netsuite.config.parse(demoConfig))).toContain("webhook_secret is not set");
    expect(webhook.missing(config)).toBeNull();
  });
});
