import { createHmac } from "node:crypto";
import type { IncomingWebhook, WebhookDeclaration } from "journey-hub/connector";
import connector from "../../../connectors/webhook/index.ts";

/** The vector of the Standard Webhooks specification. */
export const vector = {
  secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
  id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
  timestamp: "1614265330",
  body: '{"test": 2432232314}',
  signature: "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
};

export const otherSecret = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

export function hook(config: object): { config: unknown; webhook: WebhookDeclaration<unknown> } {
  const { webhook } = connector;
  if (!webhook) throw new Error("the webhook connector receives webhooks");
  return { config: connector.config.parse(config), webhook };
}

export function request(headers: Record<string, string>, body: string | Uint8Array): IncomingWebhook {
  const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
  return { method: "POST", url: "https://hub.example/hooks/website", headers, body: bytes };
}

/** Signs as a Standard Webhooks sender does. */
export function standardSignature(message: {
  secret?: string;
  id?: string;
  timestamp?: string;
  body?: string;
}): string {
  const { secret, id, timestamp, body } = { ...vector, ...message };
  const key = Buffer.from(secret.replace("whsec_", ""), "base64");
  return `v1,${createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64")}`;
}
