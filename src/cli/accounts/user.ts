import { randomBytes } from 'node:crypto';
import type { Command } from 'commander';
import { ROLES, type Role } from '#domain/accounts/user/role.js';
import { bodyOf, type Api } from '../shared/client.js';
import { Failure } from '../shared/failure.js';
import { confirm } from '../shared/confirm.js';
import { connect, remote, type RemoteOptions } from '../shared/options.js';
import { printJson, printLine } from '../shared/output.js';
import { readSecret, readSecrets } from '../shared/secret-input.js';
import { storeToken, tokenFile } from '../shared/token-file.js';
import { firstPage, connectList, printList, remoteList, type ListOptions } from '../shared/list.js';
import { USER_LIST } from './user-view.js';

export function addUserCommands(program: Command): void {
  remote(
    program
      .command('login')
      .description('log in; stores a token in a file that only you can read')
      .argument('[username]', 'account name', 'admin'),
  ).action(async (username: string, options: RemoteOptions) => {
    const { api, address, format } = connect({ ...options, anonymous: true });
    const { token } = await bodyOf(
      api.POST('/api/auth/login', {
        body: { username, password: await readSecret(`Password of ${username}: `) },
      }),
    );
    storeToken(address, token);
    if (format === 'json') printJson({ username, token_file: tokenFile() });
    else printLine(`Logged in as ${username}; the token is in ${tokenFile()}`);
  });
  remote(program.command('logout').description('log out: end the session and delete its token')).action(
    async (options: RemoteOptions) => {
      const { api, address, format } = connect(options);
      try {
        await api.POST('/api/auth/logout');
      } finally {
        storeToken(address, undefined);
      }
      if (format === 'json') printJson({ message: 'Logged out' });
      else printLine('Logged out');
    },
  );

  const user = program
    .command('user')
    .description(
      'manage accounts; anyone may register, "passwd" and "update" are for your own account, and all other commands require an administrator (log in first), or root or the server\'s user on its own machine without a token',
    );
  addMaking(user);
  addOwn(user);
  addChanging(user);
}

function addMaking(user: Command): void {
  remote(
    user
      .command('register')
      .description(
        'register an account with its own tenant, without logging in; the password is read from standard input',
      ),
  )
    .argument('<username>')
    .requiredOption('--email <address>')
    .option('--first-name <name>')
    .option('--last-name <name>')
    .action(async (username: string, { email, firstName, lastName, ...options }: RegisterOptions) => {
      const { api, format } = connect({ ...options, anonymous: true });
      const password = await passwordFor(username, false);
      const names = {
        ...(firstName !== undefined && { first_name: firstName }),
        ...(lastName !== undefined && { last_name: lastName }),
      };
      const body = await bodyOf(
        api.POST('/api/v1/auth/register', { body: { username, email, password, ...names } }),
      );
      if (format === 'json') printJson(body);
      else
        printLine(
          `Account ${body.user.username}, role ${body.user.role}, id ${body.user.id}\nLog in: muster login ${body.user.username}`,
        );
    });

  remote(user.command('create').description('create an account; the password is read from standard input'))
    .argument('<username>')
    .option('--role <role>', 'user, tenant_admin, auditor or admin', 'user')
    .option('--tenant <id>', 'tenant of the account (default: a new one)')
    .option('--email <address>')
    .option('--full-name <name>')
    .option('--generate', 'generate a password and print it once')
    .action(
      async (
        username: string,
        options: RemoteOptions & {
          role: string;
          tenant?: string;
          email?: string;
          fullName?: string;
          generate?: boolean;
        },
      ) => {
        const { api, format } = connect(options);
        const role = roleOf(options.role);
        const password = await passwordFor(username, options.generate);
        const { tenant, email, fullName } = options;
        const account = {
          username,
          password,
          role,
          ...(tenant !== undefined && { tenant_id: tenant }),
          ...(email !== undefined && { email }),
          ...(fullName !== undefined && { full_name: fullName }),
        };
        const body = await bodyOf(api.POST('/api/auth/users', { body: account }));
        const shown = options.generate === true ? { ...body, password } : body;
        if (format === 'json') printJson(shown);
        else
          printLine(
            `Account ${body.username}, number ${body.user_id}, role ${body.role}, id ${body.id}${options.generate === true ? `\nPassword ${password} (shown only once)` : ''}`,
          );
      },
    );

  remoteList(user.command('list').description('list accounts'), USER_LIST).action(
    async (options: ListOptions) => {
      const api = connectList(options);
      const { users } = await bodyOf(api.GET('/api/auth/users', { params: { query: firstPage(options) } }));
      await printList(USER_LIST, options, users, (shown) => ({ users: shown, count: shown.length }));
    },
  );
}

interface RegisterOptions extends RemoteOptions {
  readonly email: string;
  readonly firstName?: string;
  readonly lastName?: string;
}

interface ProfileOptions extends RemoteOptions {
  readonly email?: string;
  readonly firstName?: string;
  readonly lastName?: string;
}

