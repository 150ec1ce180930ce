/** `journey-hub/connector/testing`: what the authors of connectors and simulators build their tests on. */
export * from "./adventureworks/index.ts";
