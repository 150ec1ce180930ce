import {
  cutConnection,
  endlessBody,
  htmlInstead,
  serverError,
  type TroubleDeclaration,
  tooMany,
  truncatedJson,
  type WireTrouble,
} from "journey-hub/connector/testing";

const source = "unverified";
const refuse = (headers: Record<string, string>) =>
  new Response('{"error":"slow down"}', { status: 429, headers: { "content-type": "application/json", ...headers } });

export function wireTroubles(now: () => number): WireTrouble[] {
  return [
    serverError(500),
    serverError(503, '{"error":"maintenance"}'),
    htmlInstead(200),
    truncatedJson,
    cutConnection,
    endlessBody,
    tooMany(refuse, { now, retryAfter: "seconds", source }),
    tooMany(refuse, { now, retryAfter: "date", source }),
    tooMany(refuse, { now, retryAfter: "missing", source }),
    tooMany(refuse, { now, retryAfter: "absurd", source }),
  ];
}

export const acmeTroubles: TroubleDeclaration[] = [
  { name: "late-commit", kind: "life", about: "changes become visible up to 4 minutes after their stamp", source },
  { name: "tie", kind: "life", about: "many things change in one instant", source },
  { name: "silent-change", kind: "life", about: "a value changes and the stamp does not move", source },
  { name: "silent-deletion", kind: "life", about: "a thing is gone and nobody says so", source },
  { name: "future-stamp", kind: "life", about: "a thing is stamped hours ahead", source },
  { name: "clock-skew", kind: "nature", about: "the account's clock is minutes ahead or behind", source },
  { name: "short-pages", kind: "nature", about: "pages are shorter than asked for, though more follow", source },
];

/** Those that move no stamp and of which nobody tells: only reading everything again finds them. */
export const silentTroubles = ["silent-change", "silent-deletion"];
