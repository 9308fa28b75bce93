import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';

const root = join(__dirname, '../../../..');
const file = join(root, 'test/fixtures/rehearsal/broken/types.txt');

interface Snippet {
  readonly name: string;
  says: readonly string[];
  readonly code: string;
}

const [imports = '', ...parts] = readFileSync(file, 'utf8').split(/^\/\/\/\/ /m);
const snippets = parts.map((part): Snippet => {
  const [name = '', ...lines] = part.trimEnd().split('\n');
  const says = lines.filter((line) => line.startsWith('//! ')).map((line) => line.slice(4));
  return { name, says, code: lines.filter((line) => !line.startsWith('//! ')).join('\n') };
});

/** Where a program stands in no file, but among the tests, so that it finds what they find. */
const pathOf = (index: number): string => join(dirname(file), `types-${index}.ts`);

/** All programs compiled as one, and what TypeScript says about each. */
function compiled(): string[][] {
  const configFile = join(root, 'test/tsconfig.json');
  const { config } = ts.readConfigFile(configFile, (path) => ts.sys.readFile(path)) as { config: unknown };
  const { options } = ts.parseJsonConfigFileContent(
    { ...(config as object), include: [] },
    ts.sys,
    dirname(configFile),
  );
  const settings: ts.CompilerOptions = { ...options, noUnusedLocals: false, skipDefaultLibCheck: true };
  const host = ts.createCompilerHost(settings);
  const texts = new Map(snippets.map(({ code }, index) => [pathOf(index), `${imports}\n${code}\n`]));
  const { readFile, fileExists } = host;
  host.readFile = (path) => texts.get(path) ?? readFile(path);
  host.fileExists = (path) => texts.has(path) || fileExists(path);
  const { getSourceFile } = host;
  host.getSourceFile = (path, language) => {
    const text = texts.get(path);
    return text === undefined ? getSourceFile(path, language) : ts.createSourceFile(path, text, language);
  };
  const program = ts.createProgram([...texts.keys()], settings, host);
  return snippets.map((_, index) => {
    const source = program.getSourceFile(pathOf(index));
    return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map(
      ({ code, messageText }) =>
        `TS${code}: ${ts.flattenDiagnosticMessageText(messageText, ' / ').replaceAll(/ {2,}/g, ' ')}`,
    );
  });
}

let told: string[][];
beforeAll(() => {
  told = compiled();
  if (process.env['PLINTH_SAYS'] !== 'write') return;
  snippets.forEach((snippet, index) => (snippet.says = told[index] ?? []));
  const written = snippets.map(({ name, says, code }) =>
    [`//// ${name}`, ...says.map((one) => `//! ${one}`), code].join('\n'),
  );
  writeFileSync(file, `${[imports.trimEnd(), ...written].join('\n\n')}\n`);
}, 120_000);

test.each(snippets.map((snippet, index) => [snippet.name, snippet, index] as const))('%s', (_name, { says }, index) => {
  expect(told[index]?.length).toBeGreaterThan(0);
  expect(told[index]).toEqual(says);
});
