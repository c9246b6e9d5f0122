/** What the code must look like. Who may import whom stands in .dependency-cruiser.js. */
import eslint from '@eslint/js';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** Most lines that a file of a kind may have, without blank lines and comments; a later row wins. */
const FILE_LINES = [
  ['**/*.{js,ts,tsx}', 300],
  ['cli/commands/**', 60],
  ['daemon/routes/webhook.ts', 40],
  ['client/src/**/*.tsx', 100],
];
const FUNCTION_LINES = 40;

/** The names that plain JavaScript finds in its surroundings. */
const GLOBALS = [
  ['bin/**', ['process']],
  ['sandbox/pages/assets/**', ['document', 'window', 'location', 'fetch', 'FormData', 'URLSearchParams']],
];

const CODE_LINES = { skipBlankLines: true, skipComments: true };

const ABBREVIATIONS = ['cb', 'cfg', 'conn', 'ctx', 'evt', 'opts', 'subs', 'tmp', 'util', 'utils', 'val'];

const rulesForAll = {
  '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', ignoreRestSiblings: true }],
  eqeqeq: ['error', 'always', { null: 'ignore' }],
  'id-denylist': ['error', ...ABBREVIATIONS],
  'no-console': 'error',
  'no-else-return': 'error',
  'no-nested-ternary': 'error',
  'object-shorthand': 'error',
  'prefer-const': 'error',
};

const rulesWithTypes = {
  '@typescript-eslint/await-thenable': 'error',
  '@typescript-eslint/consistent-type-imports': 'error',
  '@typescript-eslint/no-base-to-string': 'error',
  '@typescript-eslint/no-deprecated': 'error',
  '@typescript-eslint/no-explicit-any': 'error',
  '@typescript-eslint/no-floating-promises': 'error',
  '@typescript-eslint/no-for-in-array': 'error',
  '@typescript-eslint/no-misused-promises': 'error',
  '@typescript-eslint/no-unnecessary-type-assertion': 'error',
  '@typescript-eslint/no-unsafe-argument': 'error',
  '@typescript-eslint/no-unsafe-assignment': 'error',
  '@typescript-eslint/no-unsafe-call': 'error',
  '@typescript-eslint/no-unsafe-member-access': 'error',
  '@typescript-eslint/no-unsafe-return': 'error',
  '@typescript-eslint/only-throw-error': 'error',
  '@typescript-eslint/prefer-promise-reject-errors': 'error',
  '@typescript-eslint/restrict-plus-operands': 'error',
  '@typescript-eslint/return-await': 'error',
  '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
};

/** A test waits for a condition (`waitFor`, `expect.poll`, Playwright's own expectations), never for a time. */
const NO_SLEEPS = [
  { selector: 'CallExpression[callee.property.name="waitForTimeout"]', message: 'Wait for a condition.' },
  { selector: 'CallExpression[callee.name="setTimeout"]', message: 'Wait for a condition: waitFor.' },
];

export default defineConfig(
  globalIgnores(['dist/', '.tools/', 'test/results/', 'client/dist/']),
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  eslint.configs.recommended,
  tseslint.configs.recommended,
  { rules: rulesForAll },
  ...GLOBALS.map(([files, names]) => ({
    files: [files],
    languageOptions: { globals: Object.fromEntries(names.map((name) => [name, 'readonly'])) },
  })),
  ...FILE_LINES.map(([files, max]) => ({
    files: [files],
    rules: { 'max-lines': ['error', { max, ...CODE_LINES }] },
  })),
  { rules: { 'max-lines-per-function': ['error', { max: FUNCTION_LINES, ...CODE_LINES, IIFEs: true }] } },
  {
    files: ['**/*.{ts,tsx}'],
    ignores: ['**/*.config.ts'],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: rulesWithTypes,
  },
  {
    files: ['client/src/**/*.tsx', 'test/**'],
    rules: { 'max-lines-per-function': 'off' },
  },
  {
    files: ['test/**'],
    // Playwright reads which fixtures a test wants from the pattern of its first parameter, even when it is empty.
    rules: { 'no-restricted-syntax': ['error', ...NO_SLEEPS], 'no-empty-pattern': 'off' },
  },
  { files: ['test/run.ts', 'test/faults/run.ts', 'test/bench/**', 'test/shapes/main.ts'], rules: { 'no-console': 'off' } },
);
