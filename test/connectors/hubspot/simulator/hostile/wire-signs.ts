import { listOf, type Stage, since } from "./account.ts";

/** Whether a trouble shows: what a caller of the account can see of it. */
export type Sign = (stage: Stage) => Promise<boolean>;

/** With one request of two struck, a trouble that does not show in so many is not on. */
const requests = 25;

/** One of many answers to the same request looks like this. */
const anAnswer =
  (ask: (stage: Stage) => Promise<Response>, looks: (answer: Response) => boolean | Promise<boolean>): Sign =>
  async (stage) => {
    for (let n = 0; n < requests; n++) if (await looks(await ask(stage))) return true;
    return false;
  };

const list = ({ visitor }: Stage) => visitor.call("GET", listOf("contacts"));
const search = ({ clock, visitor }: Stage) => {
  clock.advance(1_000); // HubSpot answers five searches a second
  return visitor.call("POST", "/crm/v3/objects/contacts/search", since(0));
};
const write = ({ visitor }: Stage) =>
  visitor.call("PATCH", "/crm/v3/objects/contacts/1001", { properties: { city: "Oslo" } });
const nextPage = ({ visitor }: Stage) => visitor.call("GET", listOf("contacts", "&after=1012"));

const refused = (status: number, words: string, retryAfter?: RegExp | null) => async (answer: Response) => {
  if (answer.status !== status || !(await answer.text()).includes(words)) return false;
  const header = answer.headers.get("retry-after");
  return retryAfter === undefined || (retryAfter === null ? header === null : retryAfter.test(header ?? ""));
};
const isHtml = ({ headers }: Response) => (headers.get("content-type") ?? "").includes("html");

export const wireSigns: Record<string, Sign> = {
  "too-many-requests-seconds": anAnswer(list, refused(429, "TEN_SECONDLY_ROLLING", /^\d+$/)),
  "too-many-requests-date": anAnswer(list, refused(429, "TEN_SECONDLY_ROLLING", /GMT$/)),
  "too-many-requests-missing": anAnswer(list, refused(429, "TEN_SECONDLY_ROLLING", null)),
  "too-many-requests-absurd": anAnswer(list, refused(429, "TEN_SECONDLY_ROLLING", /^soon$/)),
  "search-secondly-429": anAnswer(search, refused(429, "SECONDLY", null)),
  "daily-429": anAnswer(list, refused(429, "DAILY", null)),
  "locked-423": anAnswer(write, refused(423, "locked")),
  "account-moving-477": anAnswer(list, refused(477, "migrated", /^\d+$/)),
  "token-expires-early": anAnswer(list, refused(401, "EXPIRED_AUTHENTICATION")),
  "refused-401": anAnswer(list, refused(401, "INVALID_AUTHENTICATION")),
  "refresh-fails": anAnswer(({ visitor }) => visitor.renew(), refused(500, "internal error")),
  "server-error-500": anAnswer(list, refused(500, "internal error")),
  "server-error-502": anAnswer(list, (answer) => answer.status === 502 && !isHtml(answer)),
  "server-error-503": anAnswer(list, (answer) => answer.status === 503 && !isHtml(answer)),
  "server-error-504": anAnswer(list, (answer) => answer.status === 504 && !isHtml(answer)),
  "html-200": anAnswer(list, (answer) => answer.status === 200 && isHtml(answer)),
  "html-503": anAnswer(list, (answer) => answer.status === 503 && isHtml(answer)),
  "edge-52x": anAnswer(list, (answer) => answer.status >= 521 && answer.status <= 526 && isHtml(answer)),
  "truncated-json": anAnswer(
    list,
    async (answer) => answer.status === 200 && (await failsWith(answer.json(), SyntaxError)),
  ),
  "cut-connection": anAnswer(list, async (answer) => answer.status === 200 && (await failsWith(answer.text(), Error))),
  "endless-body": anAnswer(list, isEndless),
  async "repeated-page"({ clock, visitor }) {
    for (let n = 0; n < requests; n++) {
      clock.advance(1_000);
      const first = await visitor.get(listOf("contacts"));
      const second = await visitor.get(listOf("contacts", `&after=${first.paging?.next.after}`));
      if (JSON.stringify(first) === JSON.stringify(second)) return true;
    }
    return false;
  },
  "expired-cursor": anAnswer(nextPage, refused(400, "Invalid paging cursor")),
};

async function failsWith(reading: Promise<unknown>, kind: typeof Error): Promise<boolean> {
  return reading.then(
    () => false,
    (cause: unknown) => cause instanceof kind,
  );
}

/** What is in memory is there at once: a body that has not ended by the next turn never will. */
async function isEndless({ body }: Response): Promise<boolean> {
  const reader = body?.getReader();
  if (!reader) return false;
  await reader.read();
  const nextTurn = new Promise<"nothing">((resolve) => setImmediate(() => resolve("nothing")));
  return (await Promise.race([reader.read(), nextTurn])) === "nothing";
}
