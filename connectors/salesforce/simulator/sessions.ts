import { createHmac } from "node:crypto";

/** Access tokens and when they lapse. Tokens are made from a counter, so a simulated run is repeatable. */
export class Sessions {
  readonly #expiries = new Map<string, number>();
  readonly #lifetimeMs: number;
  readonly #now: () => number;
  #issued = 0;

  constructor(lifetimeSeconds: number, now: () => number) {
    this.#lifetimeMs = lifetimeSeconds * 1000;
    this.#now = now;
  }

  /** A new access token of the org. */
  issue(orgId: string, secret: string): string {
    const body = createHmac("sha256", secret)
      .update(`session ${++this.#issued}`)
      .digest("base64url");
    const token = `${orgId.slice(0, 15)}!AQ${body}`;
    this.#expiries.set(token, this.#now() + this.#lifetimeMs);
    return token;
  }

  isValid(token: string): boolean {
    return this.#now() < (this.#expiries.get(token) ?? Number.NEGATIVE_INFINITY);
  }

  revoke(token: string): boolean {
    return this.#expiries.delete(token);
  }

  /** Ends every session at once, as an administrator can. */
  expireAll(): void {
    this.#expiries.clear();
  }
}
