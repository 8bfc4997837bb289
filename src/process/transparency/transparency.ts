import { MusterError } from '#domain/kernel/errors/index.js';
import type { RootKey } from '#src/engine/sealing/index.js';
import {
  parseWitnessKey,
  ServedTransparencyLog,
  startTransparency,
  type FollowerStatus,
  type RunningFollower,
} from '#src/features/transparency/index.js';
import type { ReadinessCheck } from '#src/http/index.js';
import type { ServerHost } from '../host/server-host.js';
import type { EventLog } from '../event-log/event-log.js';
import { transparencyMetrics } from './metrics.js';
import type { TransparencySettings } from './settings.js';

/** Delay before the thread starts, in milliseconds, so that it does not slow down server startup. */
const DELAY_MS = 5_000;

/**
 * Maintains the Merkle tree of the log and serves it, unless disabled. Each server does so independently: all servers use the log's event order and
 * the same key, so they sign prefixes of the same tree.
 */
export function openTransparency(
  host: ServerHost,
  settings: TransparencySettings,
  root: RootKey,
  events: EventLog,
): ServedTransparencyLog | undefined {
  if (!settings.transparency) return undefined;
  const { directory, clock, log } = host;
  const seed = root.derive('checkpoints');
  const { witnesses, witnessQuorum } = settings;
  const wrong = witnesses.find(({ vkey }) => parseWitnessKey(vkey) === undefined);
  if (wrong !== undefined)
    throw new MusterError('MUSTER_E_INVALID', {
      field: 'MUSTER_WITNESSES',
      problem: `not a witness key: ${wrong.vkey}`,
    });
  const quorum = Math.min(witnessQuorum, witnesses.length);
  const stopping = new AbortController();
  let follower: RunningFollower | undefined;
  const served = new ServedTransparencyLog({
    directory,
    store: events.store,
    isOwnStream: events.catalog.isOwnStream,
    seed,
    onlyCosigned: quorum > 0,
    status: () => follower?.status(),
  });
  const started = (async () => {
    await clock.sleep(DELAY_MS, stopping.signal);
    if (stopping.signal.aborted) return;
    const { categories } = events.catalog;
    const start = { handle: events.handle(), directory, categories, seed, witnesses, quorum };
    follower = startTransparency(start, {
      onFailure: ({ problem, fork, moved }) => log.error({ code: codeOf({ fork, moved }), problem }),
      onDamage: (file) => {
        served.reopen();
        log.warn({ code: 'transparency.damaged', file, action: 'the tree is being rebuilt from the log' });
      },
    });
  })();
  host.onClose('transparency', async () => {
    stopping.abort();
    await started;
    await follower?.stop();
    served.close();
  });
  host.check(() => checkOf(follower?.status()));
  if (witnesses.length > 0) host.check(() => witnessCheck(follower?.status()));
  host.measure((metrics) => transparencyMetrics(metrics, () => follower?.status()));
  return served;
}

/** Not vital, because nothing depends on the transparency log. The check exists to alert operators and auditors to a fork. */
function checkOf(now: FollowerStatus | undefined): ReadinessCheck {
  const check = { name: 'transparency', vital: false };
  if (now === undefined) return { ...check, ok: true, detail: 'starting soon' };
  const { problem, isRebuilding, size, signed } = now;
  if (problem !== undefined) return { ...check, ok: false, detail: `${codeOf(now)}: ${problem}` };
  if (isRebuilding)
    return {
      ...check,
      ok: true,
      detail: `rebuilding the tree: ${size} events so far, to compare with the ${signed} signed events`,
    };
  return { ...check, ok: true, detail: `${signed} of ${size} events are signed` };
}

function codeOf({ fork, moved }: Pick<FollowerStatus, 'fork' | 'moved'>): string {
  if (fork !== undefined) return 'transparency.forked';
  return moved === undefined ? 'transparency.failed' : 'transparency.altered';
}

/** Not vital: an unreachable witness only delays what auditors can read. */
function witnessCheck(now: FollowerStatus | undefined): ReadinessCheck {
  const check = { name: 'witnesses', vital: false };
  const failing = (now?.witnesses ?? []).filter(({ problem }) => problem !== undefined);
  if (failing.length === 0) return { ...check, ok: true };
  const detail = failing.map(({ name, problem }) => `witness ${name}: ${problem}`).join('; ');
  return { ...check, ok: false, detail };
}
