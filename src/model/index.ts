/** `journey-hub/model`: the unified vocabulary. */
export * from "./customer.ts";
export * from "./event.ts";
export * from "./journey.ts";
export * from "./kinds.ts";
export * from "./problem.ts";
export * from "./record.ts";
export * from "./scalars.ts";
