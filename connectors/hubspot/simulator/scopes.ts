import { Refusal } from "./errors.ts";
import { isCustomType, objectTypeOf } from "./object-types.ts";

/** What a credential may do: all but these, and where it stems from an installation, what that granted. */
export interface Permissions {
  missing: readonly string[];
  granted: readonly string[] | null;
}

/** Throws 403 MISSING_SCOPES when the call needs a scope the credential lacks. */
export function requireScope(method: string, path: string, { missing, granted }: Permissions): void {
  if (missing.length === 0 && granted === null) return;
  const scope = scopeOf(method, path);
  if (scope === undefined) return;
  const isGranted = granted === null || !grantable.test(scope) || granted.includes(scope);
  if (isGranted && !missing.includes(scope)) return;
  throw new Refusal(403, {
    message:
      "This app hasn't been granted all required scopes to make this call. Read more about required scopes here: https://developers.hubspot.com/scopes.",
    category: "MISSING_SCOPES",
    errors: [
      {
        message: "One or more of the following scopes are required.",
        context: { requiredGranularScopes: [scope] },
      },
    ],
    links: { scopes: "https://developers.hubspot.com/scopes" },
  });
}

/** The scopes that are granted by these names; others (tickets, engagements) go by names and ways of their own. */
const grantable = /^crm\.objects\.(contacts|companies|deals|owners)\.|^crm\.schemas\.(contacts|companies)\.write$/;

/** The granular scope of a call, as far as this portal knows it. */
function scopeOf(method: string, path: string): string | undefined {
  if (/\/owners(\/|$)/.test(path)) return "crm.objects.owners.read";
  if (/^\/crm(?:-object-schemas)?\/v3\/schemas(\/|$)/.test(path)) {
    return `crm.schemas.custom.${method === "GET" ? "read" : "write"}`;
  }
  const reading = method === "GET" || /\/(search|batch\/read)$/.test(path);
  const verb = reading ? "read" : "write";
  const schema = /^\/crm\/(?:v3\/properties|properties\/[\d-]+)\/([^/]+)/.exec(path)?.[1];
  if (schema) return scoped("schemas", schema, verb);
  const object = /^\/crm\/(?:v[34]\/objects|objects\/[\d-]+)\/([^/]+)/.exec(path)?.[1];
  return object ? scoped("objects", object, verb) : undefined;
}

function scoped(area: string, segment: string, verb: string): string | undefined {
  const type = objectTypeOf(segment);
  return type && `crm.${area}.${isCustomType(type) ? "custom" : type}.${verb}`;
}
