import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { demoCredentials, sfId } from "../../../../connectors/salesforce/simulator/index.ts";
import { emptySeed, requestToken, sampleOrg } from "./sampleOrg.ts";

const folder = new URL("../../../fixtures/salesforce/", import.meta.url);
const recorded = (name: string): unknown => JSON.parse(readFileSync(new URL(`restforce-${name}.json`, folder), "utf8"));

/** The member names and kinds of a body: `{ totalSize: "number", records: [{ … }] }`; nulls fit any kind. */
function shape(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? [] : [shape(value[0])];
  if (typeof value !== "object" || value === null) return value === null ? "null" : typeof value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, shape(member)]));
}

describe("recorded bodies of the real API", () => {
  it("all parse", () => {
    const files = readdirSync(folder).filter((name) => name.endsWith(".json"));
    expect(files).toHaveLength(33);
    for (const file of files) expect(() => JSON.parse(readFileSync(new URL(file, folder), "utf8"))).not.toThrow();
  });

  it.each([
    ["expired_session_response", "/limits", { headers: { authorization: "Bearer old" } }],
    ["sobject-sobject_describe_error_response", "/sobjects/Whizbang/describe", {}],
    ["sobject-query_empty_response", "/query?q=SELECT+Id+FROM+Lead+LIMIT+0", {}],
  ])("%s is our answer to the letter", async (name, path, init) => {
    const { call } = await sampleOrg();
    expect(await (await call(path, init)).json()).toEqual(recorded(name));
  });

  it.each([
    ["sobject-sobject_find_error_response", "GET", "/sobjects/Contact/23foo", undefined],
    ["sobject-delete_error_response", "DELETE", "/sobjects/Contact/rid", undefined],
    ["sobject-upsert_error_response", "PATCH", "/sobjects/Contact/Namez/1", {}],
  ])("%s is our answer to %s %s", async (name, method, path, body) => {
    const { call, send } = await sampleOrg();
    const reply = body ? await send(method, path, body) : await call(path, { method });
    expect([reply.status, await reply.json()]).toEqual([404, recorded(name)]);
  });

  it("sobject-write_error_response is worded as our refusal of an unknown column", async () => {
    const { send } = await sampleOrg();
    const reply = await send("POST", "/sobjects/Contact", { LastName: "x", foo: 1 });
    const text = JSON.stringify(recorded("sobject-write_error_response")).replace("type Bar", "type Contact");
    expect(await reply.json()).toEqual(JSON.parse(text));
  });

  it("refresh_error_response is our token endpoint's answer to a stale refresh token", async () => {
    const { simulator } = await sampleOrg();
    const { clientId, clientSecret } = demoCredentials;
    const form = { grant_type: "refresh_token", client_id: clientId, client_secret: clientSecret, refresh_token: "x" };
    expect(await (await requestToken(simulator, form)).json()).toEqual(recorded("refresh_error_response"));
  });

  it("auth_error_response is our token endpoint's answer to a wrong password", async () => {
    const { simulator } = await sampleOrg({ usernamePasswordFlow: true });
    const { clientId, clientSecret, username } = demoCredentials;
    const form = { grant_type: "password", client_id: clientId, client_secret: clientSecret, username, password: "x" };
    expect(await (await requestToken(simulator, form)).json()).toEqual(recorded("auth_error_response"));
  });

  it("token replies have at least the recorded members", async () => {
    const { simulator } = await sampleOrg();
    const { clientId, clientSecret } = demoCredentials;
    const form = { grant_type: "client_credentials", client_id: clientId, client_secret: clientSecret };
    const ours = shape(await (await requestToken(simulator, form)).json());
    for (const name of ["auth_success_response", "reauth_success_response", "refresh_success_response"]) {
      expect(ours).toMatchObject(Object(shape(recorded(name))));
    }
  });

  it.each([
    ["services_data_success_response", ""],
    ["sobject-org_query_response", "/query?q=SELECT+Id+FROM+Organization"],
    ["sobject-create_success_response", "POST /sobjects/Account"],
    ["sobject-upsert_created_success_response", "POST /sobjects/Account"],
    [
      "sobject-get_updated_success_response",
      "/sobjects/Contact/updated?start=2026-03-18T00:00:00Z&end=2026-03-18T10:00:00Z",
    ],
    [
      "sobject-get_deleted_success_response",
      "/sobjects/Contact/deleted?start=2026-03-18T00:00:00Z&end=2026-03-18T10:00:00Z",
    ],
    ["sobject-query_error_response", "/query?q=SELECT+foo+FROM+Contact"],
    [
      "sobject-query_paginated_first_page_response",
      "/query?q=SELECT+Title+FROM+Contact+WHERE+Title+!=+null+OR+LastName+!=+null",
    ],
    ["sobject-query_aggregate_success_response", "/query?q=SELECT+COUNT(Id)+FROM+Contact"],
  ])("%s has the shape of our answer", async (name, request) => {
    const { call, send, simulator } = await sampleOrg({ pageRowsMax: 2 });
    const reply =
      request === ""
        ? await simulator.app.request("/services/data")
        : request.startsWith("POST ")
          ? await send("POST", request.slice(5), { Name: "x" })
          : await call(request);
    const own = names(await reply.json());
    for (const member of names(recorded(name))) {
      if (!/CampaignId|Text_Label/.test(member)) expect(own).toContain(member);
    }
  });

  it("describes have every member the recorded ones have, for objects and for fields", async () => {
    const { call } = await sampleOrg();
    const field = z
      .looseObject({ fields: z.array(z.unknown()) })
      .parse(recorded("sobject-sobject_describe_success_response")).fields[0];
    const ours = z
      .looseObject({ fields: z.array(z.unknown()) })
      .parse(await (await call("/sobjects/Contact/describe")).json());
    expect(names(ours.fields[0])).toEqual(expect.arrayContaining(names(field)));
    const listed = names(await (await call("/sobjects")).json());
    expect(listed).toEqual(expect.arrayContaining(names(recorded("sobject-list_sobjects_success_response"))));
  });

  it("sobject-upsert_multiple_error_response is a list of record paths, as is our 300", async () => {
    const erp = { name: "Erp_Number__c", type: "string", length: 20, externalId: true } as const;
    const rows = [1, 2].map((n) => ({ Id: sfId("003", n), LastName: "Twin", Erp_Number__c: "A1" }));
    const { send } = await sampleOrg(
      { customFields: { Contact: [erp] } },
      { ...emptySeed, objects: { Contact: rows } },
    );
    const ours = await (await send("PATCH", "/sobjects/Contact/Erp_Number__c/A1", { LastName: "x" })).json();
    const path = /^\/services\/data\/v\d+\.0\/sobjects\/\w+\/\w+$/;
    const twoPaths = [expect.stringMatching(path), expect.stringMatching(path)];
    expect([ours, recorded("sobject-upsert_multiple_error_response")]).toEqual([twoPaths, twoPaths]);
  });
});

/** Dotted names of all members of a body, list positions left out. */
function names(value: unknown, prefix = ""): string[] {
  if (Array.isArray(value)) return value.length === 0 ? [] : names(value[0], prefix);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) => [`${prefix}${name}`, ...names(member, `${prefix}${name}.`)]);
}
