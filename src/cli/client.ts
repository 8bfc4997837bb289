import { Failure } from './failure.js';

/** An answer of the API: its status, headers and parsed body. */
export interface Answer<Body> {
  readonly body: Body;
  readonly headers: Headers;
}

/** The API as the commands use it. */
export class ApiClient {
  constructor(
    readonly address: string,
    private readonly token: string | undefined,
  ) {}

  async get<Body>(path: string, headers: Record<string, string> = {}): Promise<Answer<Body>> {
    return await this.call<Body>('GET', path, undefined, headers);
  }

  async post<Body>(path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer<Body>> {
    return await this.call<Body>('POST', path, body, headers);
  }

  async put<Body>(path: string, body: unknown): Promise<Answer<Body>> {
    return await this.call<Body>('PUT', path, body, {});
  }

  async delete<Body>(path: string): Promise<Answer<Body>> {
    return await this.call<Body>('DELETE', path, undefined, {});
  }

  /** A streaming GET: the body's text as it comes. */
  async *stream(path: string, headers: Record<string, string> = {}): AsyncIterable<string> {
    const response = await this.fetch('GET', path, undefined, headers);
    if (!response.ok) throw await failure(response);
    if (response.body === null) return;
    const decoder = new TextDecoder();
    for await (const chunk of response.body) yield decoder.decode(chunk as Uint8Array, { stream: true });
  }

  private async call<Body>(method: string, path: string, body: unknown, headers: Record<string, string>): Promise<Answer<Body>> {
    const response = await this.fetch(method, path, body, headers);
    if (!response.ok) throw await failure(response);
    return { body: (await response.json()) as Body, headers: response.headers };
  }

  private async fetch(method: string, path: string, body: unknown, headers: Record<string, string>): Promise<Response> {
    const all: Record<string, string> = { ...headers };
    if (this.token !== undefined) all['authorization'] = `Bearer ${this.token}`;
    if (body !== undefined) all['content-type'] = 'application/json';
    try {
      return await fetch(new URL(path, this.address), { method, headers: all, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    } catch (error) {
      const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
      throw new Failure(`cannot reach the server at ${this.address}: ${cause}\nIs it running? Start it with: npm start`);
    }
  }
}

async function failure(response: Response): Promise<Failure> {
  const text = await response.text();
  try {
    const body = JSON.parse(text) as { error?: unknown };
    const hint = response.status === 401 ? '\nLog in: muster login NAME (or muster logout, to forget a token that is over)' : '';
    if (typeof body.error === 'string') return new Failure(`${body.error} (${response.status})${hint}`);
  } catch {
    // Not JSON: shown as it is.
  }
  return new Failure(`HTTP ${response.status}: ${text.slice(0, 500)}`);
}
