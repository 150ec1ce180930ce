/** An address within the console; parameters that are empty are left out. @example addressOf("/runs", { status: "failed" }) // "/runs?status=failed" */
export function addressOf(path: string, parameters: Readonly<Record<string, string | undefined>> = {}): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined && value !== "") query.set(name, value);
  }
  return query.size === 0 ? path : `${path}?${query}`;
}

/** Where a customer's page is. */
export function customerAddress(id: string): string {
  return `/customers/${encodeURIComponent(id)}`;
}

/** A path of this console out of a request, `/` for anything that could lead elsewhere. @example localPath("//evil.example") // "/" */
export function localPath(text: string | undefined): string {
  return text !== undefined && /^\/(?![/\\])[\w\-./?=&%:+~!$()*,;@]*$/.test(text) ? text : "/";
}

/** An address that may be linked to: records hold what they like, `javascript:` too. */
export function linkable(address: string | null): string | null {
  if (address === null || !URL.canParse(address)) return null;
  return ["https:", "http:"].includes(new URL(address).protocol) ? address : null;
}
