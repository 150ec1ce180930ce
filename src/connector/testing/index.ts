/** `journey-hub/connector/testing`: what the authors of connectors and simulators build their tests on. */
export * from "./adventureworks/index.ts";
export { createRandom, type Random } from "./adventureworks/random.ts";
export * from "./approvals.ts";
export type * from "./hostile/account.ts";
export { troubleLevels } from "./hostile/account.ts";
export * from "./hostile/conformance.ts";
export * from "./hostile/contract.ts";
export { type Difference, type DifferenceKind, differenceKinds, type ObjectCounts } from "./hostile/differences.ts";
export type { Landing } from "./hostile/ledger.ts";
export type { CursorEngine } from "./hostile/trial.ts";
export * from "./hostile/wire.ts";
