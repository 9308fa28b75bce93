// How the time of a rehearsal grows: programs of so many resources, in one stack or in ten, from init to an empty destroy.
// What is Terraform's is told apart: the processor time of the children, beside that of the process that answers for every provider.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const phases = ['init', 'plan', 'apply', 'replan', 'destroy'];

const policy = (statement) => JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', ...statement }] });
const trust = policy({ Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' });
const read = policy({ Action: 's3:GetObject', Resource: 'arn:aws:s3:::acme-lake/*' });
const namespace = '${kubernetes_namespace_v1.ml.metadata[0].name}';

/** The mix of a platform: of ten resources, seven are of AWS and three of Kubernetes; half refer to another. */
const mix = [
  (id, i) => [
    'aws_subnet',
    { vpc_id: '${aws_vpc.main.id}', cidr_block: `10.0.${Math.floor(i / 160)}.${(Math.floor(i / 10) % 16) * 16}/28` },
  ],
  (id) => ['aws_security_group', { name: id, vpc_id: '${aws_vpc.main.id}', tags: { Name: id } }],
  (id) => ['aws_iam_role', { name: id, assume_role_policy: trust }],
  (id, i) => ['aws_iam_role_policy', { name: id, role: `\${aws_iam_role.r${i - 1}.id}`, policy: read }],
  (id) => ['aws_s3_bucket', { bucket: `acme-${id}`, tags: { Name: id } }],
  (id, i) => [
    'aws_s3_bucket_versioning',
    { bucket: `\${aws_s3_bucket.r${i - 1}.id}`, versioning_configuration: { status: 'Enabled' } },
  ],
  (id) => ['aws_sqs_queue', { name: id }],
  (id) => ['kubernetes_config_map_v1', { metadata: { name: id, namespace }, data: { a: 'b' } }],
  (id) => [
    'kubernetes_deployment_v1',
    {
      metadata: { name: id, namespace },
      spec: {
        replicas: 1,
        selector: { match_labels: { app: id } },
        template: { metadata: { labels: { app: id } }, spec: { container: [{ name: 'main', image: 'nginx:1.29' }] } },
      },
    },
  ],
  (id) => [
    'kubernetes_service_v1',
    { metadata: { name: id, namespace }, spec: { selector: { app: id }, port: [{ port: 80 }] } },
  ],
];

function stack(resources) {
  const resource = {
    aws_vpc: { main: { cidr_block: '10.0.0.0/16' } },
    kubernetes_namespace_v1: { ml: { metadata: { name: 'ml' } } },
  };
  for (let i = 0; i < resources - 2; i++) {
    const [type, values] = mix[i % mix.length](`r${i}`, i);
    (resource[type] ??= {})[`r${i}`] = values;
  }
  return { provider: { aws: [{ region: 'eu-west-1' }], kubernetes: [{}] }, resource };
}

/** One rehearsal, in a process of its own: its memory is its own, too. */
async function once(resources, stacks) {
  const require = createRequire(import.meta.url);
  const { rehearse } = require('../../src/rehearsal/dist/index.js');
  // As the command does.
  require('../../dist/src/cli/heap.js').keepHeapSmall();
  const outdir = mkdtempSync(join(tmpdir(), 'plinth-sizes-'));
  try {
    const names = Array.from({ length: stacks }, (_, i) => `s${i}`);
    for (const name of names) {
      mkdirSync(join(outdir, name));
      writeFileSync(join(outdir, name, 'cdk.tf.json'), JSON.stringify(stack(resources / stacks)));
    }
    const manifest = names.map((name) => [
      name,
      { name, synthesizedStackPath: `${name}/cdk.tf.json`, dependencies: [] },
    ]);
    writeFileSync(join(outdir, 'manifest.json'), JSON.stringify({ stacks: Object.fromEntries(manifest) }));
    const begin = performance.now();
    const rehearsal = await rehearse({ cwd: root, outdir, destroy: true });
    const seconds = (performance.now() - begin) / 1000;
    await rehearsal.close();
    if (!rehearsal.report.ok) throw new Error(JSON.stringify(rehearsal.report.findings[0]));
    const spent = phases.map((phase) => [
      phase,
      rehearsal.report.stacks.reduce((sum, one) => sum + (one.seconds[phase] ?? 0), 0),
    ]);
    const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
    const ours = (userCPUTime + systemCPUTime) / 1e6;
    // User and system time of the children that have ended: fields 16 and 17, in hundredths of a second (proc(5)).
    const fields = readFileSync('/proc/self/stat', 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    const terraform = (Number(fields[13]) + Number(fields[14])) / 100;
    return { resources, stacks, seconds, ours, terraform, megabytes: maxRSS / 1024, ...Object.fromEntries(spent) };
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

const [resources, stacks] = process.argv.slice(2).map(Number);
process.stdout.write(`${JSON.stringify(await once(resources, stacks))}\n`);
