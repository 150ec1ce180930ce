import { Hono } from "hono";
import { invalid, notFound } from "../errors.ts";
import type { PipelineObject } from "../object-types.ts";
import type { Portal } from "../portal.ts";
import type { HubspotOwner, HubspotPipeline, HubspotStage } from "../seed.ts";
import { requireObjectType } from "../wire.ts";

/** `/crm/v3/owners`: paged by id, by e-mail, archived ones only on request. */
export function ownerRoutes(portal: Portal): Hono {
  const app = new Hono();

  app.get("/", (c) => {
    const { email, after = "0", archived } = c.req.query();
    const limit = Number(c.req.query("limit") ?? 100);
    if (!Number.isInteger(limit) || limit < 1 || limit > 500) throw invalid("limit must be between 1 and 500");
    if (!/^\d+$/.test(after)) throw invalid(`Invalid paging cursor: ${after}`);
    const owners = portal.owners
      .filter((owner) => (owner.archived ?? false) === (archived === "true"))
      .filter((owner) => email === undefined || owner.email.toLowerCase() === email.toLowerCase())
      .filter(({ id }) => Number(id) >= Number(after))
      .sort((a, b) => Number(a.id) - Number(b.id));
    const rows = Math.min(limit, portal.settings.limits.pageRows);
    const results = owners.slice(0, rows).map((owner) => wireOwner(portal, owner));
    const next = owners[rows];
    return c.json(next ? { results, paging: { next: { after: next.id, link: c.req.url } } } : { results });
  });

  app.get("/:id", (c) => {
    const byUserId = c.req.query("idProperty") === "userId";
    const archived = c.req.query("archived") === "true";
    const wanted = c.req.param("id");
    const owner = portal.owners.find((other) => (byUserId ? String(other.userId) : other.id) === wanted);
    if (!owner || (owner.archived ?? false) !== archived) throw notFound();
    return c.json(wireOwner(portal, owner));
  });

  return app;
}

/** `/crm/v3/pipelines/{deals|tickets}` with stages. */
export function pipelineRoutes(portal: Portal): Hono {
  const app = new Hono();

  app.get("/:type", (c) => c.json({ results: pipelinesOf(portal, c.req.param("type")).map(wirePipeline(portal)) }));

  app.get("/:type/:id", (c) =>
    c.json(wirePipeline(portal)(pipelineOf(portal, c.req.param("type"), c.req.param("id")))),
  );

  app.get("/:type/:id/stages", (c) => {
    const { stages } = pipelineOf(portal, c.req.param("type"), c.req.param("id"));
    return c.json({ results: stages.map(wireStage(portal)) });
  });

  app.get("/:type/:id/stages/:stage", (c) => {
    const { stages } = pipelineOf(portal, c.req.param("type"), c.req.param("id"));
    const stage = stages.find(({ id }) => id === c.req.param("stage"));
    if (!stage) throw notFound();
    return c.json(wireStage(portal)(stage));
  });

  return app;
}

/** `/account-info/v3`: whose account this is and how much of the day's calls are used. */
export function accountRoutes(portal: Portal, usedToday: () => number): Hono {
  const app = new Hono();

  app.get("/details", (c) => {
    const { timeZone, companyCurrency } = portal.settings;
    const minutes = offsetMinutes(timeZone, portal.now());
    return c.json({
      portalId: portal.id,
      timeZone,
      accountType: "STANDARD",
      companyCurrency,
      additionalCurrencies: [],
      utcOffset: offsetText(minutes),
      utcOffsetMilliseconds: minutes * 60_000,
      uiDomain: "app.hubspot.com",
      dataHostingLocation: "na1",
    });
  });

  app.get("/api-usage/daily/private-apps", (c) => {
    const collectedAt = new Date(portal.now()).toISOString();
    const usage = { usageLimit: portal.settings.limits.daily, currentUsage: usedToday(), collectedAt };
    return c.json({ results: [{ name: "private-apps-api-calls-daily", fetchStatus: "SUCCESS", ...usage }] });
  });

  return app;
}

function wireOwner(portal: Portal, owner: HubspotOwner) {
  const { id, email, firstName, lastName, userId, archived = false } = owner;
  return {
    id,
    email,
    type: "PERSON",
    firstName,
    lastName,
    // An archived owner's user is gone; only the second field still names it.
    ...(archived ? {} : { userId }),
    userIdIncludingInactive: userId,
    createdAt: portal.madeAt,
    updatedAt: owner.updatedAt ?? portal.madeAt,
    archived,
  };
}

const wirePipeline = (portal: Portal) => (pipeline: HubspotPipeline) => ({
  label: pipeline.label,
  displayOrder: pipeline.displayOrder,
  id: pipeline.id,
  stages: pipeline.stages.map(wireStage(portal)),
  createdAt: portal.madeAt,
  updatedAt: pipeline.updatedAt ?? portal.madeAt,
  archived: false,
});

const wireStage = (portal: Portal) => (stage: HubspotStage) => ({
  ...stage,
  createdAt: portal.madeAt,
  updatedAt: portal.madeAt,
  archived: false,
  writePermissions: "CRM_PERMISSIONS_ENFORCEMENT",
});

function pipelinesOf(portal: Portal, segment: string): HubspotPipeline[] {
  const type = requireObjectType(segment);
  if (!hasPipelines(type)) throw invalid(`Object type ${segment} does not support pipelines`);
  return portal.pipelines[type];
}

function pipelineOf(portal: Portal, segment: string, id: string): HubspotPipeline {
  const pipeline = pipelinesOf(portal, segment).find((other) => other.id === id);
  if (!pipeline) throw notFound();
  return pipeline;
}

const hasPipelines = (type: string): type is PipelineObject => type === "deals" || type === "tickets";

function offsetMinutes(timeZone: string, at: number): number {
  const parts = new Intl.DateTimeFormat("en-US", { timeZone, timeZoneName: "longOffset" }).formatToParts(at);
  const offset = /GMT([+-])(\d{2}):(\d{2})/.exec(parts.find(({ type }) => type === "timeZoneName")?.value ?? "");
  if (!offset) return 0;
  const minutes = Number(offset[2]) * 60 + Number(offset[3]);
  return offset[1] === "-" ? -minutes : minutes;
}

function offsetText(minutes: number): string {
  const size = Math.abs(minutes);
  const two = (value: number) => String(value).padStart(2, "0");
  return `${minutes < 0 ? "-" : "+"}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}
