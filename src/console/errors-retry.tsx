import type { Child } from "hono/jsx";
import { z } from "zod";
import { planRetry } from "../hub/errors/retry.ts";
import type { Hub } from "../hub/hub.ts";
import type { Runner } from "../hub/runner/runner.ts";
import type { FailurePage } from "./failure.tsx";

/** A button that has these errors tried again. */
export function RetryButton({
  selection,
  children,
}: {
  selection: Readonly<Record<string, string>>;
  children?: Child;
}) {
  return (
    <form method="post" action="/errors/retry">
      {Object.entries(selection).map(([name, value]) => (
        <input type="hidden" name={name} value={value} />
      ))}
      <button type="submit">{children}</button>
    </form>
  );
}

/** What a button's form says: one error, or all open ones of a cause. */
const sentSelection = z.union([
  z.object({ ids: z.string().min(1).max(200) }).transform(({ ids }) => ({ ids: [ids] })),
  z.object({ connection: z.string().max(200), step: z.string().max(200), fingerprint: z.string().max(2_000) }),
]);

/** Begins a retry. @returns where it can be watched, or a page that says why nothing was begun. */
export async function retry(hub: Hub, runner: Runner, sent: Record<string, unknown>): Promise<string | FailurePage> {
  const selection = sentSelection.safeParse(sent);
  if (!selection.success) return nothingOpen;
  const { found, refused } = await planRetry(hub, selection.data);
  if (found === 0) return nothingOpen;
  const [hopeless] = refused;
  if (hopeless) return refusedPage(hopeless.refusal ?? "");
  const { started } = runner.retryNow(selection.data);
  await started;
  return "/runs";
}

const nothingOpen: FailurePage = {
  status: 404,
  title: "Nothing to try again",
  content: (
    <p>
      None of these errors is open any more. <a href="/errors">Open errors</a>
    </p>
  ),
};

function refusedPage(refusal: string): FailurePage {
  return { status: 409, title: "This cannot be tried again", content: <p>{refusal}</p> };
}
