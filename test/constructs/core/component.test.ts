import { Construct } from 'constructs';
import { Component, ComponentProps } from 'plinth/constructs/core/component';
import { Platform } from 'plinth/constructs/core/platform';
import { defineSystem, EndpointSpec } from 'plinth/constructs/core/system';
import { givenCluster, synthesize, synthesizeStack } from '../../support/program';
import { TerraformStack } from 'cdktf';

abstract class Piece extends Component {
  readonly form = 'aws';
  protected hostOf(spec: EndpointSpec): string {
    return spec.service ?? 'host';
  }
}

class Index extends Piece {
  static override readonly system = defineSystem({
    name: 'Index',
    categories: ['vector databases'],
    licence: 'Apache-2.0',
    provides: ['vectors'],
    endpoints: { api: { protocol: 'http', port: 6333, path: '/v1' }, raw: { protocol: 'tcp', port: 6334 } },
  });
  readonly api = this.endpoint('api');
}

class Search extends Piece {
  static override readonly system = defineSystem({
    name: 'Search',
    categories: [],
    licence: 'Apache-2.0',
    requires: [{ role: 'vectors', why: 'it looks up neighbours' }],
  });
}

class Rival extends Piece {
  static override readonly system = defineSystem({
    name: 'Rival',
    categories: [],
    licence: 'Apache-2.0',
    conflicts: [{ system: 'Index', why: 'both own the same webhook' }],
  });
}

test('an endpoint has a host and a URL, with the path; a tcp one no scheme', () => {
  synthesizeStack((stack) => {
    const index = new Index(stack, 'index');
    expect(index.api.url).toBe('http://host:6333/v1');
    expect(index.endpoints.map(({ url }) => url)).toEqual(['http://host:6333/v1', 'host:6334']);
  });
});

test('an endpoint that is not there is refused with the names of those that are', () => {
  synthesizeStack((stack) => {
    const index = new Index(stack, 'index');
    expect(() => index.endpoint('grpc')).toThrow(
      "prod-test/index: there is no endpoint 'grpc', because Index has api, raw; name one of those.",
    );
  });
});

test('a missing requirement is told at synth, with what to add', () => {
  expect(() => synthesizeStack((stack) => void new Search(stack, 'search'))).toThrow(
    "prod-test/search: Search needs a system for 'vectors', and the platform 'prod' has none, because it looks up neighbours; add one that provides 'vectors', or leave Search out.",
  );
});

test('a requirement may be met by something that is built later, or that stood there before', () => {
  synthesizeStack((stack) => {
    new Search(stack, 'search');
    new Index(stack, 'index');
  });
  synthesizeStack((stack) => void new Search(stack, 'search'), {
    provides: { vectors: { system: 'Elsewhere', endpoints: {} } },
  });
});

test('a conflict names both pieces', () => {
  const build = (stack: TerraformStack) => [new Index(stack, 'index'), new Rival(stack, 'rival')];
  expect(() => synthesizeStack((stack) => void build(stack))).toThrow(
    'prod-test/rival: Rival and Index stand on the same platform, because both own the same webhook; keep one of the two.',
  );
});

test('a component without a platform says how to get one', () => {
  expect(() => synthesize((app) => void new Index(new TerraformStack(app, 'lonely') as Construct, 'index'))).toThrow(
    /^lonely\/index: it belongs to no platform, because neither it nor any scope around it was given one; build it inside a stack of MlopsPlatform/,
  );
});

test('a component may be given its platform', () => {
  synthesize((app) => {
    const stack = new TerraformStack(app, 'own');
    const platform = new Platform({ name: 'prod', region: 'eu-west-1', cluster: givenCluster });
    const props: ComponentProps = { platform };
    class Given extends Index {
      constructor(scope: Construct, id: string) {
        super(scope, id, props);
      }
    }
    expect(new Given(stack, 'index').platform).toBe(platform);
  });
});

test('a part that the platform lacks is asked for by name', () => {
  const platform = new Platform({ name: 'prod', region: 'eu-west-1' });
  expect(() => platform.cluster).toThrow(
    "prod: the platform has no cluster, because it was described without one, and something asks for it; pass 'cluster: EksCluster.fromAttributes(...)'.",
  );
});

test('the graph tells who asks whom', () => {
  const { '//': said } = synthesizeStack((stack) => {
    new Index(stack, 'index');
    new Search(stack, 'search');
  });
  expect(said.plinth?.components).toEqual([
    expect.objectContaining({ path: 'prod-test/index', system: 'Index', uses: [] }),
    expect.objectContaining({ path: 'prod-test/search', system: 'Search', uses: ['prod-test/index'] }),
  ]);
});
