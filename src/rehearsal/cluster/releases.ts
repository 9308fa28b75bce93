import type { AppliedResource } from '../report';

/** A Helm release as Terraform applied it. */
export interface Release {
  readonly stack: string;
  readonly address: string;
  readonly name: string;
  readonly namespace: string;
  /** Name, path or `oci://` address of the chart. */
  readonly chart: string;
  /** Empty: the newest. */
  readonly version: string;
  /** Empty where the chart is a folder or an address of its own. */
  readonly repository: string;
  readonly createNamespace: boolean;
  readonly skipDefinitions: boolean;
  /** YAML documents; later ones win. */
  readonly values: readonly string[];
  /** `--set` and its kin, in Helm's own syntax; `secret`: must not be seen in a list of processes. */
  readonly sets: readonly {
    readonly flag: '--set' | '--set-string' | '--set-literal';
    readonly name: string;
    readonly value: string;
    readonly secret: boolean;
  }[];
}

interface SetItem {
  readonly name: string;
  readonly value?: string | readonly string[] | null;
  readonly type?: string | null;
}

/** The releases among what was applied; those whose values are the objects themselves are left out. */
export function releasesOf(resources: readonly AppliedResource[], carriers: ReadonlySet<string>): Release[] {
  return resources
    .filter(({ mode, type }) => mode === 'managed' && type === 'helm_release')
    .filter(({ stack, address }) => !carriers.has(`${stack} ${address}`))
    .map(({ stack, address, values }) => {
      const text = (name: string): string => (typeof values[name] === 'string' ? values[name] : '');
      const list = <T>(name: string): readonly T[] => (Array.isArray(values[name]) ? (values[name] as T[]) : []);
      const items = (name: string, secret: boolean): Release['sets'][number][] =>
        list<SetItem>(name).map((item) => ({
          flag: item.type === 'string' ? '--set-string' : item.type === 'literal' ? '--set-literal' : '--set',
          name: item.name,
          value: Array.isArray(item.value) ? `{${item.value.join(',')}}` : String(item.value ?? ''),
          secret,
        }));
      return {
        stack,
        address,
        name: text('name'),
        namespace: text('namespace') || 'default',
        chart: text('chart'),
        version: text('version'),
        repository: text('repository'),
        createNamespace: values['create_namespace'] === true,
        skipDefinitions: values['skip_crds'] === true,
        values: list<unknown>('values').filter((one): one is string => typeof one === 'string' && one !== ''),
        sets: [...items('set', false), ...items('set_list', false), ...items('set_sensitive', true)],
      };
    });
}
