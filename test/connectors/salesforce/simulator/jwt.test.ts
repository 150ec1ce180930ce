import { describe, expect, it } from "vitest";
import { z } from "zod";
import { demoCredentials, type SalesforceSimulatorOptions } from "../../../../connectors/salesforce/simulator/index.ts";
import { keyPair, signed } from "./assertion.ts";
import { ids, requestToken, sampleOrg, wednesday } from "./sampleOrg.ts";

const { publicKey, privateKey } = keyPair();
const stranger = keyPair();

const seconds = Math.floor(wednesday / 1000);
const good = {
  iss: demoCredentials.clientId,
  sub: "ines@hub.example",
  aud: "https://login.salesforce.com",
  exp: seconds + 180,
};
const grant_type = "urn:ietf:params:oauth:grant-type:jwt-bearer";

async function answerTo(assertion: string, options: SalesforceSimulatorOptions = {}) {
  const { simulator } = await sampleOrg({ jwtCertificate: publicKey, ...options });
  const reply = await requestToken(simulator, { grant_type, assertion });
  return { simulator, status: reply.status, body: z.record(z.string(), z.string()).parse(await reply.json()) };
}

describe("the JWT bearer flow", () => {
  it.each(["https://login.salesforce.com", "https://test.salesforce.com", "http://localhost"])(
    "gives the named user a session and no refresh token, for the audience %s",
    async (aud) => {
      const { simulator, status, body } = await answerTo(signed(privateKey, { ...good, aud }));
      expect(status).toBe(200);
      expect(Object.keys(body)).not.toContain("refresh_token");
      expect(body.id).toBe(`http://localhost/id/00DHs0000000001MAA/${ids.user(1)}`);
      const headers = { authorization: `Bearer ${body.access_token}` };
      expect((await simulator.app.request("/services/data/v62.0/limits", { headers })).status).toBe(200);
    },
  );

  it("takes a time up to five minutes ahead, as a number or as digits", async () => {
    expect((await answerTo(signed(privateKey, { ...good, exp: seconds + 300 }))).status).toBe(200);
    expect((await answerTo(signed(privateKey, { ...good, exp: String(seconds + 60) }))).status).toBe(200);
  });

  it.each([
    ["nothing", "", "invalid_grant", "invalid assertion"],
    ["no token", "abc", "invalid_grant", "invalid assertion"],
    ["a body that is no JSON", `${signed(privateKey, good).split(".")[0]}.%%%.x`, "invalid_grant", "invalid assertion"],
    ["a part too many", `${signed(privateKey, good)}.x`, "invalid_grant", "invalid assertion"],
    ["another algorithm", signed(privateKey, good, "HS256"), "invalid_grant", "invalid assertion"],
    ["no signature", signed(privateKey, good).replace(/[^.]*$/, ""), "invalid_grant", "invalid assertion"],
    ["another key's signature", signed(stranger.privateKey, good), "invalid_grant", "invalid assertion"],
    ["no user", signed(privateKey, { ...good, sub: undefined }), "invalid_grant", "invalid assertion"],
    ["no time", signed(privateKey, { ...good, exp: undefined }), "invalid_grant", "invalid assertion"],
    ["a time in an hour", signed(privateKey, { ...good, exp: seconds + 3600 }), "invalid_grant", "invalid assertion"],
    ["milliseconds", signed(privateKey, { ...good, exp: wednesday + 1000 }), "invalid_grant", "invalid assertion"],
    ["another app", signed(privateKey, { ...good, iss: "x" }), "invalid_client_id", "client identifier invalid"],
    ["another host", signed(privateKey, { ...good, aud: "https://x.example" }), "invalid_grant", "audience is invalid"],
    ["two audiences", signed(privateKey, { ...good, aud: [good.aud] }), "invalid_grant", "invalid assertion"],
    [
      "a time that is past",
      signed(privateKey, { ...good, exp: seconds }),
      "invalid_grant",
      "expired authorization code",
    ],
    [
      "an unknown user",
      signed(privateKey, { ...good, sub: "nobody@hub.example" }),
      "invalid_grant",
      "user hasn't approved this consumer",
    ],
  ])("refuses %s", async (_title, assertion, error, error_description) => {
    const { status, body } = await answerTo(assertion);
    expect([status, body]).toEqual([400, { error, error_description }]);
  });

  it("refuses claims that were changed after signing", async () => {
    const [head, , signature] = signed(privateKey, { ...good, sub: "nobody@hub.example" }).split(".");
    const body = Buffer.from(JSON.stringify(good)).toString("base64url");
    expect((await answerTo(`${head}.${body}.${signature}`)).body.error_description).toBe("invalid assertion");
  });

  it("refuses users the app is not approved for, and everyone where no certificate was uploaded", async () => {
    const assertion = signed(privateKey, good);
    const unapproved = await answerTo(assertion, { jwtApprovedUsernames: ["someone@hub.example"] });
    expect(unapproved.body.error_description).toBe("user hasn't approved this consumer");
    const bare = await answerTo(assertion, { jwtCertificate: null });
    expect(bare.body.error_description).toBe("invalid assertion");
  });

  it("refuses a user who has left", async () => {
    const { simulator } = await sampleOrg({ jwtCertificate: publicKey });
    const [user] = simulator.state.rows("User");
    simulator.load({
      orgId: "00DHs0000000001MAA",
      objects: { User: [{ Id: ids.user(1), Username: String(user?.Username), LastName: "Ines", IsActive: false }] },
    });
    const reply = await requestToken(simulator, { grant_type, assertion: signed(privateKey, good) });
    expect(await reply.json()).toEqual({ error: "inactive_user", error_description: "user is inactive" });
  });
});
