import { describe, expect, test } from "vitest";
import { hostile } from "./account.ts";

interface Answer {
  status: number;
  type: string;
  retryAfter: string | null;
  /** The body as far as it came; null where it broke or did not end. */
  text: string | null;
}

const statement = "SELECT id FROM customer ORDER BY id";

/** The answers to one and the same request while only this trouble is on, and what the door counted. */
async function answersUnder(
  name: string,
  { method = "POST", path = "/query/v1/suiteql?limit=1000", body = { q: statement } as object, count = 24 } = {},
): Promise<{ spoilt: Answer[]; good: Answer[]; struck: number }> {
  const { account, send, beset } = hostile();
  const ask = async (): Promise<Answer> => {
    const response = await send(method, path, body);
    const { status, headers } = response;
    return {
      status,
      type: headers.get("content-type") ?? "",
      retryAfter: headers.get("retry-after"),
      text: await endOf(response),
    };
  };
  const usual = await ask();
  beset([name]);
  const answers: Answer[] = [];
  for (let n = 0; n < count; n++) answers.push(await ask());
  const isGood = ({ status, text }: Answer) => status === usual.status && text === usual.text;
  beset([name], "none");
  const afterwards = await ask();
  expect(isGood(afterwards)).toBe(true);
  const struck = account.door().struck[name] ?? 0;
  return { spoilt: answers.filter((answer) => !isGood(answer)), good: answers.filter(isGood), struck };
}

async function endOf(response: Response): Promise<string | null> {
  const reader = response.body?.getReader();
  let text = "";
  for (let n = 0; reader && n < 1_000; n++) {
    const next = await Promise.race([reader.read().catch(() => "broken" as const), turns(200)]);
    if (next === "broken" || next === "endless") return null;
    if (next.done) return text;
    text += new TextDecoder().decode(next.value);
  }
  return text;
}

/** Many turns of the event loop, in which an answer that comes at all has come. */
async function turns(count: number): Promise<"endless"> {
  for (let n = 0; n < count; n++) await new Promise((resolve) => setImmediate(resolve));
  return "endless";
}

const codeIn = ({ text }: Answer): string => JSON.parse(text ?? "{}")["o:errorDetails"]?.[0]?.["o:errorCode"];
const pageIn = ({ text }: Answer) => JSON.parse(text ?? "{}") as { items: { id: string }[]; hasMore: boolean };

describe("a request is refused", () => {
  test.each([
    ["too-many-requests-missing", 429, "CONCURRENCY_LIMIT_EXCEEDED", /^$/],
    ["too-many-requests-seconds", 429, "CONCURRENCY_LIMIT_EXCEEDED", /^\d{1,2}$/],
    ["too-many-requests-date", 429, "CONCURRENCY_LIMIT_EXCEEDED", /^Tue, 20 Oct 2026 07:30:\d\d GMT$/],
    ["too-many-requests-absurd", 429, "CONCURRENCY_LIMIT_EXCEEDED", /^soon$/],
    ["too-many-as-400", 400, "CONCURRENCY_LIMIT_EXCEEDED", /^$/],
    ["too-many-as-script-limit", 400, "SSS_REQUEST_LIMIT_EXCEEDED", /^$/],
    ["too-many-as-401", 401, "INVALID_LOGIN", /^$/],
    ["too-many-as-401-attempt", 401, "INVALID_LOGIN_ATTEMPT", /^$/],
    ["server-error-500", 500, "UNEXPECTED_ERROR", /^$/],
  ])("under %s, about every second time, with %i %s", async (name, status, code, retryAfter) => {
    const { spoilt, good, struck } = await answersUnder(name);
    expect(spoilt.length).toBe(struck);
    expect(struck).toBeGreaterThan(0);
    expect(Math.min(spoilt.length, good.length)).toBeGreaterThan(5);
    for (const answer of spoilt) {
      expect([answer.status, codeIn(answer)]).toEqual([status, code]);
      expect(answer.retryAfter ?? "").toMatch(retryAfter);
    }
  });

  test.each([
    ["server-error-502", 502, /^$/],
    ["server-error-503", 503, /^$/],
    ["server-error-504", 504, /^$/],
    ["html-200", 200, /<html>/],
    ["html-502", 502, /<html>/],
    ["html-503", 503, /<html>/],
  ])("under %s without a word of NetSuite's", async (name, status, text) => {
    const { spoilt, struck } = await answersUnder(name);
    expect(spoilt.length).toBe(struck);
    expect(struck).toBeGreaterThan(5);
    for (const answer of spoilt) {
      expect(answer.status).toBe(status);
      expect(answer.text).toMatch(text);
    }
  });
});

