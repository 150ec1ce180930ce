import { lifecycleStages } from "./definitions/contacts.ts";
import type { ObjectType, PipelineObject } from "./object-types.ts";
import type { Portal } from "./portal.ts";
import type { StoredRecord } from "./record-table.ts";
import type { HubspotStage } from "./seed.ts";

type Values = Map<string, string>;

/** Adds to a write what HubSpot works out by itself: closed flags, dates, defaults. */
export function derive(portal: Portal, type: ObjectType, before: StoredRecord["properties"], values: Values): void {
  const at = new Date(portal.now()).toISOString();
  if (type === "contacts") deriveEmailDomain(values);
  if (type === "contacts" || type === "companies") deriveLifecycleDate(values, at);
  if (type === "deals") deriveDeal(portal, before, values, at);
  if (type === "tickets") deriveTicket(portal, before, values, at);
}

/** True when the write would move the lifecycle stage back, which HubSpot answers with success and ignores. */
export function movesBack(before: string | undefined, next: string): boolean {
  if (!before || next === "") return false;
  return stageRank(next) < stageRank(before);
}

/** Position of a lifecycle stage, 0 first; −1 for none or an unknown one. */
export function stageRank(stage: string | undefined): number {
  return lifecycleStages.findIndex(([value]) => value === stage);
}

function deriveEmailDomain(values: Values): void {
  const email = values.get("email");
  if (email !== undefined) values.set("hs_email_domain", email.split("@")[1] ?? "");
}

function deriveLifecycleDate(values: Values, at: string): void {
  const stage = values.get("lifecyclestage");
  if (stage) values.set(`hs_lifecyclestage_${stage}_date`, at);
}

function deriveDeal(portal: Portal, before: StoredRecord["properties"], values: Values, at: string): void {
  if (before.pipeline === undefined && !values.has("pipeline")) values.set("pipeline", "default");
  const stage = stageOf(portal, "deals", values.get("dealstage"));
  if (!stage) return;
  const closed = stage.metadata.isClosed === "true";
  const won = closed && Number(stage.metadata.probability) === 1;
  values.set("hs_is_closed", String(closed));
  values.set("hs_is_closed_won", String(won));
  values.set("hs_is_closed_lost", String(closed && !won));
  values.set("hs_deal_stage_probability", stage.metadata.probability ?? "0");
  if (closed && !values.has("closedate") && before.hs_is_closed !== "true") values.set("closedate", at);
}

function deriveTicket(portal: Portal, before: StoredRecord["properties"], values: Values, at: string): void {
  if (before.hs_pipeline === undefined && !values.has("hs_pipeline")) values.set("hs_pipeline", "0");
  const stage = stageOf(portal, "tickets", values.get("hs_pipeline_stage"));
  if (!stage) return;
  const closed = stage.metadata.ticketState === "CLOSED" || stage.metadata.isClosed === "true";
  if (!closed) values.set("closed_date", "");
  else if (before.closed_date === undefined) values.set("closed_date", at);
}

function stageOf(portal: Portal, type: PipelineObject, id: string | undefined): HubspotStage | undefined {
  return portal.pipelines[type].flatMap(({ stages }) => stages).find((stage) => stage.id === id);
}
