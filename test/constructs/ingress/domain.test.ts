import { Domain } from 'plinth/constructs/ingress/domain';
import { DomainInfo } from 'plinth/constructs/core/platform';
import { only, synthesizeStack } from '../../support/program';

test('a hosted domain is looked up in its zone and gets a certificate', () => {
  let info: DomainInfo | undefined;
  const stack = synthesizeStack((scope) => {
    info = Domain.hosted('ml.example.com', { zone: 'example.com' }).build(scope);
  });
  expect(Object.values(stack.data?.aws_route53_zone ?? {})).toEqual([
    expect.objectContaining({ name: 'example.com', private_zone: false }),
  ]);
  expect(only(stack, 'aws_acm_certificate').domain_name).toBe('ml.example.com');
  expect(info?.name).toBe('ml.example.com');
});

test('the zone is the name itself where nothing else is said', () => {
  const stack = synthesizeStack((scope) => {
    Domain.hosted('ml.example.com').build(scope);
  });
  expect(Object.values(stack.data?.aws_route53_zone ?? {})[0]?.name).toBe('ml.example.com');
});

test('a domain that others look after makes nothing', () => {
  const attributes = { name: 'ml.example.com', zoneId: 'Z1', certificateArn: 'arn:certificate' };
  const stack = synthesizeStack((scope) => {
    expect(Domain.fromAttributes(attributes).build(scope)).toEqual(attributes);
  });
  expect(stack.resource).toBeUndefined();
});

test.each(['https://ml.example.com', 'ML.example.com', 'localhost', 'ml.example.com/', `${'a'.repeat(60)}.com`])(
  '%s is refused',
  (name) => {
    expect(() => Domain.hosted(name)).toThrow(
      `Domain: '${name}' is not usable as a domain, because it must be small letters, digits and hyphens between dots, at most 62 characters, without a scheme or a path; write for instance Domain.hosted('ml.example.com').`,
    );
  },
);

test('a zone must be able to answer for the name', () => {
  expect(() => Domain.hosted('ml.example.com', { zone: 'ample.com' })).toThrow(
    "Domain.hosted: 'ml.example.com' cannot be answered by the zone 'ample.com', because a zone answers for its own name and for names that end in it; name a zone that 'ml.example.com' ends in.",
  );
});
