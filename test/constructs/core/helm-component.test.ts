import { Construct } from 'constructs';
import { chart, defineSystem } from 'plinth/constructs/core/system';
import { HelmComponent, HelmComponentProps } from 'plinth/constructs/core/helm-component';
import { Profile } from 'plinth/constructs/core/profile';
import { blocks, only, synthesizeStack } from '../../support/program';

class Index extends HelmComponent {
  static override readonly system = defineSystem({
    name: 'Index',
    categories: ['vector databases'],
    licence: 'Apache-2.0',
    chart: chart('index', '1.2.3', 'https://charts.example'),
    endpoints: { api: { protocol: 'http', port: 80, service: '{name}-server' } },
  });
  readonly api = this.endpoint('api');
  constructor(scope: Construct, id: string, props: HelmComponentProps = {}, serviceAccount?: string) {
    super(scope, id, props, { namespace: 'index', namespaceProps: {}, serviceAccount }, ({ profile, name }) => ({
      name,
      replicas: profile.replicas(3),
    }));
  }
}

class Chartless extends HelmComponent {
  static override readonly system = defineSystem({ name: 'Chartless', categories: [], licence: 'MIT' });
  constructor(scope: Construct, id: string) {
    super(scope, id, {}, { namespace: 'x', namespaceProps: false }, () => ({}));
  }
}

test('a release is pinned, waits, and comes after its namespace', () => {
  const stack = synthesizeStack((scope) => {
    const index = new Index(scope, 'index');
    expect(index.api.url).toBe('http://index-server.index.svc.cluster.local:80');
    expect(index.values).toEqual({ name: 'index', replicas: 3 });
  });
  expect(only(stack, 'helm_release')).toMatchObject({
    name: 'index',
    namespace: 'index',
    repository: 'https://charts.example',
    chart: 'index',
    version: '1.2.3',
    wait: true,
    depends_on: [expect.stringMatching(/^terraform_data\.namespace-index_all_/)],
  });
});

test('values follow the profile, and transform has the last word', () => {
  synthesizeStack(
    (scope) => {
      const transform = { values: (values: object) => ({ ...values, extra: true }) };
      expect(new Index(scope, 'index', { transform }).values).toEqual({ name: 'index', replicas: 1, extra: true });
    },
    { profile: Profile.ephemeral({ ttl: '1h' }) },
  );
});

test('the release can be transformed too', () => {
  const transform = { release: (config: object) => ({ ...config, name: 'index', chart: 'index', timeout: 60 }) };
  expect(
    only(
      synthesizeStack((scope) => void new Index(scope, 'index', { transform })),
      'helm_release',
    ).timeout,
  ).toBe(60);
});

test('the role of its pods is there before the release, and outlives it', () => {
  const stack = synthesizeStack((scope) => void new Index(scope, 'index', {}, 'index'));
  expect(only(stack, 'helm_release').depends_on).toContainEqual(
    expect.stringMatching(/^terraform_data\.index_identity_all_/),
  );
});

test('two systems share a namespace', () => {
  const stack = synthesizeStack((scope) => [new Index(scope, 'one'), new Index(scope, 'two')]);
  expect(blocks(stack, 'kubernetes_namespace_v1')).toHaveLength(1);
});

test('granting to a system without a role is refused', () => {
  synthesizeStack((scope) => {
    expect(() => new Index(scope, 'index').identity).toThrow(
      'prod-test/index: something was granted to Index, because its pods have no role in AWS; grant to the component that needs it.',
    );
  });
});

test('a system without a chart is refused', () => {
  synthesizeStack((scope) => {
    expect(() => new Chartless(scope, 'x')).toThrow(
      "prod-test/x: Chartless is installed by Helm, but its description names no chart, because a chart is pinned where the system is described; add 'chart: chart(name, version, repository)' to its defineSystem.",
    );
  });
});

test("a release's name has Helm's limit", () => {
  synthesizeStack((scope) => {
    expect(() => new Index(scope, 'x'.repeat(54))).toThrow('because Kubernetes allows 53 here');
  });
});
