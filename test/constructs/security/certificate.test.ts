import { TerraformOutput } from 'cdktf';
import { Certificate } from 'plinth/constructs/security/certificate';
import { only, synthesizeStack } from '../../support/program';

const stack = synthesizeStack((scope) => {
  const { certificateArn } = new Certificate(scope, 'certificate', { name: 'ml.example.com', zoneId: 'Z1' });
  new TerraformOutput(scope, 'arn', { value: certificateArn });
});

test('for the name and everything directly below it, proven by DNS', () => {
  expect(only(stack, 'aws_acm_certificate')).toMatchObject({
    domain_name: 'ml.example.com',
    subject_alternative_names: ['*.ml.example.com'],
    validation_method: 'DNS',
    lifecycle: { create_before_destroy: true },
  });
  expect(only(stack, 'aws_route53_record')).toMatchObject({ zone_id: 'Z1', allow_overwrite: true });
});

test('who uses it waits until it is issued', () => {
  expect(stack.output?.arn?.value).toMatch(/^\$\{aws_acm_certificate_validation\./);
});
