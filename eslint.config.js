import tseslint from 'typescript-eslint';

/** Time and randomness come in as arguments: nothing outside an adapter may ask for them. */
const impure = [
  { selector: "MemberExpression[object.name='Date'][property.name='now']", message: 'Time comes in as an argument or by the Clock port.' },
  { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: 'Time comes in as an argument or by the Clock port.' },
  { selector: "MemberExpression[object.name='performance'][property.name='now']", message: 'Time comes in as an argument or by the Clock port.' },
  { selector: "MemberExpression[object.name='process'][property.name='hrtime']", message: 'Time comes in as an argument or by the Clock port.' },
  { selector: "MemberExpression[object.name='Math'][property.name='random']", message: 'Randomness comes in as an argument.' },
  { selector: "CallExpression[callee.name=/^(setTimeout|setInterval)$/]", message: 'Timers come from the Clock port.' },
  { selector: "MemberExpression[object.name='AbortSignal'][property.name='timeout']", message: 'Deadlines come from agents/clock.' },
  { selector: "CallExpression[callee.name=/^(exec|execFile|spawn|fork)$/] Property[key.name='signal']", message: 'Node may then signal a foreign process if the program is missing: use agents/run-program.' },
  { selector: "ImportDeclaration[source.value=/^(node:)?timers/] ImportSpecifier[imported.name!='setImmediate']", message: 'Timers come from the Clock port.' },
];

const sqlite = { regex: '^better-sqlite3', message: 'SQLite comes from #src/engine/sqlite, which picks the version that fits Node.' };

/** Imports point one way: src → agents | projections → domain. */
const upward = (...folders) => ({
  'no-restricted-imports': [
    'error',
    { patterns: [...folders.map((folder) => ({ regex: `(^#${folder}/|^(\\.\\./)+${folder}/)`, message: `must not import from ${folder}/` })), sqlite] },
  ],
});

export default tseslint.config(
  { ignores: ['dist/**', 'bundle/**', 'node_modules/**', '.tap/**', 'data/**', 'eslint.config.js', 'tools/**', '.dependency-*.cjs', 'openapi/**', 'src/cli/generated/**'] },
  ...tseslint.configs.recommended,
  {
    files: ['**/*.ts'],
    languageOptions: {
      parserOptions: {
        project: ['./domain/tsconfig.json', './projections/tsconfig.json', './agents/tsconfig.json', './src/tsconfig.json', './test/tsconfig.json'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
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
  { files: ['test/**/*.ts'], rules: { ...upward(), 'max-lines': ['error', { max: 600, skipBlankLines: true, skipComments: true }] } },
  {
    files: ['agents/**/*.ts', 'src/**/*.ts'],
    ignores: ['agents/clock/system-clock.ts'],
    rules: { 'no-restricted-syntax': ['error', ...impure] },
  },
  { files: ['src/cli/**/*.ts', 'test/**/*.ts'], rules: { 'no-console': 'off' } },
);
