import { comparedName } from '#domain/kernel/plain-name.js';
import type { Command } from 'commander';
import { bodyOf, type Cluster } from '../shared/client.js';
import { Failure } from '../shared/failure.js';
import { findTemplate } from '../shared/lookup.js';
import { connect, remote, remoteNamed, remoteReadNamed, type NamingOptions } from '../shared/options.js';
import { printFields, printJson } from '../shared/output.js';
import { firstPage, connectList, printList, remoteList, type ListOptions } from '../shared/list.js';
import { TEMPLATE_LIST } from './template-view.js';

export function addTemplateCommands(program: Command): void {
  const template = program
    .command('template')
    .description('manage job templates; refer to one by its id, its name, or a unique prefix of either');
  remoteList(template.command('list'), TEMPLATE_LIST).description('list templates').action(list);
  remoteReadNamed(template.command('show <template>'))
    .description('show a template as JSON, in the format that "template put" accepts')
    .action(show);
  remote(template.command('put <file>'))
    .description(
      'create a template from a JSON or YAML file (- for standard input), or update the template with that name',
    )
    .action(put);
  remoteNamed(template.command('delete <template>'))
    .description('delete a template; jobs created from it are not affected')
    .action(remove);
}

async function list(options: ListOptions): Promise<void> {
  const api = connectList(options);
  const { templates } = await bodyOf(api.GET('/templates', { params: { query: firstPage(options) } }));
  await printList(TEMPLATE_LIST, options, templates, (shown) => ({ templates: shown, count: shown.length }));
}

async function show(given: string, options: NamingOptions): Promise<void> {
  const { api, format } = connect(options);
  const path = { template_id: await findTemplate(api, given, options) };
  const template = await bodyOf(api.GET('/templates/{template_id}', { params: { path } }));
  const { name, description, constraints, task_groups } = template;
  printJson(format === 'json' ? template : { name, description, constraints, task_groups });
}

async function put(file: string, options: NamingOptions): Promise<void> {
  const { api, format } = connect(options);
  const { readChecked } = await import('../files/checked-file.js');
  const { contractTemplate } = await (await import('#src/surfaces/cluster/index.js')).templateBodies();
  const body = (await readChecked(file, {
    kinds: ['job'],
    schema: contractTemplate,
  })) as Cluster['TemplateContent'];
  const { templates } = await bodyOf(api.GET('/templates'));
  const same = templates.filter(({ name }) => comparedName(name) === comparedName(String(body.name)));
  const [known, another] = same;
  if (another !== undefined)
    throw new Failure(
      `several templates have the name ${body.name}:\n${same.map((each) => `  ${each.template_id}`).join('\n')}`,
    );
  if (known === undefined) {
    const made = await bodyOf(api.POST('/templates', { body }));
    if (format === 'json') printJson(made);
    else
      printFields([
        ['Template', made.template_id],
        ['Message', 'made'],
      ]);
    return;
  }
  const changed = await bodyOf(
    api.PUT('/templates/{template_id}', { params: { path: { template_id: known.template_id } }, body }),
  );
  if (format === 'json') printJson({ template_id: known.template_id, ...changed });
  else
    printFields([
      ['Template', known.template_id],
      ['Message', 'changed'],
    ]);
}

async function remove(given: string, options: NamingOptions): Promise<void> {
  const { api, format } = connect(options);
  const id = await findTemplate(api, given, options);
  const body = await bodyOf(
    api.DELETE('/templates/{template_id}', { params: { path: { template_id: id } } }),
  );
  if (format === 'json') printJson(body);
  else
    printFields([
      ['Template', id],
      ['Message', 'deleted'],
    ]);
}
