/** The two families of paths HubSpot serves over one store: numbered versions until 2027-09, and dated ones. */
export const basePaths = {
  objects: ["/crm/v3/objects", "/crm/objects/2026-03"],
  /** `/{type}/{id}/associations/{toType}` of one record. */
  recordAssociations: ["/crm/v4/objects", "/crm/objects/2026-03"],
  associations: ["/crm/v4/associations", "/crm/associations/2026-03"],
  properties: ["/crm/v3/properties", "/crm/properties/2026-03"],
  schemas: ["/crm-object-schemas/v3/schemas", "/crm/v3/schemas"],
  owners: ["/crm/v3/owners", "/crm/owners/2026-03"],
  pipelines: ["/crm/v3/pipelines", "/crm/pipelines/2026-03"],
  account: ["/account-info/v3", "/account-info/2026-03"],
  oauth: ["/oauth/v1", "/oauth/v3"],
  webhooks: ["/webhooks/v3", "/webhooks/2026-03"],
  forms: ["/submissions/v3/integration"],
} as const;

/** Where a person approves an app: at HubSpot under another host than the API. */
export const consentPath = "/oauth";

/** Answered without a bearer token; webhooks to the key of an app's developer alone. */
export const openPaths: readonly string[] = [consentPath, ...basePaths.forms, ...basePaths.webhooks];
