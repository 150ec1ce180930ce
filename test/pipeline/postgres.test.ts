import { afterAll } from "vitest";
import { startPostgres } from "../fixtures/postgres.ts";
import { pipelineSuite } from "./suite.ts";

const server = await startPostgres();
afterAll(() => server.stop());

pipelineSuite("the pipeline on Postgres", async () => ({ databaseUrl: await server.database({ icu: "en-US" }) }));
