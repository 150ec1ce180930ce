import { type Context, Hono } from "hono";
import { type Access, createAccess } from "./access.ts";
import { htmlNotFound, Refusal } from "./errors.ts";
import { basePaths, consentPath, openPaths } from "./paths.ts";
import { createPortal, loadSeed, type Portal } from "./portal.ts";
import { createRateLimits, type RateLimits } from "./rate-limits.ts";
import { associationRoutes, recordAssociationRoutes } from "./routes/associations.ts";
import { batchRoutes } from "./routes/batches.ts";
import { formRoutes } from "./routes/forms.ts";
import { authorizeRoutes, oauthRoutes } from "./routes/oauth.ts";
import { objectRoutes } from "./routes/objects.ts";
import { propertyRoutes } from "./routes/properties.ts";
import { accountRoutes, ownerRoutes, pipelineRoutes } from "./routes/reference.ts";
import { schemaRoutes } from "./routes/schemas.ts";
import { searchRoutes } from "./routes/search.ts";
import { webhookRoutes } from "./routes/webhooks.ts";
import { requireScope } from "./scopes.ts";
import type { HubspotSeed } from "./seed.ts";
import { type HubspotSimulatorOptions, settle } from "./settings.ts";
import { createTrafficMeter, type Traffic } from "./traffic.ts";
import { createTroubles, type Trouble, troubleAnswer } from "./troubles.ts";
import type { DeliveryDisorder, DeliveryReport, WebhookEvent, WebhookSettings } from "./webhooks.ts";

export type { PropertySpec } from "./definitions/define.ts";
export type { ObjectType } from "./object-types.ts";
export type * from "./seed.ts";
export { demoCredentials, demoForms, type HubspotSimulatorOptions } from "./settings.ts";
export { signV3 } from "./signature.ts";
export type { Traffic } from "./traffic.ts";
export type { Trouble } from "./troubles.ts";
export type {
  DeliveryDisorder,
  DeliveryReport,
  WebhookEvent,
  WebhookSettings,
  WebhookSubscription,
} from "./webhooks.ts";

export interface HubspotSimulator {
  /** HubSpot's API as a fetch function: `app.request(…)`, or served on a port. */
  app: Hono;
  /** Replaces all state by the seed. */
  load(seed: HubspotSeed): void;
  traffic(): Traffic;
  /** Plans a misbehaviour for the next matching requests. */
  trouble(trouble: Trouble): void;
  /** Sets the app's webhook target and subscriptions; from now on writes make events. */
  subscribe(settings: WebhookSettings): void;
  /** Sends pending events once, signed; undelivered ones wait for the next call, at most ten retries. HubSpot promises no order. */
  deliver(disorder?: DeliveryDisorder): Promise<DeliveryReport>;
  pendingEvents(): WebhookEvent[];
  /** Ends every OAuth access token that is in force. */
  expireTokens(): void;
  /** What a person asked to install the app answers from now on. */
  setConsent(consent: "given" | "denied"): void;
  /** The app is uninstalled: its tokens and refresh tokens are good for nothing. */
  uninstall(): void;
  /** The portal's state, for reading in tests. */
  state: Portal;
}

/**
 * HubSpot as a stateful hono app: CRM objects, search, batches, properties, owners, pipelines, associations, OAuth,
 * form submissions, limits and signed webhooks with their subscriptions, on v3/v4 and 2026-03 paths over one store.
 * @example
 * const hubspot = createHubspotSimulator({ now: () => Date.parse("2026-11-02T09:00:00Z") });
 * hubspot.load(seed);
 * await hubspot.app.request("/crm/v3/objects/contacts", { headers: { authorization: `Bearer ${demoCredentials.accessTokens[0]}` } });
 */
export function createHubspotSimulator(options: HubspotSimulatorOptions = {}): HubspotSimulator {
  const settings = settle(options);
  const portal = createPortal(settings);
  const access = createAccess(settings);
  const limits = createRateLimits(settings);
  const meter = createTrafficMeter();
  const troubles = createTroubles();
  const correlationId = correlationIds();

  const app = new Hono({ strict: false });
  app.onError((error, c) => refuse(error, c, correlationId()));
  app.notFound((c) => c.html(htmlNotFound(c.req.path), 404));
  app.use(async (c, next) => {
    const { method, path } = c.req;
    meter.start(method, path);
    try {
      const trouble = troubles.next(method, path);
      if (!trouble || trouble.afterEffect) await next();
      if (trouble) c.res = troubleAnswer(trouble);
    } finally {
      meter.finish(c.res.status);
    }
  });
  app.use(gate(portal, access, limits));
  mount(app, portal, access, limits);

  return {
    app,
    load: (seed) => loadSeed(portal, seed),
    traffic: meter.traffic,
    trouble: troubles.add,
    subscribe: portal.webhooks.subscribe,
    deliver: portal.webhooks.deliver,
    pendingEvents: portal.webhooks.pending,
    expireTokens: access.expireTokens,
    setConsent: (consent) => {
      access.approvals.consent = consent;
    },
    uninstall: () => {
      access.approvals.revoke();
      access.expireTokens();
    },
    state: portal,
  };
}

/** Lets a request through that names a token and is within the limits, and puts the rate headers on its answer. */
function gate(portal: Portal, access: Access, limits: RateLimits) {
  return async (c: Context, next: () => Promise<void>): Promise<void> => {
    const { method, path } = c.req;
    if (openPaths.some((open) => path.startsWith(`${open}/`))) return next();
    const caller = access.caller(c.req.header("authorization"));
    const headers = limits.take(caller, { search: path.endsWith("/search"), portalId: portal.id });
    requireScope(method, path, { missing: portal.settings.missingScopes, granted: caller.scopes });
    await next();
    for (const [name, value] of Object.entries(headers)) c.res.headers.set(name, value);
  };
}

/** Every route under each of its base paths; search and batches before `/:type/:id`. */
function mount(app: Hono, portal: Portal, access: Access, limits: RateLimits): void {
  const serve = (bases: readonly string[], ...routes: Hono[]) => {
    for (const base of bases) for (const route of routes) app.route(base, route);
  };
  serve(basePaths.objects, searchRoutes(portal), batchRoutes(portal), objectRoutes(portal));
  serve(basePaths.recordAssociations, recordAssociationRoutes(portal));
  serve(basePaths.associations, associationRoutes(portal));
  serve(basePaths.properties, propertyRoutes(portal));
  serve(basePaths.schemas, schemaRoutes(portal));
  serve(basePaths.owners, ownerRoutes(portal));
  serve(basePaths.pipelines, pipelineRoutes(portal));
  serve(basePaths.account, accountRoutes(portal, limits.usedToday));
  serve(basePaths.oauth, oauthRoutes(portal, access));
  serve([consentPath], authorizeRoutes(access));
  serve(basePaths.forms, formRoutes(portal));
  serve(basePaths.webhooks, webhookRoutes(portal));
}

function refuse(error: Error, c: Context, correlationId: string): Response {
  if (!(error instanceof Refusal)) throw error;
  const { message, status, ...more } = error.body;
  return c.json({ status, message, correlationId, ...more }, error.status);
}

/** Looks like HubSpot's, counts up, and is the same in every run. */
function correlationIds(): () => string {
  let last = 0;
  return () => {
    last += 1;
    return `00000000-0000-4000-8000-${String(last).padStart(12, "0")}`;
  };
}