/** Commands with which an account changes itself. */
function addOwn(user: Command): void {
  remote(user.command('passwd'))
    .description(
      'change your password; the current and the new one are read from the terminal, or from two lines of standard input. Ends all your sessions',
    )
    .action(async (options: RemoteOptions) => {
      const { api, format } = connect(options);
      const { username } = await bodyOf(api.GET('/api/auth/me'));
      const [current = '', password = ''] = await readSecrets([
        `Current password of ${username}: `,
        `New password of ${username}: `,
      ]);
      const body = await bodyOf(
        api.PUT('/api/auth/me/password', { body: { current_password: current, password } }),
      );
      if (format === 'json') printJson(body);
      else printLine(`${username}: ${body.message}\nLog in again: muster login ${username}`);
    });
  remote(user.command('update'))
    .description('change your own names or e-mail address')
    .option('--email <address>')
    .option('--first-name <name>')
    .option('--last-name <name>')
    .action(async ({ email, firstName, lastName, ...options }: ProfileOptions) => {
      const profile = {
        ...(email !== undefined && { email }),
        ...(firstName !== undefined && { first_name: firstName }),
        ...(lastName !== undefined && { last_name: lastName }),
      };
      if (Object.keys(profile).length === 0)
        throw new Failure('nothing to change: pass --email, --first-name or --last-name');
      const { api, format } = connect(options);
      const body = await bodyOf(api.PUT('/api/v1/users/me', { body: profile }));
      if (format === 'json') printJson(body);
      else printLine(`${body.username}: changed ${Object.keys(profile).join(', ')}`);
    });
}

const HEIR = 'hand services, tasks and environments to this account of the same tenant instead';

async function heirQuery(api: Api, username: string | undefined): Promise<{ readonly to?: string }> {
  return username === undefined ? {} : { to: await accountId(api, username) };
}

function addChanging(user: Command): void {
  remote(
    user
      .command('role')
      .description('change the role of an account')
      .argument('<username>')
      .argument('<role>', 'user, tenant_admin, auditor or admin'),
  ).action(async (username: string, role: string, options: RemoteOptions) => {
    const wanted = roleOf(role);
    await change(
      options,
      username,
      async (api, path) =>
        await bodyOf(api.PUT('/api/auth/users/{id}/role', { params: { path }, body: { role: wanted } })),
    );
  });
  for (const [verb, execute, description] of [
    ['grant', true, 'allow an account to run shell and Python tasks, which run as processes on workers'],
    [
      'revoke',
      false,
      'no longer allow an account to run shell and Python tasks; administrators can always run them',
    ],
  ] as const) {
    remote(user.command(verb).description(description).argument('<username>')).action(
      async (username: string, options: RemoteOptions) => {
        await change(
          options,
          username,
          async (api, path) =>
            await bodyOf(api.PUT('/api/auth/users/{id}/execution', { params: { path }, body: { execute } })),
        );
      },
    );
  }
  remote(
    user
      .command('deactivate')
      .description('deactivate an account: its services are stopped and its tasks are paused')
      .argument('<username>'),
  )
    .option('--to <username>', HEIR)
    .action(async (username: string, options: RemoteOptions & { to?: string }) => {
      await change(options, username, async (api, path) => {
        const query = await heirQuery(api, options.to);
        return await bodyOf(api.POST('/api/auth/users/{id}/deactivate', { params: { path, query } }));
      });
    });
  remote(user.command('reactivate').description('reactivate an account').argument('<username>')).action(
    async (username: string, options: RemoteOptions) => {
      await change(
        options,
        username,
        async (api, path) => await bodyOf(api.POST('/api/auth/users/{id}/reactivate', { params: { path } })),
      );
    },
  );
  remote(
    user
      .command('reset-password')
      .description('set a new password, read from standard input, and end the sessions of the account')
      .argument('<username>'),
  )
    .option('--generate', 'generate a password and print it once')
    .action(async (username: string, options: RemoteOptions & { generate?: boolean }) => {
      const password = await passwordFor(username, options.generate);
      await change(
        options,
        username,
        async (api, path) =>
          await bodyOf(api.PUT('/api/auth/users/{id}/password', { params: { path }, body: { password } })),
        options.generate === true ? password : undefined,
      );
    });
  remote(
    user
      .command('erase')
      .description(
        'erase an account: its personal data becomes permanently unreadable, its services are stopped, and its tasks are paused',
      )
      .argument('<username>'),
  )
    .option('--to <username>', HEIR)
    .option('-y, --yes', 'do not ask for confirmation')
    .action(async (username: string, options: RemoteOptions & { yes?: boolean; to?: string }) => {
      if (options.yes !== true)
        await confirm(`Erase the account ${username}? This cannot be undone.`, 'pass --yes');
      await change(options, username, async (api, path) => {
        const query = await heirQuery(api, options.to);
        return await bodyOf(api.DELETE('/api/auth/users/{id}', { params: { path, query } }));
      });
    });
}

async function change(
  options: RemoteOptions,
  username: string,
  ask: (api: Api, path: { readonly id: string }) => Promise<{ readonly message: string }>,
  made?: string,
): Promise<void> {
  const { api, format } = connect(options);
  const body = await ask(api, { id: await accountId(api, username) });
  if (format === 'json') printJson({ ...body, ...(made !== undefined && { password: made }) });
  else
    printLine(
      `${username}: ${body.message}${made === undefined ? '' : `\nPassword ${made} (shown only once)`}`,
    );
}

async function accountId(api: Api, username: string): Promise<string> {
  const found = await bodyOf(api.GET('/api/auth/users', { params: { query: { username } } }));
  const [account] = found.users;
  if (account === undefined) throw new Failure(`no such account: ${username}`);
  return account.id;
}

function roleOf(text: string): Role {
  const role = ROLES.find((each) => each === text);
  if (role === undefined) throw new Failure(`unknown role ${text}: must be one of ${ROLES.join(', ')}`);
  return role;
}

async function passwordFor(username: string, generate: boolean | undefined): Promise<string> {
  return generate === true
    ? randomBytes(18).toString('base64url')
    : await readSecret(`New password of ${username}: `);
}
