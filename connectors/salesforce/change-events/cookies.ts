/** Far more than Salesforce sets: what is beyond is left out. */
const cookiesMax = 50;

/**
 * The cookies of one client: by them the org's load balancer leads its requests to the server that knows it, and a client that comes without
 * is refused. Kept for that one conversation and sent nowhere else.
 */
export function createCookies() {
  const jar = new Map<string, string>();
  return {
    keep(header: string | undefined): void {
      for (const cookie of cookiesIn(header)) {
        const [, name, value] = /^\s*([^=;\s]+)=([^;]*)/.exec(cookie) ?? [];
        if (name === undefined || value === undefined) continue;
        if (jar.has(name) || jar.size < cookiesMax) jar.set(name, value.trim());
      }
    },
    header: (): Record<string, string> =>
      jar.size === 0 ? {} : { cookie: [...jar].map(([name, value]) => `${name}=${value}`).join("; ") },
  };
}

/** Several headers of this name come joined by commas, which dates have too: a cookie begins where a name and its sign follow. */
function cookiesIn(header = ""): string[] {
  return header.split(/,(?=\s*[^;,=\s]+=)/);
}
