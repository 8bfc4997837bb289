import type { PresentUser } from './state.js';

/**
 * Administrators, accounts with a grant and, if execution is open, all active accounts may run processes on workers.
 * HTTP tasks and containers are separate rights.
 */
export function mayExecute(
  { role, active, execute }: Pick<PresentUser, 'role' | 'active' | 'execute'>,
  open: boolean,
): boolean {
  return active && (role === 'admin' || execute || open);
}
