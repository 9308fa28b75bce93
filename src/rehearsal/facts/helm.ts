import { nearest } from '@plinth/contract';
import { parseDocument } from 'yaml';
import { quoted } from '../formats/words';
import type { TfObject, TfValue } from '../protocol/codec';
import type { Diagnostic } from '../protocol/provider';
import { chartKeys, unknownKeys, type ChartKeys } from './chart-keys';
import type { FactSheets } from './facts';
import { blocks, text, told, type Path, type Wrong } from './kubernetes-config';

const type = 'helm_release';

/** One version, or a constraint on it, as github.com/Masterminds/semver/v3 reads them. */
const number = '(?:\\d+|[xX*])';
const version = `v?${number}(?:\\.${number}){0,2}(?:-[0-9A-Za-z.-]+)?(?:\\+[0-9A-Za-z.-]+)?`;
const comparison = `(?:[=<>~^!]|[<>!=]=|=[<>]|~>)?\\s*${version}`;
const range = `(?:${comparison}(?:(?:\\s*,\\s*|\\s+)${comparison})*|${version}\\s+-\\s+${version})`;
const constraint = new RegExp(`^\\s*${range}(?:\\s*\\|\\|\\s*${range})*\\s*$`);

const schemes = ['https', 'http', 'oci', 'file', 's3', 'gs', 'git+https', 'git+ssh'];

/** Facts of the provider for Helm 3.1, and what Helm itself refuses or leaves unread. */
export const helm: FactSheets = {
  [type]: {
    source: 'https://github.com/hashicorp/terraform-provider-helm/blob/main/helm/resource_helm_release.go',
    replaces: ['name', 'namespace'],
    sensitive: ['repository_password'],
    writeOnly: ['set_wo'],
    rules: {
      name: [
        { length: [1, 53] },
        {
          pattern: /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/,
          means: 'lower-case letters, digits, "-" and ".", beginning and ending with a letter or digit',
        },
      ],
      namespace: { format: 'dns-label' },
      max_history: { between: [0, 1_000_000] },
      timeout: { between: [0, 1_000_000] },
      'set.type': { oneOf: ['auto', 'string', 'literal'] },
      'set_sensitive.type': { oneOf: ['auto', 'string', 'literal'] },
      'set_wo.type': { oneOf: ['auto', 'string'] },
    },
    defaults: { namespace: 'default' },
    check,
  },
};

function check(config: TfObject): Diagnostic[] {
  const name = text(config['chart'])?.split('/').at(-1);
  const given = text(config['version']);
  const keys = name === undefined || given === undefined ? undefined : chartKeys(name, given);
  return [
    ...versionWrong(given),
    ...repositoryWrong(config),
    ...valuesWrong(config['values'], keys),
    ...setsWrong(config, keys),
  ].map((wrong) => told(type, wrong));
}

function versionWrong(given: string | undefined): Wrong[] {
  if (given === undefined || constraint.test(given)) return [];
  return [
    {
      path: ['version'],
      clause: `${quoted(given)} is neither a version nor a constraint on one; write one such as 1.2.3 or ~1.2`,
    },
  ];
}

function repositoryWrong(config: TfObject): Wrong[] {
  const given = text(config['repository']);
  // Without a scheme it is the name of a repository that Helm has been told of.
  if (given === undefined || !/^[\w+-]+:\//.test(given)) return [];
  const scheme = given.split(':')[0] ?? '';
  const meant = schemes.includes(scheme) ? undefined : nearest(scheme, schemes);
  const path = ['repository'];
  if (meant !== undefined) {
    const right = given.replace(/^[^:]*:\/*/, `${meant}://`);
    return [{ path, clause: `${quoted(given)} has a scheme that Helm does not know; write ${right}` }];
  }
  if (URL.canParse(given) && /^[\w+-]+:\/\/./.test(given)) return [];
  return [{ path, clause: `${quoted(given)} is no URL; write one such as https://charts.example.com` }];
}

function valuesWrong(values: TfValue | undefined, keys: ChartKeys | undefined): Wrong[] {
  if (!Array.isArray(values)) return [];
  return values.flatMap((value, i): Wrong[] => {
    if (typeof value !== 'string') return [];
    const path = ['values', i];
    // Helm takes the last of two equal keys.
    const document = parseDocument(value, { uniqueKeys: false });
    const error = document.errors[0];
    if (error !== undefined) {
      const line = error.linePos?.[0].line;
      return [
        {
          path,
          clause: `the text is not YAML${line === undefined ? '' : ` in line ${line}`}; make it with yamlencode or Fn.yamlencode`,
        },
      ];
    }
    const parsed: unknown = document.toJS();
    if (parsed === null) return [];
    if (typeof parsed !== 'object' || Array.isArray(parsed))
      return [{ path, clause: 'the text is no map of YAML; write keys and values' }];
    return keys === undefined ? [] : unknownKeys(keys, parsed).map((unknown) => unread(keys, unknown, path));
  });
}

/** `a.b[0].c\.d` names a value in `set`, where a backslash takes a dot its meaning. */
function setsWrong(config: TfObject, keys: ChartKeys | undefined): Wrong[] {
  if (keys === undefined) return [];
  return ['set', 'set_list', 'set_sensitive', 'set_wo'].flatMap((list) =>
    blocks(config[list]).flatMap((entry, i): Wrong[] => {
      const name = text(entry['name']);
      if (name === undefined) return [];
      const steps = name
        .replace(/\[\d+\]/g, '')
        .split(/(?<!\\)\./)
        .map((step) => step.replace(/\\(.)/g, '$1'));
      const value = steps.reduceRight<unknown>((inner, step) => ({ [step]: inner }), 0);
      return unknownKeys(keys, value).map((unknown) => unread(keys, unknown, [list, i, 'name']));
    }),
  );
}

function unread({ name, version: of }: ChartKeys, { path, meant }: { path: string; meant?: string }, at: Path): Wrong {
  const cure = meant === undefined ? 'leave it out' : `write ${meant}`;
  return { path: at, clause: `the chart ${name} ${of} knows no value ${quoted(path)}, and would not read it; ${cure}` };
}
