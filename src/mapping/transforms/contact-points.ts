import { createRequire } from "node:module";
import { domainToASCII } from "node:url";
import type { CountryCode } from "libphonenumber-js/min";
import { once } from "../../lib/once.ts";
import { boundedCache } from "./bounded-cache.ts";

/*
 * The tables of the world's phone numbers and of its registries' domains are large: each is loaded with the first number or domain
 * there is to read, so that a hub is ready without them.
 */
const load = createRequire(import.meta.url);
const phoneTables = once((): typeof import("libphonenumber-js/min") => load("libphonenumber-js/min"));
const domainTables = once((): typeof import("tldts") => load("tldts"));

const emailPattern =
  /^[^\s@"(),:;<>[\]\\]{1,64}@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,10}[a-z][a-z0-9-]{0,61}[a-z]$/;

/**
 * An e-mail address in lower case without blanks around it, or undefined when it cannot be one. International domains become ASCII; a name
 * before the address in angle brackets, as mail programs write it, is left out.
 * @example readEmail(" Ann@Example.COM ") // "ann@example.com"
 */
export function readEmail(value: unknown): string | undefined {
  if (typeof value !== "string" || value.length > 400) return undefined;
  const written = value.trim().toLowerCase();
  const text = written.endsWith(">") ? written.slice(written.lastIndexOf("<") + 1, -1).trim() : written;
  if (text.length > 254) return undefined;
  if (emailPattern.test(text))
    return text.includes("..") || text.includes(".@") || text.startsWith(".") ? undefined : text;
  const at = text.lastIndexOf("@");
  const domain = at > 0 ? domainToASCII(text.slice(at + 1)) : "";
  // Only a domain that ASCII has changed is worth a second look.
  if (domain === "" || domain === text.slice(at + 1)) return undefined;
  return readEmail(`${text.slice(0, at)}@${domain}`);
}

const phones = new Map<string, ReturnType<typeof boundedCache>>();

/**
 * A phone number as E.164, or undefined. Numbers without `+` are read as national ones of `country` (ISO 3166); extensions are dropped.
 * Parsing takes some 10 µs, so the newest answers are kept.
 * @example readPhone("(425) 555-0100", "US") // "+14255550100"
 */
export function readPhone(value: unknown, country: string | undefined): string | undefined {
  const text = typeof value === "number" ? String(value) : value;
  if (typeof text !== "string" || text.length > 60 || text.length < 4) return undefined;
  const known = country !== undefined && isCountry(country) ? country : undefined;
  return phonesOf(known)(text, () => parsedPhone(text, known));
}

/** One cache a country: its key is then the vendor's own text, whose hash need not be made again. */
function phonesOf(country: CountryCode | undefined): ReturnType<typeof boundedCache> {
  const cache = phones.get(country ?? "") ?? boundedCache(10_000);
  if (!phones.has(country ?? "")) phones.set(country ?? "", cache);
  return cache;
}

function parsedPhone(text: string, country: CountryCode | undefined): string | undefined {
  const number = phoneTables().parsePhoneNumberFromString(text, {
    ...(country && { defaultCountry: country }),
    extract: false,
  });
  // "Possible" goes by length alone: a valid range that is newer than our tables must not lose a customer's number.
  return number?.isPossible() ? number.number : undefined;
}

/** Whether telephone numbers are known of this country (ISO 3166). @example isCountry("UK") // false: it is GB */
export function isCountry(code: string): code is CountryCode {
  return phoneTables().isSupportedCountry(code);
}

const domains = boundedCache(20_000);

/**
 * The registrable domain of a host name, URL or e-mail address, in lower case ASCII; undefined for IP addresses and non-domains.
 * Hosted sites count as their own domain: `acme.wixsite.com` is not `wixsite.com`.
 * @example readDomain("https://www.contoso.co.uk/about") // "contoso.co.uk"
 */
export function readDomain(value: unknown): string | undefined {
  if (typeof value !== "string" || value.length > 300 || !value.includes(".")) return undefined;
  return domains(value, () => parsedDomain(value.trim()));
}

function parsedDomain(text: string): string | undefined {
  if (/\s/.test(text)) return undefined;
  const domain = domainTables().getDomain(text, { allowPrivateDomains: true })?.toLowerCase();
  return domain === undefined ? undefined : domainToASCII(domain) || undefined;
}
