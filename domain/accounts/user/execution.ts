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

/**
 * Returns whether an account counts as self-registered: no administrator has given it the right to execute or a role. Such accounts share one quota,
 * because a registration costs nothing.
 */
export function isSelfRegistered({ role, execute }: Pick<PresentUser, 'role' | 'execute'>): boolean {
  return role === 'user' && !execute;
}
