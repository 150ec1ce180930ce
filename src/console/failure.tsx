import { HTTPException } from "hono/http-exception";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { Log } from "../hub/log.ts";
import { CursorError } from "../hub/queries/page.ts";
import { StoreError, StoreFullError } from "../store/store.ts";
import { Foreign } from "./format.tsx";
import type { Page } from "./layout.tsx";

/** A page that says why there is no other, with its status. */
export interface FailurePage extends Page {
  status: ContentfulStatusCode;
}

export const notFoundPage: FailurePage = {
  status: 404,
  title: "Not found",
  content: (
    <p>
      There is nothing here: it may have been erased, or closed meanwhile. <a href="/">Overview</a> or{" "}
      <a href="/customers">look for a customer</a>.
    </p>
  ),
};

/** The page of who may look and not do. */
export function notAllowedPage(role: string): FailurePage {
  return {
    status: 403,
    title: "Not allowed",
    content: <p>This needs a key of the role {role}: sign out, and in again with one.</p>,
  };
}

/** The page of who asked for what cannot be done, and why it cannot. */
export function refusedPage(why: string): FailurePage {
  const content = (
    <p>
      <Foreign>{why}</Foreign>
    </p>
  );
  return { status: 409, title: "Nothing was changed", content };
}

/** What went wrong and what to do; anything unforeseen goes to the log, not to the reader. */
export function failurePage(cause: Error, log: Log | undefined): FailurePage {
  if (cause instanceof CursorError) {
    return {
      status: 400,
      title: "That part of the list is gone",
      content: <p>The address names a page this hub did not give out. Open the list again from its beginning.</p>,
    };
  }
  if (cause instanceof HTTPException && cause.status === 403) {
    return {
      status: 403,
      title: "Not accepted",
      content: <p>The form was sent from another site. Open this console and send it from here.</p>,
    };
  }
  if (cause instanceof HTTPException && cause.status === 413) {
    return { status: 413, title: "Too large", content: <p>No form of this console is as large as that.</p> };
  }
  log?.error({ err: cause }, "a page of the console failed");
  if (cause instanceof StoreError || cause instanceof StoreFullError) {
    return {
      status: 503,
      title: "The data store cannot be used now",
      content: <p>Nothing is lost. Load the page again in a moment; if it stays so, the hub's log says why.</p>,
    };
  }
  return {
    status: 500,
    title: "The hub could not answer",
    content: <p>Nothing is lost. Load the page again; if it stays so, the hub's log says why.</p>,
  };
}
