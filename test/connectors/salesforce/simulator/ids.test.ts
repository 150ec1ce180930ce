import { describe, expect, it } from "vitest";
import { sfId } from "../../../../connectors/salesforce/simulator/index.ts";
import { readRefusal, sampleOrg } from "./sampleOrg.ts";

describe("Salesforce ids", () => {
  it("have a key prefix, fifteen case-sensitive characters and three that spell their capitals", () => {
    expect(sfId("003", 1)).toBe("003Hs0000000001IAA");
    expect(sfId("00D", 62)).toBe("00DHs0000000010MAA");
    expect(sfId("500", 35)).toBe("500Hs000000000ZIAQ");
  });

  it("sort by their number", () => {
    const made = [1, 9, 10, 35, 36, 61, 62, 4000].map((n) => sfId("001", n));
    expect([...made].sort()).toEqual(made);
  });

  it("are answered in 18 characters whichever form was asked, and refused when the checksum is wrong", async () => {
    const { call } = await sampleOrg();
    const short = sfId("001", 1).slice(0, 15);
    expect(await (await call(`/sobjects/Account/${short}?fields=Name`)).json()).toMatchObject({
      Id: sfId("001", 1),
      Name: "Acme Bikes",
    });
    expect(await readRefusal(await call(`/sobjects/Account/${short}AAA`))).toBe(
      `404 NOT_FOUND Provided external ID field does not exist or is not accessible: ${short}AAA`,
    );
  });
});
