import { randomBytes } from 'node:crypto';
import type { Command } from 'commander';
import type { ApiClient } from '../client.js';
import { Failure } from '../failure.js';
import { connect, remote, type RemoteOptions } from '../options.js';
import { printJson, printTable, showTime } from '../output.js';
import { readSecret } from '../secret-input.js';
import { keepToken, tokenFile } from '../token-file.js';

interface UserView {
  readonly id: string;
  readonly user_id: number | null;
  readonly username: string;
  readonly role: string;
  readonly tenant_id: string;
  readonly active: boolean;
  readonly erased: boolean;
  readonly created_at: number;
}

/** `muster login`, `muster logout`, `muster user …`: accounts, as their administrators handle them. */
export function addUserCommands(program: Command): void {
  remote(program.command('login').description('log in; the token is kept in a file that only you can read, and used from then on').argument('[username]', 'name of the account', 'admin')).action(
    async (username: string, options: RemoteOptions) => {
      const { client } = connect({ ...options, anonymous: true });
      const { body } = await client.post<{ token: string }>('/api/auth/login', { username, password: await readSecret(`Password of ${username}: `) });
      keepToken(client.address, body.token);
      process.stdout.write(`Logged in as ${username}; the token is in ${tokenFile()}\n`);
    },
  );
  remote(program.command('logout').description('end the session of `muster login`, and forget its token')).action(async (options: RemoteOptions) => {
    const { client } = connect(options);
    try {
      await client.post('/api/auth/logout');
    } finally {
      keepToken(client.address, undefined);
    }
    process.stdout.write('Logged out\n');
  });

  const user = program.command('user').description('accounts: log in as an administrator first (muster login)');
  addMaking(user);
  addChanging(user);
}

function addMaking(user: Command): void {
  remote(user.command('create').description('make an account; its password comes from standard input'))
    .argument('<username>')
    .option('--role <role>', 'user, tenant_admin or admin', 'user')
    .option('--tenant <id>', 'tenant to put it into; one of its own when absent')
    .option('--email <address>')
    .option('--full-name <name>')
    .option('--generate', 'make a password and print it once')
    .action(async (username: string, options: RemoteOptions & { role: string; tenant?: string; email?: string; fullName?: string; generate?: boolean }) => {
      const { client, format } = connect(options);
      const password = await passwordFor(username, options.generate);
      const { tenant, email, fullName, role } = options;
      const { body } = await client.post<{ id: string; user_id: number; username: string; role: string }>('/api/auth/users', {
        username,
        password,
        role,
        ...(tenant !== undefined && { tenant_id: tenant }),
        ...(email !== undefined && { email }),
        ...(fullName !== undefined && { full_name: fullName }),
      });
      const shown = options.generate === true ? { ...body, password } : body;
      if (format === 'json') printJson(shown);
      else process.stdout.write(`Account ${body.username}, number ${body.user_id}, role ${body.role}, id ${body.id}${options.generate === true ? `\nPassword ${password} (shown this once)` : ''}\n`);
    });

  remote(user.command('list').description('list accounts')).action(async (options: RemoteOptions) => {
    const { client, format } = connect(options);
    const { body } = await client.get<{ users: UserView[] }>('/api/auth/users');
    if (format === 'json') return printJson(body);
    const state = ({ erased, active }: UserView): string => (erased ? 'erased' : active ? 'active' : 'inactive');
    printTable(
      ['NUMBER', 'USERNAME', 'ROLE', 'STATE', 'TENANT', 'CREATED'],
      body.users.map((each) => [String(each.user_id ?? '-'), each.username, each.role, state(each), each.tenant_id, showTime(each.created_at)]),
    );
  });
}

function addChanging(user: Command): void {
  remote(user.command('role').description('change what an account may do').argument('<username>').argument('<role>', 'user, tenant_admin or admin')).action(
    async (username: string, role: string, options: RemoteOptions) => {
      await change(options, username, async (client, path) => client.put(`${path}/role`, { role }));
    },
  );
  for (const [verb, description] of [['deactivate', 'shut an account out'], ['reactivate', 'let an account in again']] as const) {
    remote(user.command(verb).description(description).argument('<username>')).action(async (username: string, options: RemoteOptions) => {
      await change(options, username, async (client, path) => client.post(`${path}/${verb}`));
    });
  }
  remote(user.command('reset-password').description('give an account a new password, from standard input; its sessions end').argument('<username>'))
    .option('--generate', 'make a password and print it once')
    .action(async (username: string, options: RemoteOptions & { generate?: boolean }) => {
      const password = await passwordFor(username, options.generate);
      await change(options, username, async (client, path) => client.put(`${path}/password`, { password }));
      if (options.generate === true) process.stdout.write(`Password ${password} (shown this once)\n`);
    });
  remote(user.command('erase').description('erase an account: what is personal of it cannot be read any more, for good').argument('<username>'))
    .option('--yes', 'do it')
    .action(async (username: string, options: RemoteOptions & { yes?: boolean }) => {
      if (options.yes !== true) throw new Failure(`this cannot be undone; to erase ${username}: muster user erase ${username} --yes`);
      await change(options, username, async (client, path) => client.delete(path));
    });
}

async function change(options: RemoteOptions, username: string, ask: (client: ApiClient, path: string) => Promise<{ readonly body: unknown }>): Promise<void> {
  const { client, format } = connect(options);
  const { body: found } = await client.get<{ users: UserView[] }>(`/api/auth/users?username=${encodeURIComponent(username)}`);
  const [account] = found.users;
  if (account === undefined) throw new Failure(`there is no account ${username}`);
  const { body } = await ask(client, `/api/auth/users/${encodeURIComponent(account.id)}`);
  if (format === 'json') printJson(body);
  else process.stdout.write(`${username}: ${(body as { message: string }).message}\n`);
}

async function passwordFor(username: string, generate: boolean | undefined): Promise<string> {
  return generate === true ? randomBytes(18).toString('base64url') : await readSecret(`New password of ${username}: `);
}
