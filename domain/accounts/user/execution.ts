import type { PresentUser } from './state.js';

/**
 * Returns whether an account may run processes on workers: administrators, accounts with a grant and, if execution is open, all active accounts may.
 * HTTP tasks and containers require separate rights.
 */
export function mayExecute(
  { role, active, execute }: Pick<PresentUser, 'role' | 'active' | 'execute'>,
  open: boolean,
): boolean {
  return active && (role === 'admin' || execute || open);
}
