import jsxA11y from 'eslint-plugin-jsx-a11y';
import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

/** Time and randomness come in as arguments: nothing outside an adapter may ask for them. */
const impure = [
  { selector: "MemberExpression[object.name='Date'][property.name='now']", message: 'Time comes in as an argument or by the Clock port.' },
  { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: 'Time comes in as an argument or by the Clock port.' },
  { selector: "MemberExpression[object.name='performance'][property.name='now']", message: 'Time comes in as an argument or by the Clock port.' },
  { selector: "MemberExpression[object.name='process'][property.name='hrtime']", message: 'Time comes in as an argument or by the Clock port.' },
  { selector: "MemberExpression[object.name='Math'][property.name='random']", message: 'Randomness comes in as an argument.' },
  { selector: "CallExpression[callee.name=/^(setTimeout|setInterval)$/]", message: 'Timers come from the Clock port.' },
  { selector: "MemberExpression[object.name='AbortSignal'][property.name='timeout']", message: 'Deadlines come from agents/platform/clock.' },
  { selector: "CallExpression[callee.name=/^(exec|execFile|spawn|fork)$/] Property[key.name='signal']", message: 'Node may then signal a foreign process if the program is missing: use agents/run-program.' },
  { selector: "ImportDeclaration[source.value=/^(node:)?timers/] ImportSpecifier[imported.name!='setImmediate']", message: 'Timers come from the Clock port.' },
];

/** What the console's content security policy refuses, and times outside the one place that knows the zone. */
const unsafe = [
  { selector: "JSXAttribute[name.name='dangerouslySetInnerHTML']", message: 'Text never becomes markup.' },
  { selector: "JSXOpeningElement[name.name='style']", message: 'The content security policy refuses it: use a CSS module.' },
  { selector: "MemberExpression[property.name=/^toLocale(Time|Date)?String$/]", message: 'Times come from parts/time, which knows the zone.' },
];

const sqlite = { regex: '^better-sqlite3', message: 'SQLite comes from #src/engine/sqlite, which picks the version that fits Node.' };

/** Imports point one way: src → agents | projections → domain. */
const upward = (...folders) => ({
  'no-restricted-imports': [
    'error',
    { patterns: [...folders.map((folder) => ({ regex: `(^#${folder}/|^(\\.\\./)+${folder}/)`, message: `must not import from ${folder}/` })), sqlite] },
  ],
});

/** Rules that need types are those of `tools/oxlint.json`: they take half a minute there, and three minutes here. */
export default tseslint.config(
  { ignores: ['dist/**', 'bundle/**', 'node_modules/**', '.tap/**', 'data/**', 'eslint.config.js', 'tools/**', 'openapi/**', 'src/cli/generated/**', 'console/generated/**', 'domain/tasks/schedule/generated/**'] },
  ...tseslint.configs.recommended,
  {
    files: ['**/*.ts', '**/*.tsx'],
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
      eqeqeq: 'error',
      'no-console': 'error',
    },
  },
  {
    files: ['domain/**/*.ts', 'projections/**/*.ts'],
    rules: { 'no-restricted-syntax': ['error', ...impure], 'no-restricted-globals': ['error', 'process', 'Buffer', 'setTimeout', 'setInterval', 'setImmediate', 'crypto', 'fetch'] },
  },
  { files: ['domain/**/*.ts'], rules: upward('projections', 'agents', 'src', 'test') },
  { files: ['projections/**/*.ts'], rules: upward('agents', 'src', 'test') },
  { files: ['agents/**/*.ts'], rules: upward('projections', 'src', 'test') },
  { files: ['src/**/*.ts'], ignores: ['src/engine/sqlite.ts'], rules: upward('test') },
  { files: ['examples/**/*.ts'], rules: upward('projections', 'console', 'test') },
  { files: ['test/**/*.ts'], rules: { ...upward(), 'max-lines': ['error', { max: 600, skipBlankLines: true, skipComments: true }] } },
  {
    files: ['agents/**/*.ts', 'src/**/*.ts', 'examples/**/*.ts'],
    ignores: ['agents/platform/clock/system-clock.ts'],
    rules: { 'no-restricted-syntax': ['error', ...impure] },
  },
  {
    files: ['console/**/*.{ts,tsx}'],
    ...jsxA11y.flatConfigs.strict,
    plugins: { ...jsxA11y.flatConfigs.strict.plugins, 'react-hooks': reactHooks },
    rules: {
      ...jsxA11y.flatConfigs.strict.rules,
      'react-hooks/rules-of-hooks': 'error',
      'react-hooks/exhaustive-deps': 'error',
      'no-restricted-syntax': ['error', ...unsafe],
      ...upward('domain', 'projections', 'agents', 'src', 'test'),
    },
  },
  { files: ['src/cli/**/*.ts', 'test/**/*.ts'], rules: { 'no-console': 'off' } },
);
