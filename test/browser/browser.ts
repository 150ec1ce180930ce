import { existsSync } from "node:fs";
import chromium from "@sparticuz/chromium";
import { type Browser, chromium as playwright } from "playwright-core";

const installed = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
/** Containers run as root and have a small /dev/shm; the pages opened here are our own. */
const args = ["--no-sandbox", "--disable-setuid-sandbox", "--no-zygote", "--disable-dev-shm-usage", "--disable-gpu"];

/** Starts the browser that comes with the development dependencies, else one that is installed. Throws when none can start. */
export async function launchBrowser(): Promise<Browser> {
  const failures: string[] = [];
  for (const path of [await unpacked(failures), ...installed.filter((place) => existsSync(place))]) {
    if (path === null) continue;
    try {
      return await playwright.launch({ executablePath: path, args, headless: true });
    } catch (cause) {
      failures.push(`${path}: ${textOf(cause)}`);
    }
  }
  throw new Error(
    [
      "No browser can start, so the console cannot be tested.",
      "Run `npm ci` again and install the libraries Chromium needs (libnss3, libnspr4, libexpat1), or install Chromium.",
      ...failures,
    ].join("\n"),
  );
}

async function unpacked(failures: string[]): Promise<string | null> {
  try {
    return await chromium.executablePath();
  } catch (cause) {
    failures.push(`@sparticuz/chromium: ${textOf(cause)}`);
    return null;
  }
}

function textOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
