// A client that stays signed in, and that asks again where an answer was lost.

import createClient, { type Client } from "openapi-fetch";
import type { components, paths } from "./generated/schema.ts";
import { keyless } from "./generated/words.ts";
import { taken } from "./problems.ts";

export type Api = Client<paths>;
export type Tokens = components["schemas"]["TokensOut"];

export interface Options {
  /** Where the service is, such as `https://network.example.org`. */
  address: string;
  /** The tokens of before, to go on with them. */
  tokens?: Tokens;
  /** An access or API token by itself, which is not renewed. */
  token?: string;
  /** Told of each new pair of tokens, and of undefined at the end: keep them where they are safe. */
  onTokens?: (tokens: Tokens | undefined) => void;
  /** How often a request is sent at the most; 4 unless said. */
  attempts?: number;
  /** What sends a request, instead of the platform's own. */
  fetch?: (request: Request) => Promise<Response>;
}

export interface Connection {
  /** Where the service is. */
  address: string;
  /** Each endpoint of the document, by its path. */
  api: Api;
  logIn(credentials: components["schemas"]["LogIn"]): Promise<void>;
  logOut(): Promise<void>;
  /** Goes on with these tokens, as after an invitation was accepted. */
  continueWith(tokens: Tokens): void;
  /** Those of whoever is signed in. */
  tokens(): Tokens | undefined;
  /** Sends any request of this service as whoever is signed in. */
  send(request: Request): Promise<Response>;
}

const SIGNING_IN = new Set(["/v1/auth/login", "/v1/auth/refresh", "/v1/oauth/token"]);
const BUSY = new Set([409, 429, 503]);

/** A connection to the service at an address. */
export function connect(options: Options): Connection {
  const { attempts = 4, fetch: deliver = (request) => fetch(request) } = options;
  let tokens = options.tokens;
  let renewal: Promise<void> | undefined;

  function keep(next: Tokens | undefined): void {
    tokens = next;
    options.onTokens?.(next);
  }

  /** The next pair; one at a time, since a refresh token is good for one use. */
  function renew(): Promise<void> {
    renewal ??= next().finally(() => {
      renewal = undefined;
    });
    return renewal;
  }

  async function next(): Promise<void> {
    const body = { refresh_token: tokens?.refresh_token ?? "" };
    const answer = await api.POST("/v1/auth/refresh", { body });
    if (answer.response.status === 401) keep(undefined);
    keep(taken(answer));
  }

  async function send(request: Request): Promise<Response> {
    const isOpen = SIGNING_IN.has(new URL(request.url).pathname);
    if (isOpen) return patiently(request, deliver, attempts);
    const used = tokens?.access_token ?? options.token;
    const first = await patiently(signed(request, used), deliver, attempts);
    if (first.status !== 401 || !tokens) return first;
    if (tokens.access_token === used) await renew();
    return patiently(signed(request, tokens?.access_token), deliver, attempts);
  }

  const api = createClient<paths>({ baseUrl: options.address, fetch: send });
  api.use({
    onRequest({ request, schemaPath }) {
      const isWrite = request.method !== "GET" && request.method !== "HEAD";
      if (isWrite && !keyless.has(`${request.method} ${schemaPath}`)) {
        const key = request.headers.get("Idempotency-Key") ?? crypto.randomUUID();
        request.headers.set("Idempotency-Key", key);
      }
      return request;
    },
  });
  return {
    address: options.address,
    api,
    send,
    continueWith: keep,
    tokens: () => tokens,
    async logIn(credentials) {
      keep(taken(await api.POST("/v1/auth/login", { body: credentials })));
    },
    async logOut() {
      if (tokens) await api.POST("/v1/auth/logout", { body: { refresh_token: tokens.refresh_token } });
      keep(undefined);
    },
  };
}

function signed(request: Request, token: string | undefined): Request {
  const copy = request.clone();
  if (token) copy.headers.set("Authorization", `Bearer ${token}`);
  return copy;
}

/** The answer, asked for again where it was lost or the service said when to come back. */
async function patiently(
  request: Request,
  deliver: (request: Request) => Promise<Response>,
  attempts: number,
): Promise<Response> {
  const isRead = request.method === "GET" || request.method === "HEAD";
  const left = isRead || request.headers.has("Idempotency-Key") ? attempts : 1;
  for (let attempt = 1; ; attempt += 1) {
    const isLast = attempt >= left;
    let seconds = 2 ** attempt / 8;
    try {
      const response = await deliver(request.clone());
      const said = response.headers.get("Retry-After");
      if (isLast || !said || !BUSY.has(response.status)) return response;
      seconds = Number(said);
    } catch (lost) {
      if (isLast || request.signal.aborted) throw lost;
    }
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  }
}