describe("an answer is spoilt on its way", () => {
  test("under truncated-json it breaks off and says that all is well", async () => {
    const { spoilt, struck } = await answersUnder("truncated-json");
    expect(spoilt.length).toBe(struck);
    expect(struck).toBeGreaterThan(0);
    for (const { status, text } of spoilt) {
      expect(status).toBe(200);
      expect(() => JSON.parse(text ?? "")).toThrow(SyntaxError);
    }
  });

  test.each(["cut-connection", "endless-body"])("under %s it does not come to its end", async (name) => {
    const { spoilt, struck } = await answersUnder(name, { count: 8 });
    expect(spoilt.length).toBe(struck);
    expect(struck).toBeGreaterThan(0);
    expect(spoilt.map(({ text }) => text)).toEqual(Array(struck).fill(null));
  });

  test("under slow-body it comes whole, in many pieces", async () => {
    const { spoilt, struck } = await answersUnder("slow-body", { count: 8 });
    expect(spoilt).toEqual([]);
    expect(struck).toBeGreaterThan(0);
  });
});

describe("a page is not what it should be", () => {
  const ids = (answer: Answer) => pageIn(answer).items.map(({ id }) => Number(id));

  test("under short-page it has fewer rows than fit and says there are more", async () => {
    const { spoilt, good } = await answersUnder("short-page");
    const whole = ids(good[0] as Answer);
    expect(spoilt.length).toBeGreaterThan(5);
    for (const answer of spoilt) {
      expect(ids(answer)).toEqual(whole.slice(0, ids(answer).length));
      expect(pageIn(answer).hasMore).toBe(true);
    }
  });

  test("under empty-page it has none and says there are more", async () => {
    const { spoilt } = await answersUnder("empty-page");
    expect(spoilt.length).toBeGreaterThan(5);
    for (const answer of spoilt) expect(pageIn(answer)).toMatchObject({ items: [], hasMore: true, totalResults: 144 });
  });

  test("under more-denied it says that it is the last, and the total tells otherwise", async () => {
    const { spoilt } = await answersUnder("more-denied");
    expect(spoilt.length).toBeGreaterThan(5);
    for (const answer of spoilt) expect(pageIn(answer)).toMatchObject({ count: 20, hasMore: false, totalResults: 144 });
  });

  test("under duplicated-rows some come twice, and none is left out", async () => {
    const { spoilt, good } = await answersUnder("duplicated-rows");
    const whole = ids(good[0] as Answer);
    expect(spoilt.length).toBeGreaterThan(5);
    for (const answer of spoilt) {
      expect(ids(answer).length).toBeGreaterThan(20);
      expect([...new Set(ids(answer))]).toEqual(whole);
    }
  });

  const second = { path: "/query/v1/suiteql?limit=20&offset=20" };

  test("under repeated-page the page before comes again, to those who page by offset alone", async () => {
    const { spoilt, good } = await answersUnder("repeated-page", second);
    expect(spoilt.length).toBeGreaterThan(5);
    for (const answer of spoilt) expect(Math.max(...ids(answer))).toBeLessThan(Math.min(...ids(good[0] as Answer)));
    expect(await answersUnder("repeated-page")).toMatchObject({ spoilt: [], struck: 0 });
  });

  test("under shifted-page it begins a row too early or too late, to those who page by offset alone", async () => {
    const { spoilt, good } = await answersUnder("shifted-page", second);
    const whole = ids(good[0] as Answer);
    for (const answer of spoilt) {
      const common = ids(answer).filter((id) => whole.includes(id));
      expect(common).toHaveLength(19);
    }
    expect(new Set(spoilt.map((answer) => ids(answer)[0])).size).toBe(2);
    expect(await answersUnder("shifted-page")).toMatchObject({ spoilt: [], struck: 0 });
  });
});

describe("a write", () => {
  const customer = async () => {
    const { account, send, beset } = hostile();
    const [id] = account.truth().get("customer") ?? [];
    const path = `/record/v1/customer/${id}`;
    const phone = async () => JSON.parse(await (await send("GET", path)).text()).phone;
    return { account, beset, phone, patch: (to: string) => send("PATCH", path, { phone: to }) };
  };

  test("under record-locked is refused and changes nothing", async () => {
    const { account, beset, phone, patch } = await customer();
    beset(["record-locked"]);
    let number = 1;
    let answer = await patch("1");
    while (answer.status === 204 && number < 50) {
      number += 1;
      answer = await patch(String(number));
    }
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain("RCRD_HAS_BEEN_CHANGED");
    expect(await phone()).not.toBe(String(number));
    expect(account.door().struck["record-locked"]).toBeGreaterThan(0);
  });

  test("under lost-answer happens, and is answered 504", async () => {
    const { beset, phone, patch } = await customer();
    beset(["lost-answer"]);
    let number = 1;
    while ((await patch(String(number))).status === 204 && number < 50) number += 1;
    expect(number).toBeLessThan(50);
    expect(await phone()).toBe(String(number));
  });
});

test.each([
  ["a millisecond before", -1, 1],
  ["when", 0, 0],
])("a request %s its Retry-After has run out is counted as too early: %i ms, %i", async (_when, afterMs, tooEarly) => {
  const { account, clock, send, beset } = hostile();
  beset(["too-many-requests-seconds"]);
  const ask = () => send("POST", "/query/v1/suiteql", { q: statement });
  let answer = await ask();
  for (let n = 0; answer.status === 200 && n < 50; n++) answer = await ask();
  clock.advance(Number(answer.headers.get("retry-after")) * 1_000 + afterMs);
  await ask();
  expect(account.door().tooEarly).toBe(tooEarly);
});
