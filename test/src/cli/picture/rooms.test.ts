import { roomsOf, type StackOfProgram } from '../../../../src/cli/picture/rooms';

type Node = StackOfProgram['graph']['components'][number];
const node = (path: string, uses: string[] = [], more: Partial<Node> = {}): Node => ({
  path,
  system: 'MLflow',
  form: 'workload',
  categories: [],
  endpoints: [],
  resources: ['a.b'],
  uses,
  ...more,
});
const stack = (name: string, components: Node[]): StackOfProgram => ({
  name,
  resources: 3,
  graph: { schemaVersion: 1, components },
});

it('leaves the prefix away that all stacks share', () => {
  const titles = (names: string[]): string[] => roomsOf(names.map((name) => stack(name, []))).map(({ title }) => title);
  expect(titles(['prod-foundation', 'prod-ml'])).toEqual(['foundation', 'ml']);
  expect(titles(['eu-prod-foundation', 'eu-prod-ml'])).toEqual(['foundation', 'ml']);
  expect(titles(['ground', 'workloads'])).toEqual(['ground', 'workloads']);
  expect(titles(['prod-foundation'])).toEqual(['prod-foundation']);
});

it('draws what is a part of a component with it, and what it uses as well', () => {
  const [room] = roomsOf([
    stack('s', [node('s/server'), node('s/server/cache', ['s/store']), node('s/store/inner'), node('s/store')]),
  ]);
  expect(room?.pieces.map(({ id, uses }) => [id, uses])).toEqual([
    ['s/server', ['s/store']],
    ['s/store', []],
  ]);
});

it('draws no arrow to what stands nowhere', () => {
  const [room] = roomsOf([stack('s', [node('s/a', ['elsewhere/b'])])]);
  expect(room?.pieces[0]).toMatchObject({ uses: [], tags: [] });
});

it('makes a tag of what more than four use', () => {
  const users = ['a', 'b', 'c', 'd', 'e'].map((name) => node(`s/${name}`, ['s/lake']));
  const of = (count: number) => roomsOf([stack('s', [node('s/lake'), ...users.slice(0, count)])])[0]?.pieces[1];
  expect(of(4)).toMatchObject({ uses: ['s/lake'], tags: [] });
  expect(of(5)).toMatchObject({ uses: [], tags: ['s/lake'] });
});

it('says how a system arrives, and its name where that tells more', () => {
  const about = (path: string, more: Partial<Node>): string | undefined =>
    roomsOf([stack('s', [node(path, [], more)])])[0]?.pieces[0]?.about;
  expect(about('s/tracking', { chart: { name: 'mlflow', version: '1.2.3' } })).toBe('tracking · chart mlflow 1.2.3');
  expect(about('s/mlflow', {})).toBe('Kubernetes workload');
  expect(about('s/lake', { system: 'Amazon S3', form: 'aws' })).toBe('lake · AWS service');
});
