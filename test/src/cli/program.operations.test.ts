import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import t from 'tap';
import ts from 'typescript';
import { createProgram } from '#src/cli/program.js';

const ROOT = join(import.meta.dirname, '../../../..');
const COMPILED = join(ROOT, 'dist/src/cli');
const CHANGING = ['post', 'put', 'patch', 'delete'] as const;
/** The precedence of the client's types: the command line uses the tasks surface where conda has the same path. */
const DOCUMENTS = ['cluster', 'gpu', 'tasks', 'conda', 'services', 'audit', 'console'];

/** Operations that change something and have no command, by operation id, each with the reason. */
const WITHOUT_COMMAND: Readonly<Record<string, string>> = {
  cluster_registerNode: 'agents call it',
  cluster_heartbeat: 'agents call it',
  gpu_registerNode: 'agents call it',
  tasks_heartbeatWorker: 'workers call it',
  cluster_clearAll: 'tests call it, and only if a setting allows it',
  cluster_updateJob: 'is cluster_submitJob for a job that exists, which "job run" calls',
  cluster_parseJob: 'changes nothing: "job validate" and "job run" read files without a server',
  conda_login: 'opens a session with a cookie, for browsers',
  conda_logout: 'ends a session with a cookie, for browsers',
  conda_createUser: 'is gpu_createUser for browsers',
  conda_createTask: 'is tasks_createTask for browsers',
  conda_stopTask: 'is tasks_cancelRun for browsers',
  conda_deleteTask: 'is tasks_deleteTask for browsers',
  console_signIn: 'opens a session with a cookie, for the console',
  console_signOut: 'ends a session with a cookie, for the console',
  gpu_register: 'is services_register without an e-mail address',
  services_login: 'is gpu_login with a refreshed token',
  services_refresh: 'tokens of "muster login" are not refreshed',
  services_setRole: 'is gpu_setRole',
  services_activateUser: 'is gpu_reactivateUser',
  services_deactivateUser: 'is gpu_deactivateUser',
};

/** Commands with a server that call no operation of the OpenAPI descriptions, each with the reason. */
const WITHOUT_OPERATION: Readonly<Record<string, string>> = {};

/** What a function, class or constant of a module refers to: operations, and other declarations as `file#name`. */
interface Declaration {
  readonly operations: ReadonlySet<string>;
  readonly uses: ReadonlySet<string>;
}

interface Module {
  readonly file: ts.SourceFile;
  /** Declarations of this and other modules, by the name that they have here. */
  readonly names: ReadonlyMap<string, string>;
}

/** The compiled modules of the command line. Their positions are those in stack traces. */
class Modules {
  readonly #modules = new Map<string, Module>();
  readonly #declarations = new Map<string, Declaration>();

  constructor() {
    const paths = readdirSync(COMPILED, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.js'))
      .map((name) => join(COMPILED, name));
    for (const path of paths) this.#modules.set(path, moduleOf(path));
    for (const [path, module] of this.#modules)
      for (const statement of module.file.statements)
        for (const name of declaredBy(statement))
          this.#declarations.set(`${path}#${name}`, this.#within(path, statement));
  }

  /** Returns the operations that the argument of the `.action(…)` at this position can call, directly or through other functions. */
  operationsAt(path: string, line: number, column: number): ReadonlySet<string> {
    const { file } = this.#modules.get(path)!;
    const position = file.getPositionOfLineAndCharacter(line - 1, column - 1);
    const call = within(file).find(
      (node): node is ts.CallExpression =>
        ts.isCallExpression(node) &&
        ts.isPropertyAccessExpression(node.expression) &&
        node.expression.name.getStart(file) === position,
    );
    if (call === undefined) throw new Error(`no call of action at ${path}:${line}:${column}`);
    const found = new Set<string>();
    const seen = new Set<string>();
    const add = ({ operations, uses }: Declaration): void => {
      for (const each of operations) found.add(each);
      for (const each of uses) {
        const declaration = this.#declarations.get(each);
        if (declaration === undefined || seen.has(each)) continue;
        seen.add(each);
        add(declaration);
      }
    };
    for (const argument of call.arguments) add(this.#within(path, argument));
    return found;
  }

  #within(path: string, root: ts.Node): Declaration {
    const operations = new Set<string>();
    const uses = new Set<string>();
    const { names } = this.#modules.get(path)!;
    for (const node of within(root)) {
      if (ts.isIdentifier(node) && names.has(node.text)) uses.add(names.get(node.text)!);
      if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) continue;
      const [first] = node.arguments;
      const method = node.expression.name.text;
      if (/^(GET|POST|PUT|PATCH|DELETE)$/.test(method) && first !== undefined && ts.isStringLiteral(first))
        operations.add(`${method} ${first.text}`);
    }
    return { operations, uses };
  }
}

function moduleOf(path: string): Module {
  const file = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.ES2022, true);
  const names = new Map(file.statements.flatMap(declaredBy).map((name) => [name, `${path}#${name}`]));
  const bind = (specifier: string, elements: readonly (ts.ImportSpecifier | ts.BindingElement)[]): void => {
    if (!specifier.startsWith('.')) return;
    for (const { name, propertyName } of elements)
      names.set(name.getText(file), `${join(path, '..', specifier)}#${(propertyName ?? name).getText(file)}`);
  };
  for (const node of within(file)) {
    if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
      const bindings = node.importClause?.namedBindings;
      if (bindings !== undefined && ts.isNamedImports(bindings))
        bind(node.moduleSpecifier.text, bindings.elements);
    }
    // const { runJob } = await import('./job-run.js');
    if (ts.isVariableDeclaration(node) && ts.isObjectBindingPattern(node.name)) {
      const [, specifier] =
        /^await import\(["'](.+)["']\)$/.exec(node.initializer?.getText(file) ?? '') ?? [];
      if (specifier !== undefined) bind(specifier, [...node.name.elements]);
    }
  }
  return { file, names };
}

function declaredBy(statement: ts.Statement): string[] {
  if (ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement))
    return statement.name === undefined ? [] : [statement.name.text];
  if (!ts.isVariableStatement(statement)) return [];
  return statement.declarationList.declarations.flatMap(({ name }) =>
    ts.isIdentifier(name) ? [name.text] : [],
  );
}

