/** `journey-hub/connector`: what a connector is made of. */
export * from "./address-guard.ts";
export * from "./cursor.ts";
export * from "./define.ts";
export * from "./errors.ts";
export * from "./governor.ts";
export * from "./transport.ts";
export * from "./webhook.ts";
export * from "./writeback.ts";
