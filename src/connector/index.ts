/** `journey-hub/connector`: what a connector is made of. */
export * from "./address-guard.ts";
export type { CallOutcome, Concurrency } from "./concurrency.ts";
export * from "./cursor.ts";
export type { DailyAllowance, QuotaLedger, QuotaStanding, Usage } from "./daily-allowance.ts";
export * from "./define.ts";
export * from "./errors.ts";
export * from "./forecast.ts";
export * from "./governor.ts";
export * from "./history.ts";
export { type Lane, lanes } from "./lanes.ts";
export { type RereadState, type RereadUnderWay, unaskedFields } from "./reread.ts";
export * from "./returns.ts";
export type { Allowance } from "./sliding-window.ts";
export * from "./sweep.ts";
export * from "./transport.ts";
export * from "./webhook.ts";
export * from "./writeback.ts";
