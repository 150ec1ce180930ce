import { testContract } from "./seeds.ts";

testContract("netsuite");
