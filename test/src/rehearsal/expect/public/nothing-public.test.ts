import { nothingPublic } from '../../../../../src/rehearsal/expect/public/nothing-public';
import { applied, made, object } from '../support';

const balancer = made('aws_lb', { internal: false }, 'web');
const group = made('aws_security_group', {
  id: 'sg-1',
  ingress: [
    { protocol: 'tcp', from_port: 443, to_port: 443, cidr_blocks: ['0.0.0.0/0'], ipv6_cidr_blocks: ['::/0'] },
    { protocol: '-1', cidr_blocks: ['10.0.0.0/8'] },
  ],
  egress: [{ protocol: '-1', cidr_blocks: ['0.0.0.0/0'] }],
});
const service = object('Service', { name: 'web', namespace: 'apps' }, { spec: { type: 'LoadBalancer' } });

test('nothing is public', () => {
  expect(nothingPublic(applied([made('aws_lb', { internal: true })]))).toEqual({
    holds: 'yes',
    says: 'nothing is public among 1 resources',
  });
});

test('everything that is public is told, with its address', () => {
  expect(nothingPublic(applied([balancer, group], [service]))).toEqual({
    holds: 'no',
    says: [
      '3 things are public:',
      '  - s/aws_lb.web: it faces the internet',
      '  - s/aws_security_group.x: it lets everybody in on tcp 443 (0.0.0.0/0, ::/0)',
      '  - s/kubernetes_service.web: the Service apps/web makes a load balancer that faces the internet',
    ].join('\n'),
  });
  const policy = made('aws_sqs_queue', {
    policy: JSON.stringify({ Statement: { Sid: 'Open', Effect: 'Allow', Principal: '*', Action: 'sqs:*' } }),
  });
  expect(nothingPublic(applied([policy])).says).toBe(
    'one thing is public:\n  - s/aws_sqs_queue.x: its policy lets everybody use the queue (by Open)',
  );
});

test.each([
  ['aws_security_group_rule', { type: 'ingress', protocol: '-1', cidr_blocks: ['0.0.0.0/0'] }],
  ['aws_vpc_security_group_ingress_rule', { ip_protocol: 'tcp', from_port: 1, to_port: 9, cidr_ipv6: '::/0' }],
])('a rule of its own lets everybody in: %s', (type, values) => {
  expect(nothingPublic(applied([made(type, values)])).says).toMatch(
    /it lets everybody in on (everything|tcp 1-9) \((0\.0\.0\.0|::)\/0\)/,
  );
});

test('what may be public is excepted by its address', () => {
  const all = applied([balancer, group]);
  expect(nothingPublic(all, { except: ['aws_lb.web'] }).says).toMatch(
    'one thing is public:\n  - s/aws_security_group.x',
  );
  expect(nothingPublic(all, { except: ['s/aws_lb.web', 's/aws_security_group.*'] }).holds).toBe('yes');
  expect(() => nothingPublic(all, { except: ['aws_lb.wed'] })).toThrow(
    'toHaveNothingPublic: "aws_lb.wed" excepts nothing, because no resource that was applied has that address; did you mean aws_lb.web.',
  );
});

test('what is only looked up is not ours', () => {
  expect(nothingPublic(applied([{ ...balancer, mode: 'data' }])).holds).toBe('yes');
});