function within(root: ts.Node): ts.Node[] {
  const all = [root];
  ts.forEachChild(root, (child) => void all.push(...within(child)));
  return all;
}

interface Verb {
  readonly command: Command;
  readonly operations: ReadonlySet<string>;
}

/** Creates the program, and finds for each command the place that gave it its action, and from there what it calls. */
async function verbs(): Promise<ReadonlyMap<string, Verb>> {
  const modules = new Modules();
  const found = new Map<Command, ReadonlySet<string>>();
  const original = Command.prototype.action;
  Command.prototype.action = function (this: Command, handler) {
    const caller = callSites()[1]!;
    const path = fileURLToPath(caller.getFileName()!);
    found.set(this, modules.operationsAt(path, caller.getLineNumber()!, caller.getColumnNumber()!));
    return original.call(this, handler);
  };
  try {
    await createProgram();
  } finally {
    Command.prototype.action = original;
  }
  return new Map([...found].map(([command, operations]) => [nameOf(command), { command, operations }]));
}

/** Returns the positions of the callers in the compiled files, the nearest first. */
function callSites(): NodeJS.CallSite[] {
  const { prepareStackTrace } = Error;
  try {
    Error.prepareStackTrace = (_, sites) => sites;
    return (new Error().stack as unknown as NodeJS.CallSite[]).slice(1);
  } finally {
    Error.prepareStackTrace = prepareStackTrace;
  }
}

function nameOf(command: Command): string {
  return command.parent === null ? '' : `${nameOf(command.parent)} ${command.name()}`.trim();
}

/** Operation ids of the descriptions, by method and path. */
function operationIds(): Map<string, string[]> {
  const ids = new Map<string, string[]>();
  for (const document of DOCUMENTS) {
    const { paths } = JSON.parse(readFileSync(join(ROOT, `openapi/${document}.json`), 'utf8')) as {
      paths: Record<string, Record<string, { operationId?: string }>>;
    };
    for (const [path, methods] of Object.entries(paths))
      for (const [method, { operationId }] of Object.entries(methods)) {
        const key = `${method.toUpperCase()} ${path}`;
        if (operationId !== undefined) ids.set(key, [...(ids.get(key) ?? []), operationId]);
      }
  }
  return ids;
}

void t.test('each operation that changes something has a command, or a reason why not', async (t) => {
  const ids = operationIds();
  const called = new Set([...(await verbs()).values()].flatMap(({ operations }) => [...operations]));
  const known = [...called].filter((each) => ids.has(each));
  t.same([...called].sort(), known.sort(), 'what commands call is described');
  const calledIds = new Set(known.map((each) => ids.get(each)![0]!));
  const changing = [...ids].flatMap(([key, of]) =>
    CHANGING.some((method) => key.startsWith(`${method.toUpperCase()} `)) ? of : [],
  );
  t.same(
    changing.filter((id) => !calledIds.has(id) && WITHOUT_COMMAND[id] === undefined),
    [],
    'add a command, or a reason to WITHOUT_COMMAND',
  );
  t.same(
    Object.keys(WITHOUT_COMMAND).filter((id) => calledIds.has(id) || !changing.includes(id)),
    [],
    'no reason is left over',
  );
});

void t.test('each command with a server calls an operation, or has a reason why not', async (t) => {
  const all = await verbs();
  t.ok(all.size > 100, `${all.size} commands`);
  const silent = [...all]
    .filter(([, { command, operations }]) => {
      const isRemote = command.options.some(({ long }) => long === '--address');
      return isRemote && operations.size === 0;
    })
    .map(([name]) => name);
  t.same(silent.sort(), Object.keys(WITHOUT_OPERATION).sort());
  t.same([...all.get('job stop')!.operations].sort(), [
    'DELETE /jobs/{job_id}',
    'GET /jobs',
    'POST /jobs/{job_id}/delete',
  ]);
  t.ok(all.get('user grant')!.operations.has('PUT /api/auth/users/{id}/execution'));
  t.ok(all.get('job run')!.operations.has('POST /jobs'), 'through a module that is loaded on demand');
});
