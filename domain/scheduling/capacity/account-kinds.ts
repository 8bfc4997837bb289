import { seesAll, type Role } from '../../accounts/user/role.js';

/** Snapshot of {@link AccountKinds}. */
export interface AccountKindsRecord {
  readonly roles: readonly (readonly [string, Role])[];
  readonly unproven: readonly string[];
  readonly proven: readonly string[];
}

/** Which accounts quotas do not apply to, and which registered themselves. */
export class AccountKinds {
  /** Roles other than `user`. */
  readonly #roles = new Map<string, Role>();
  /** Accounts without the right to execute. */
  readonly #unproven = new Set<string>();
  /** Accounts with it. */
  readonly #proven = new Set<string>();

  setRole(userId: string, role: Role): void {
    if (role === 'user') this.#roles.delete(userId);
    else this.#roles.set(userId, role);
  }

  setExecute(userId: string, execute: boolean): void {
    const [from, to] = execute ? [this.#unproven, this.#proven] : [this.#proven, this.#unproven];
    from.delete(userId);
    to.add(userId);
  }

  erase(userId: string): void {
    this.#roles.delete(userId);
    this.#unproven.delete(userId);
    this.#proven.delete(userId);
  }

  isAdministrator(userId: string): boolean {
    return this.#roles.get(userId) === 'admin';
  }

  isSelfRegistered(userId: string): boolean {
    return this.#unproven.has(userId) && !this.#roles.has(userId);
  }

  /** Returns whether any account did not register itself, apart from administrators and auditors. */
  hasOthers(): boolean {
    for (const userId of this.#proven) if (!seesAll(this.#roles.get(userId) ?? 'user')) return true;
    for (const role of this.#roles.values()) if (!seesAll(role)) return true;
    return false;
  }

  record(): AccountKindsRecord {
    return { roles: [...this.#roles], unproven: [...this.#unproven], proven: [...this.#proven] };
  }

  restore({ roles, unproven, proven }: AccountKindsRecord): void {
    for (const [userId, role] of roles) this.#roles.set(userId, role);
    for (const userId of unproven) this.#unproven.add(userId);
    for (const userId of proven) this.#proven.add(userId);
  }
}
