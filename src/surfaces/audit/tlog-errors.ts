import { declareErrors, MusterError } from '#domain/kernel/errors/index.js';
import type { ServedTransparencyLog } from '#src/features/transparency/index.js';

export const tlogErrors = declareErrors({
  MUSTER_E_TLOG_OFF: {
    status: 404,
    template: 'the transparency log is switched off',
    hint: 'Set MUSTER_TRANSPARENCY=true to enable it.',
  },
  MUSTER_E_TLOG_UNSIGNED: {
    status: 503,
    template: '{what} yet; try again',
    hint: 'New events are signed within about 15 seconds.',
  },
  MUSTER_E_TLOG_FORKED: {
    status: 409,
    template: 'nothing is signed: {problem}',
    hint: 'If the log was restored from an older copy, an administrator can adopt the fork: muster tlog adopt --reason TEXT.',
  },
  MUSTER_E_TLOG_ALTERED: {
    status: 409,
    template: '{what} not what was signed: the log was altered',
    hint: 'Run "muster verify" on the machine of the server: it names the entries that differ.',
  },
  MUSTER_E_TLOG_NOT_FORKED: {
    status: 409,
    template: 'there is no fork to adopt: the log matches what was signed',
  },
  MUSTER_E_TILE_NOT_FOUND: { status: 404, template: 'tile {path} is not part of any checkpoint' },
  MUSTER_E_EVENT_NOT_FOUND: { status: 404, template: 'there is no Muster event at position {position}' },
});

/** Returns this server's transparency log. Throws `MUSTER_E_TLOG_OFF` if it is switched off. */
export function on(transparency: ServedTransparencyLog | undefined): ServedTransparencyLog {
  if (transparency === undefined) throw new MusterError(tlogErrors.MUSTER_E_TLOG_OFF, {});
  return transparency;
}
