// Renders charts with the real Helm and the values that the platform gives them, and keeps the outcome in
// docs/evidence/charts.json. Fetches nothing: it is given folders of charts, with their sub-charts in place.
//   npx tsx tools/evidence/charts.ts keda=/tmp/keda@1444d00d90d7668cf7f53f270777d039371d90d0 ...
// A folder may carry a remark after a second @, such as a sub-chart that was left out because it is switched off.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'cdktf';
import { GpuPool } from 'plinth/constructs/cluster/gpu-pool';
import { HelmComponent } from 'plinth/constructs/core/helm-component';
import { Domain } from 'plinth/constructs/ingress/domain';
import { OpenBao } from 'plinth/constructs/security/openbao';
import { MlopsPlatform } from 'plinth/stacks/mlops-platform';

/** One chart as it was rendered. */
interface Row {
  readonly system: string;
  readonly chart: string;
  readonly version: string;
  readonly renderedOn: string;
  readonly sourceCommit: string;
  readonly outcome: 'rendered' | 'failed';
  readonly note?: string;
  /** Kind to how many. */
  readonly objects: Record<string, number>;
  readonly images: readonly string[];
}

const table = join(__dirname, '../../docs/evidence/charts.json');
const kubernetes = '1.35.0';

function components(): HelmComponent[] {
  const outdir = mkdtempSync(join(tmpdir(), 'plinth-charts-'));
  const base = { region: 'eu-west-1', domain: Domain.hosted('ml.example.com') };
  const app = new App({ outdir });
  new MlopsPlatform(app, 'prod', {
    ...base,
    gpu: [GpuPool.of('g6', { for: 'serving', max: 1 })],
    cluster: { irsa: true },
  });
  new MlopsPlatform(app, 'open', {
    ...base,
    services: { systems: { secretStore: (scope) => new OpenBao(scope, 'openbao') } },
  });
  rmSync(outdir, { recursive: true, force: true });
  return app.node.findAll().filter((node): node is HelmComponent => node instanceof HelmComponent);
}

/** What Terraform will know when it applies stands in as a word. */
function sample(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(/\$\{TfToken\[[^\]]*\]\}/g, 'known-after-apply');
  if (Array.isArray(value)) return value.map(sample);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, sample(child)]));
}

function render(component: HelmComponent, folder: string, sourceCommit: string, note?: string): Row {
  const { name: chart, version } = component.system.chart!;
  const [, own] = /^version: *["']?([^\s"']+)/m.exec(readFileSync(join(folder, 'Chart.yaml'), 'utf8')) ?? [];
  if (own !== version && note === undefined) {
    console.error(
      `${folder} is version ${own} of ${chart}, and the platform installs ${version}: say why after a second @`,
    );
    process.exit(2);
  }
  const scratch = mkdtempSync(join(tmpdir(), 'plinth-values-'));
  const values = join(scratch, 'values.json');
  writeFileSync(values, JSON.stringify(sample(component.values)));
  // What the cluster knows besides what Helm takes for granted.
  const kinds = [
    'policy/v1/PodDisruptionBudget',
    'monitoring.coreos.com/v1',
    'monitoring.coreos.com/v1/ServiceMonitor',
    'cert-manager.io/v1',
  ];
  const { status, stdout, stderr } = spawnSync(
    process.env['HELM'] ?? 'helm',
    [
      ...['template', component.node.id, folder, '--namespace', component.namespace, '--values', values],
      ...['--include-crds', '--kube-version', kubernetes, ...kinds.flatMap((kind) => ['--api-versions', kind])],
    ],
    { encoding: 'utf8', maxBuffer: 1 << 28 },
  );
  rmSync(scratch, { recursive: true, force: true });
  if (status !== 0) console.error(`${chart}: ${stderr}`);
  const out = process.env['RENDERED'];
  if (out !== undefined && status === 0) {
    mkdirSync(out, { recursive: true });
    writeFileSync(join(out, `${chart}.yaml`), stdout);
  }
  const objects: Record<string, number> = {};
  for (const [, kind] of stdout.matchAll(/^kind: "?(\w+)/gm)) objects[kind!] = (objects[kind!] ?? 0) + 1;
  const images = [...stdout.matchAll(/^\s*(?:- )?image: ["']?([^\s"']+)/gm)].map(([, image]) => image!);
  return {
    system: component.system.name,
    chart,
    version,
    renderedOn: new Date().toISOString().slice(0, 10),
    sourceCommit,
    outcome: status === 0 ? 'rendered' : 'failed',
    ...(note !== undefined && { note }),
    objects: Object.fromEntries(Object.entries(objects).sort(([a], [b]) => a.localeCompare(b))),
    images: [...new Set(images)].sort(),
  };
}

const found = components();
const rows = process.argv.slice(2).map((argument) => {
  const [, name, folder, commit, note] = /^([^=]+)=([^@]+)@([^@]+)(?:@(.+))?$/.exec(argument) ?? [];
  const component = found.find(({ system }) => system.chart?.name === name);
  if (component === undefined || folder === undefined || commit === undefined) {
    console.error(`'${argument}' is not CHART=FOLDER@COMMIT with a chart that the platform installs`);
    process.exit(2);
  }
  return render(component, folder, commit, note);
});
const before = existsSync(table) ? (JSON.parse(readFileSync(table, 'utf8')) as Row[]) : [];
const kept = before.filter(({ chart }) => !rows.some((row) => row.chart === chart));
const all = [...kept, ...rows].sort((a, b) => a.chart.localeCompare(b.chart));
mkdirSync(join(table, '..'), { recursive: true });
writeFileSync(table, `${JSON.stringify(all, undefined, 2)}\n`);
for (const { chart, version, outcome, objects } of rows) {
  const count = Object.values(objects).reduce((sum, number) => sum + number, 0);
  console.log(`${outcome.padEnd(9)} ${chart} ${version}: ${count} objects`);
}
if (rows.some(({ outcome }) => outcome === 'failed')) process.exit(1);
