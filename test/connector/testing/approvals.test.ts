import { createApprovals } from "journey-hub/connector/testing";
import { describe, expect, test } from "vitest";
import { challengeOf } from "../../../src/connector/oauth.ts";

const redirect_uri = "https://hub.example/connect/callback";
const verifier = "a-verifier-of-at-least-forty-three-characters";
const asked = {
  response_type: "code",
  client_id: "app",
  redirect_uri,
  scope: "read write",
  state: "s-1",
  code_challenge: challengeOf(verifier),
  code_challenge_method: "S256",
};
const shown = { redirect_uri, code_verifier: verifier };

function start(more: Partial<Parameters<typeof createApprovals>[0]> = {}) {
  const time = { ms: 0 };
  const approvals = createApprovals({
    clientId: "app",
    now: () => time.ms,
    redirectUris: [redirect_uri],
    scopes: ["read", "write"],
    pkce: "required",
    ...more,
  });
  const authorize = (query: Record<string, string | undefined>): Record<string, string> => {
    const given = new URLSearchParams();
    for (const [name, value] of Object.entries(query)) if (value !== undefined) given.set(name, value);
    const answer = approvals.authorize(given);
    return "to" in answer ? Object.fromEntries(new URL(answer.to).searchParams) : answer;
  };
  const code = () => String(authorize(asked).code);
  const redeem = (form: Record<string, string>) => approvals.redeem(new URLSearchParams(form));
  return { approvals, time, authorize, code, redeem };
}

describe("a person's answer", () => {
  test("is a code with the state, good for one exchange", () => {
    const { authorize, redeem } = start();
    const { code = "", ...rest } = authorize(asked);
    expect(rest).toEqual({ state: "s-1" });
    expect(redeem({ ...shown, code })).toEqual({ scopes: ["read", "write"] });
    expect(redeem({ ...shown, code })).toBe("unknown code");
  });

  test("may be no", () => {
    const { approvals, authorize } = start();
    approvals.consent = "denied";
    expect(authorize(asked)).toEqual({
      state: "s-1",
      error: "access_denied",
      error_description: "end-user denied authorization",
    });
  });

  test.each([
    [{ client_id: "another" }, { refused: "invalid_client_id" }],
    [{ redirect_uri: `${redirect_uri}/` }, { refused: "redirect_uri_mismatch" }],
    [{ redirect_uri: undefined }, { refused: "redirect_uri_mismatch" }],
    [{ response_type: "token" }, expect.objectContaining({ error: "unsupported_response_type" })],
    [{ scope: "read erase" }, expect.objectContaining({ error: "invalid_scope" })],
    [{ optional_scope: "erase" }, expect.objectContaining({ error: "invalid_scope" })],
    [{ code_challenge: undefined }, expect.objectContaining({ error: "invalid_request" })],
    [{ code_challenge_method: "plain" }, expect.objectContaining({ error: "invalid_request" })],
  ])("is not asked for with %j", (change, answer) => {
    expect(start().authorize({ ...asked, ...change })).toEqual(answer);
  });
});

describe("a code", () => {
  test.each([
    ["another redirect_uri", { ...shown, redirect_uri: "https://hub.example/" }],
    ["wrong verifier", { ...shown, code_verifier: `${verifier}x` }],
    ["wrong verifier", { redirect_uri }],
  ])("is refused for: %s, and is gone then", (refusal, form) => {
    const { code, redeem } = start();
    const given = code();
    expect(redeem({ ...form, code: given })).toBe(refusal);
    expect(redeem({ ...shown, code: given })).toBe("unknown code");
  });

  test("ends after ten minutes", () => {
    const { code, redeem, time } = start();
    const given = code();
    time.ms = 10 * 60_000;
    expect(redeem({ ...shown, code: given })).toBe("unknown code");
  });
});

describe("a refresh token", () => {
  const everything = { scopes: null };

  test("stays, or is replaced with each use where the vendor rotates them", () => {
    const rotation = { isOn: false };
    const { approvals } = start({ rotates: () => rotation.isOn });
    const token = approvals.issue(everything);
    expect(approvals.refresh(token)).toEqual({ scopes: null, refreshToken: null });
    rotation.isOn = true;
    const next = approvals.refresh(token)?.refreshToken ?? "";
    expect([approvals.refresh(token), approvals.refresh(next)]).toEqual([
      null,
      { scopes: null, refreshToken: expect.any(String) },
    ]);
  });

  test("can be withdrawn, one or all", () => {
    const { approvals } = start({ refreshTokens: ["given"] });
    const token = approvals.issue(everything);
    expect([approvals.revoke(token), approvals.revoke(token), approvals.refresh(token)]).toEqual([true, false, null]);
    expect(approvals.refresh("given")).toEqual({ scopes: null, refreshToken: null });
    approvals.revoke();
    expect(approvals.refresh("given")).toBeNull();
  });
});
