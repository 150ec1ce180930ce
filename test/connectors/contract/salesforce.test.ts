import { testContract } from "./seeds.ts";

testContract("salesforce");
