import type { PresentUser } from './state.js';

/**
 * Whether an account may run processes on workers: administrators, those that it was granted to, and where execution is open every account.
 * One that is shut out may nothing. Calls of tasks and containers are other rights.
 */
export function mayExecute({ role, active, execute }: Pick<PresentUser, 'role' | 'active' | 'execute'>, open: boolean): boolean {
  return active && (role === 'admin' || execute || open);
}
