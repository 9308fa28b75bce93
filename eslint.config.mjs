import tseslint from 'typescript-eslint';
import importX from 'eslint-plugin-import-x';

/** Arrows between rooms go one way; each line says which rooms a room may not import. */
const zones = [
  {
    target: './src/contract',
    from: ['./src/runtime', './src/rehearsal', './src/cli', './constructs', './stacks', './examples'],
  },
  { target: './src/runtime', from: ['./src/rehearsal', './src/cli', './constructs', './stacks', './examples'] },
  { target: './src/rehearsal', from: ['./src/runtime', './src/cli', './constructs', './stacks', './examples'] },
  { target: './src/cli', from: ['./src/runtime', './stacks', './examples'] },
  { target: './constructs', from: ['./src/runtime', './src/rehearsal', './src/cli', './stacks', './examples'] },
  { target: './stacks', from: ['./src/runtime', './src/rehearsal', './src/cli', './examples'] },
];

const barrel = (name) => ({
  regex: `^@cdktf/provider-${name}(/lib)?$`,
  message: 'Import bindings by file: the barrel costs seconds and hundreds of megabytes.',
});

export default tseslint.config(
  { ignores: ['**/dist/', '**/node_modules/', '**/cdktf.out/', 'demo/', 'test/fixtures/'] },
  ...tseslint.configs.recommended,
  {
    files: ['**/*.ts'],
    plugins: { 'import-x': importX },
    settings: {
      'import-x/resolver-next': [
        importX.createNodeResolver({ extensions: ['.ts', '.js'], extensionAlias: { '.js': ['.ts', '.js'] } }),
      ],
    },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', ignoreRestSiblings: true }],
      '@typescript-eslint/consistent-type-imports': 'off',
      'import-x/no-default-export': 'error',
      'import-x/no-restricted-paths': ['error', { zones }],
      'no-restricted-imports': ['error', { patterns: ['aws', 'kubernetes', 'helm'].map(barrel) }],
      'max-lines': ['error', { max: 400, skipComments: true, skipBlankLines: true }],
      eqeqeq: 'error',
    },
  },
  {
    // The runtime is deployed without cdktf, and rehearsal serves programs that know nothing of Plinth.
    files: ['src/contract/**/*.ts', 'src/runtime/**/*.ts', 'src/rehearsal/**/*.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: [{ regex: '^(cdktf|constructs|@cdktf/.*)$', message: 'This room knows nothing of cdktf.' }] },
      ],
    },
  },
  {
    files: ['constructs/core/**/*.ts'],
    rules: {
      'import-x/no-restricted-paths': [
        'error',
        { zones: [{ target: './constructs/core', from: './constructs', except: ['./core'] }, ...zones] },
      ],
    },
  },
  {
    files: ['constructs/catalogue.ts', 'constructs/core/workload.ts'],
    rules: { '@typescript-eslint/no-require-imports': 'off' },
  },
  { files: ['**/*.js', '**/*.mjs'], rules: { '@typescript-eslint/no-require-imports': 'off', 'no-undef': 'off' } },
);
