import type { Page } from "./layout.tsx";

export type SignInFailure = "key" | "once";

const failures: Readonly<Record<SignInFailure, string>> = {
  key: "That is no standing API key. Copy the whole of it, from jh_ to its end; a key that was revoked does not open anything any more.",
  once: "This sign-in link was used already or is older than ten minutes. Sign in with an API key, or have the hub print a new link.",
};

/** The page that asks for an API key. */
export function signInPage({ next, failure }: { next: string; failure: SignInFailure | null }): Page {
  const describedBy = failure === null ? "key-hint" : "key-failure key-hint";
  return {
    title: "Sign in",
    content: (
      <form class="sign-in" method="post" action="/sign-in">
        {failure === null ? null : (
          <p class="failure" role="alert" id="key-failure">
            {failures[failure]}
          </p>
        )}
        <input type="hidden" name="next" value={next} />
        <label>
          <span>API key</span>
          <input
            type="password"
            name="key"
            required
            maxlength={200}
            autocomplete="current-password"
            autocapitalize="off"
            spellcheck={false}
            aria-describedby={describedBy}
            aria-invalid={failure === "key" ? "true" : undefined}
          />
        </label>
        <p class="quiet" id="key-hint">
          It begins with jh_. On the hub's machine <code>journey-hub init --key NAME</code> prints a new one; the role
          viewer is enough to look around.
        </p>
        <button type="submit">Sign in</button>
      </form>
    ),
  };
}
