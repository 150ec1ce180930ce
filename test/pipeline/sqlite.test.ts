import { pipelineSuite } from "./suite.ts";

pipelineSuite("the pipeline on SQLite", async () => ({}));
