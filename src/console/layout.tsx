import type { Child } from "hono/jsx";
import type { Session } from "./sessions.ts";
import { stylesheetAddress } from "./stylesheet.ts";

/** What a page consists of, before it is put between head and foot. */
export interface Page {
  title: string;
  content: Child;
}

const sections = [
  ["/", "Overview"],
  ["/customers", "Customers"],
  ["/reviews", "Reviews"],
  ["/errors", "Errors"],
  ["/audits", "Audits"],
  ["/runs", "Runs"],
  ["/writebacks", "Write-backs"],
] as const;

export interface Surroundings {
  /** Whose page it is; null while nobody is signed in. */
  session: Session | null;
  path: string;
  /** How much waits for a person in a section, by its address. */
  waiting?: Readonly<Record<string, number>> | undefined;
  /** Asks the browser to load this address at once. */
  onTo?: string;
}

/** A whole document as text. */
export async function documentOf(
  { title, content }: Page,
  { session, path, waiting, onTo }: Surroundings,
): Promise<string> {
  const html = (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        {onTo === undefined ? null : <meta http-equiv="refresh" content={`0; url=${onTo}`} />}
        <title>{`${title} · journey-hub`}</title>
        <link rel="stylesheet" href={stylesheetAddress} />
        <link rel="icon" href="/console.svg" type="image/svg+xml" />
      </head>
      <body>
        <a class="skip" href="#content">
          Skip to the content
        </a>
        <Head session={session} path={path} waiting={waiting} />
        <main id="content" tabindex={-1}>
          <h1>{title}</h1>
          {content}
        </main>
      </body>
    </html>
  );
  return `<!doctype html>${await html}`;
}

/** More than these are not counted for the navigation. */
export const countedMax = 100;

function Head({ session, path, waiting = {} }: Surroundings) {
  return (
    <header>
      <a class="brand" href="/">
        <img src="/console.svg" alt="" width="20" height="20" /> journey-hub
      </a>
      {session ? (
        <>
          <nav aria-label="Sections">
            <ul>
              {sections.map(([address, name]) => (
                <li>
                  <a href={address} aria-current={current(address, path)}>
                    {name}
                    <Waiting amount={waiting[address] ?? 0} />
                  </a>
                </li>
              ))}
            </ul>
          </nav>
          <form class="who" method="post" action="/sign-out">
            <span class="quiet">
              <bdi>{session.name}</bdi> ({session.role})
            </span>
            <button type="submit">Sign out</button>
          </form>
        </>
      ) : null}
    </header>
  );
}

function Waiting({ amount }: { amount: number }) {
  if (amount === 0) return null;
  return (
    <>
      {" "}
      <span class="count">{amount < countedMax ? amount : `${countedMax - 1}+`}</span>
      <span class="spoken"> waiting</span>
    </>
  );
}

function current(address: string, path: string): "page" | "true" | undefined {
  if (address === path) return "page";
  return address !== "/" && path.startsWith(`${address}/`) ? "true" : undefined;
}
