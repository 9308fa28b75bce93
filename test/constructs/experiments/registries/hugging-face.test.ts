import { HuggingFace, HuggingFaceProps } from 'plinth/constructs/experiments/registries/hugging-face';
import { Secret } from 'plinth/constructs/storage/secret';
import { synthesizeMl } from '../../../support/ml';
import { blocks, only } from '../../../support/program';

const secretArn = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:hugging-face-AbCdEf';
const build = (props: Partial<HuggingFaceProps>, use: (hub: HuggingFace) => void = () => undefined) =>
  synthesizeMl((scope) => {
    const secret = Secret.fromAttributes(scope, 'token', { secretArn });
    use(new HuggingFace(scope, 'hugging-face', { secret, ...props }));
  });

test('pods get the variables that its libraries read, the token out of a Secret', () => {
  build({ check: false }, (hub) => {
    expect(hub.bind('team-a')).toEqual({
      env: {
        HF_TOKEN: { secret: 'hugging-face', key: 'HF_TOKEN' },
        HF_HOME: '/tmp/huggingface',
        HF_HUB_DISABLE_TELEMETRY: '1',
      },
      egress: [{ cidr: '0.0.0.0/0', except: ['169.254.169.254/32'], ports: [443] }],
    });
    expect(hub.hosts).toEqual(['huggingface.co', '*.huggingface.co', '*.hf.co']);
    expect(hub.endpoint('hub').url).toBe('https://huggingface.co:443');
  });
});

test('each namespace that uses it gets the credential once', () => {
  const stack = build({ check: false }, (hub) => [hub.bind('a'), hub.bind('b'), hub.bind('a')]);
  expect(blocks(stack, 'helm_release').map(([, { namespace }]) => namespace)).toEqual(['a', 'b']);
});

test('a mirror takes the place of its hosts', () => {
  build({ check: false, mirror: 'https://hub.example.com', tokenKey: 'hf' }, (hub) => {
    expect(hub.hosts).toEqual(['hub.example.com']);
    expect(hub.bind('a').env).toMatchObject({ HF_ENDPOINT: 'https://hub.example.com' });
  });
});

test('a job asks four times a day whether it answers', () => {
  const stack = build({});
  const job = JSON.stringify(only(stack, 'kubernetes_cron_job_v1').spec);
  expect(job).toContain('17 */6 * * *');
  expect(job).toContain('https://huggingface.co/api/whoami-v2');
  expect(job).toContain('Bearer {HF_TOKEN}');
  expect(job).not.toContain(secretArn);
  const { data } = only(stack, 'kubernetes_config_map_v1') as unknown as { data: Record<string, string> };
  // Terraform takes `$${` for `${`.
  expect(data['external-check.mjs']).toContain('console.error(`$${name}: $${finding}`)');
});

test('without External Secrets it says what is missing', () => {
  const without = () =>
    synthesizeMl(
      (scope) =>
        new HuggingFace(scope, 'hugging-face', { secret: Secret.fromAttributes(scope, 'token', { secretArn }) }),
      { provides: {} },
    );
  expect(without).toThrow("Hugging Face needs a system for 'external-secrets'");
});
