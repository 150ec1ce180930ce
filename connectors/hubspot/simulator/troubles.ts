/** A planned misbehaviour: the next matching requests get this answer instead of the true one. */
export interface Trouble {
  /** Which requests; absent: any. */
  path?: RegExp;
  method?: string;
  status: number;
  /** An object is sent as JSON, a string as HTML: HubSpot's edge answers HTML when it is down. */
  body?: object | string;
  headers?: Record<string, string>;
  /** How many requests it strikes, 1 unless said. */
  times?: number;
  /** The request takes effect before the bad answer: the reply is lost, the write is not. */
  afterEffect?: boolean;
}

export interface Troubles {
  add(trouble: Trouble): void;
  /** Takes the first planned trouble that fits a request. */
  next(method: string, path: string): Trouble | undefined;
  clear(): void;
}

export function createTroubles(): Troubles {
  let planned: { trouble: Trouble; left: number }[] = [];
  return {
    add(trouble) {
      planned.push({ trouble, left: trouble.times ?? 1 });
    },
    next(method, path) {
      const entry = planned.find(({ trouble }) => strikes(trouble, method, path));
      if (!entry) return undefined;
      entry.left -= 1;
      if (entry.left <= 0) planned = planned.filter((other) => other !== entry);
      return entry.trouble;
    },
    clear() {
      planned = [];
    },
  };
}

function strikes({ method, path }: Trouble, actualMethod: string, actualPath: string): boolean {
  return (method === undefined || method === actualMethod) && (path === undefined || path.test(actualPath));
}

/** The answer of a trouble. */
export function troubleAnswer({ status, body = "", headers = {} }: Trouble): Response {
  const json = typeof body === "object";
  const type = json ? "application/json;charset=utf-8" : "text/html; charset=UTF-8";
  return new Response(json ? JSON.stringify(body) : body, { status, headers: { "Content-Type": type, ...headers } });
}
