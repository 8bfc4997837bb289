import type { Command } from 'commander';
import { assignment } from './assignment.js';
import { bodyOf, type Api, type Services } from '../shared/client.js';
import { connect, remote, remoteNamed, remoteReadNamed, type NamingOptions } from '../shared/options.js';
import { printFields, printJson, printLines } from '../shared/output.js';
import { connectList, printList, remoteList, type ListOptions, type ListView } from '../shared/list.js';
import { idColumn, tableLines, wideColumn } from '../shared/table.js';
import { unambiguous, type ReadAs } from '../shared/resolve-prefix.js';

const TEMPLATE_LIST: ListView<Services['ServiceTemplateList']['templates'][number]> = {
  headings: ['TEMPLATE', 'TYPE', 'DESCRIPTION', wideColumn(idColumn('ID'))],
  row: ({ name, type, description, id }) => [name, type, description, id],
  name: ({ name }) => name,
};

export function addServiceTemplateCommands(service: Command): void {
  const template = service
    .command('template')
    .description('manage service templates; refer to one by its name, its id, or a unique prefix of either');
  remoteList(template.command('list'), TEMPLATE_LIST).description('list service templates').action(list);
  remoteReadNamed(template.command('show <template>'))
    .description('show a template as JSON, with its variables')
    .action(show);
  remote(template.command('add <file>'))
    .description('add a template from a JSON or YAML file (- for standard input; administrators)')
    .action(add);
  remoteNamed(template.command('remove <template>'))
    .description('remove a template; services created from it are not affected (administrators)')
    .action(remove);
  remoteNamed(template.command('render <template> [variables...]'))
    .description(
      'show the config that a service would get from a template, with variables as NAME=value; secrets are shown as ***',
    )
    .action(render);
}

async function list(options: ListOptions): Promise<void> {
  const api = connectList(options);
  const { templates, ...body } = await bodyOf(api.GET('/api/v1/templates'));
  await printList(TEMPLATE_LIST, options, templates, (shown) => ({ ...body, templates: shown }));
}

async function show(given: string, options: NamingOptions): Promise<void> {
  const { api } = connect(options);
  printJson(
    await bodyOf(
      api.GET('/api/v1/templates/{id}', { params: { path: { id: await idOf(api, given, options) } } }),
    ),
  );
}

async function add(file: string, options: NamingOptions): Promise<void> {
  const { api, format } = connect(options);
  const { readChecked } = await import('../files/checked-file.js');
  const { templateBody } = await (await import('#src/surfaces/services/index.js')).serviceTemplateBodies();
  const body = (await readChecked(file, {
    kinds: ['template'],
    schema: templateBody,
  })) as Services['AddServiceTemplateRequest'];
  const made = await bodyOf(api.POST('/api/v1/templates', { body }));
  if (format === 'json') printJson(made);
  else
    printFields([
      ['Template', made.id],
      ['Name', made.name],
    ]);
}

async function remove(given: string, options: NamingOptions): Promise<void> {
  const { api, format } = connect(options);
  const id = await idOf(api, given, options);
  const body = await bodyOf(api.DELETE('/api/v1/templates/{id}', { params: { path: { id } } }));
  if (format === 'json') printJson(body);
  else
    printFields([
      ['Template', id],
      ['Message', 'removed'],
    ]);
}

async function render(given: string, variables: readonly string[], options: NamingOptions): Promise<void> {
  const { api, format, look } = connect(options);
  const params = { path: { id: await idOf(api, given, options) } };
  const body = { custom_variables: Object.fromEntries(variables.map(assignment)) };
  const rendered = await bodyOf(api.POST('/api/v1/templates/{id}/render', { params, body }));
  if (format === 'json') return printJson(rendered);
  printLines(
    tableLines(
      ['VARIABLE', 'VALUE', 'FROM'],
      rendered.variables.map(({ name, value, from }) => [name, value, from]),
      look,
    ),
  );
  printLines(['']);
  printFields([['Connection', rendered.connection_string ?? '-']]);
  printJson(rendered.config);
}

async function idOf(api: Api, given: string, as: ReadAs): Promise<string> {
  const { templates } = await bodyOf(api.GET('/api/v1/templates'));
  return unambiguous('template', given, templates, as).id;
}
