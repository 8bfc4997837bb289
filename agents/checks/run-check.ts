import { request } from 'node:http';
import { connect } from 'node:net';
import type { Clock } from '#domain/kernel/ports/clock.js';
import { CHECK_DEFAULTS, type TaskCheck } from '#domain/jobs/job/check.js';
import { exitCodeText } from './exit-code.js';
import { CheckImpossibleError, type TaskReach } from './reach.js';

export interface Answer {
  readonly ok: boolean;
  readonly text: string;
}

const MAX_HEADER_BYTES = 16_384;
const MAX_TEXT = 300;

export async function runCheck(
  check: TaskCheck,
  reach: TaskReach,
  clock: Clock,
  life: AbortSignal,
): Promise<Answer | undefined> {
  const seconds = check.timeout_seconds ?? CHECK_DEFAULTS.timeout_seconds;
  const over = new AbortController();
  const answered = new AbortController();
  const signal = AbortSignal.any([over.signal, life]);
  void clock.sleep(seconds * 1000, AbortSignal.any([answered.signal, life])).then(() => over.abort());
  try {
    return await asked(check, reach, signal);
  } catch (error) {
    if (error instanceof CheckImpossibleError) return undefined;
    if (over.signal.aborted) return { ok: false, text: `no answer within ${seconds} s` };
    return { ok: false, text: (error instanceof Error ? error.message : String(error)).slice(0, MAX_TEXT) };
  } finally {
    answered.abort();
  }
}

async function asked(check: TaskCheck, reach: TaskReach, signal: AbortSignal): Promise<Answer> {
  const { type, port = 0, path = CHECK_DEFAULTS.path, command = [] } = check;
  switch (type) {
    case 'exec': {
      const code = await reach.exec(command, signal);
      return { ok: code === 0, text: exitCodeText(code) };
    }
    case 'tcp':
      await connected(reach.address(port), signal);
      return { ok: true, text: 'accepted a connection' };
    case 'http': {
      const status = await statusOf(reach.address(port), path, signal);
      return { ok: status >= 200 && status < 400, text: `answered ${status}` };
    }
  }
}

function connected({ host, port }: ReturnType<TaskReach['address']>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, signal });
    socket.once('error', reject).once('connect', () => {
      socket.destroy();
      resolve();
    });
  });
}

function statusOf(
  { host, port }: ReturnType<TaskReach['address']>,
  path: string,
  signal: AbortSignal,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const call = request({
      host,
      port,
      path,
      method: 'GET',
      agent: false,
      signal,
      maxHeaderSize: MAX_HEADER_BYTES,
      headers: { 'user-agent': 'muster-check' },
    });
    call.once('error', reject);
    call.once('response', (response) => {
      resolve(response.statusCode ?? 0);
      // The body is discarded to save memory, so errors while reading it do not matter.
      response.on('error', () => undefined);
      call.on('error', () => undefined);
      response.destroy();
    });
    call.end();
  });
}
