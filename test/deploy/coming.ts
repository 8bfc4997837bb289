import { request } from 'node:https';
import { eventually } from '../fixtures/eventually.js';
import type { Nginx } from './nginx.js';

export interface Asked {
  readonly host?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly method?: string;
  readonly body?: unknown;
  /** Local address to send the request from. */
  readonly from?: string;
}

/** A response in progress. Its text so far can be read while it is still arriving. */
export class Coming {
  status = 0;
  text = '';
  ended = false;

  constructor(
    { port, cert }: Nginx,
    path: string,
    { host = 'muster.example', headers = {}, method = 'GET', body, from }: Asked,
  ) {
    const sent = request({
      host: '127.0.0.1',
      port,
      path,
      method,
      ca: cert,
      servername: 'localhost',
      ...(from !== undefined && { localAddress: from }),
      headers: { ...headers, host, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    });
    sent.on('response', (response) => {
      this.status = response.statusCode ?? 0;
      response.setEncoding('utf8').on('data', (text: string) => (this.text += text));
      response.on('end', () => (this.ended = true));
    });
    sent.on('error', () => (this.ended = true));
    sent.end(body === undefined ? undefined : JSON.stringify(body));
    this.close = () => void sent.destroy();
  }

  readonly close: () => void;

  async whole(): Promise<this> {
    await eventually(() => this.ended, { what: 'the end of the response' });
    return this;
  }
}
