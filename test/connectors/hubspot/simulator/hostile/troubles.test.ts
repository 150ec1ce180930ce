import { describe, expect, test } from "vitest";
import { stage } from "./account.ts";
import { lifeSigns } from "./life-signs.ts";
import { natureSigns } from "./nature-signs.ts";
import { wireSigns } from "./wire-signs.ts";

const signs = { ...wireSigns, ...lifeSigns, ...natureSigns };

describe("a trouble shows when it is on, and not when it is off:", () => {
  test.each(Object.entries(signs))("%s", async (name, shows) => {
    const hostile = await stage();
    hostile.account.beset({ seed: 2, level: "extreme", only: [name] });
    expect(await shows(hostile)).toBe(true);
    const kind = await stage();
    kind.account.beset({ seed: 2, level: "extreme", only: [name] });
    kind.account.beset({ seed: 2, level: "none", only: [name] });
    expect(await shows(kind)).toBe(false);
  });
});

test("every trouble that is declared is shown here or with the webhooks", async () => {
  const { account } = await stage();
  const names = account.troubles.map(({ name }) => name);
  expect(names).toEqual([...new Set(names)]);
  expect(names.filter((name) => !name.startsWith("webhook-")).sort()).toEqual(Object.keys(signs).sort());
  expect(account.troubles.filter(({ about, source }) => about === "" || source === "")).toEqual([]);
});
