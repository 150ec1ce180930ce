/** `journey-hub/connector/testing`: what the authors of connectors and simulators build their tests on. */
export * from "./adventureworks/index.ts";
export { createRandom, type Random } from "./adventureworks/random.ts";
export type * from "./hostile/account.ts";
export { troubleLevels } from "./hostile/account.ts";
export * from "./hostile/wire.ts";
