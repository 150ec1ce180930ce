import { testContract } from "./seeds.ts";

testContract("hubspot");
