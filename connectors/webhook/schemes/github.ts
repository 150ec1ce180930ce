import { sender } from "./sender.ts";

/** GitHub: `X-Hub-Signature-256` over the body. The older SHA-1 signature never counts. */
export const github = sender({
  title: "GitHub",
  proof: () => ({
    kind: "signature",
    header: "x-hub-signature-256",
    prefix: "sha256=",
    encoding: "hex",
    digest: "hmac-sha256",
    signed: ["body"],
  }),
  event: {
    id: [{ header: "x-github-delivery" }],
    onConflict: "refuse",
    name: [{ header: "x-github-event" }, { path: "action" }],
    at: ["comment", "review", "issue", "pull_request", "release"].map((kind) => ({ path: `${kind}.updated_at` })),
  },
  record: {
    sender: "github",
    object: { header: "x-github-event" },
    id: ["comment.id", "review.id", "issue.id", "pull_request.id", "release.id"],
  },
  gone: /\.deleted$/,
  silent: /^ping$/,
});
