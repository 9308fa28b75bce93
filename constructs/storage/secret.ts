import { SecretsmanagerSecret } from '@cdktf/provider-aws/lib/secretsmanager-secret';
import { Fn, TerraformStack } from 'cdktf';
import { Construct, IConstruct } from 'constructs';
import { grant, IGrantable } from '../core/grants';
import { IPlatform, Platform } from '../core/platform';
import { ISecret } from '../core/resources';

export interface SecretAttributes {
  /** With the six characters that Secrets Manager puts at its end. */
  readonly secretArn: string;
  /** Default what the ARN says. */
  readonly secretName?: string;
  /** ARN of the KMS key, where it is encrypted with one of the customer's. */
  readonly keyArn?: string;
}

export interface SecretProps {
  readonly platform?: IPlatform;
  /** After `<platform>/`. Default the construct's id. */
  readonly name?: string;
  readonly description: string;
  /** ARN of the KMS key. Default the account's key of Secrets Manager. */
  readonly keyArn?: string;
}

/**
 * A place in AWS Secrets Manager for a secret that somebody else puts there: an External Secrets generator, a job, a person.
 * Terraform never sees its value. Rotation belongs to whoever puts it there.
 */
export class Secret extends Construct implements ISecret {
  /** A secret that exists already. */
  static fromAttributes(scope: Construct, id: string, attributes: SecretAttributes): ISecret {
    return new GivenSecret(scope, id, attributes);
  }

  readonly secretArn: string;
  readonly secretName: string;
  readonly keyArn?: string;

  constructor(scope: Construct, id: string, props: SecretProps) {
    super(scope, id);
    const platform = props.platform ?? Platform.of(this);
    const secret = new SecretsmanagerSecret(this, 'secret', {
      name: `${platform.name}/${props.name ?? id}`,
      description: props.description,
      kmsKeyId: props.keyArn,
      // 0: the name is free again at once, which the next ephemeral environment of the same name needs.
      recoveryWindowInDays: platform.profile.forceDestroy ? 0 : 30,
    });
    this.secretArn = secret.arn;
    this.secretName = secret.name;
    this.keyArn = props.keyArn;
  }

  grantRead(to: IGrantable): void {
    grantSecret(to, this, this);
  }
}

class GivenSecret extends Construct implements ISecret {
  readonly secretArn: string;
  readonly secretName: string;
  readonly keyArn?: string;

  constructor(scope: Construct, id: string, attributes: SecretAttributes) {
    super(scope, id);
    this.secretArn = attributes.secretArn;
    this.secretName = attributes.secretName ?? nameIn(attributes.secretArn);
    this.keyArn = attributes.keyArn;
  }

  grantRead(to: IGrantable): void {
    grantSecret(to, this, this);
  }
}

/** `arn:aws:secretsmanager:region:account:secret:name-AbCdEf` */
function nameIn(arn: string): string {
  return Fn.replace(Fn.element(Fn.split(':', arn), 6) as string, '/-[A-Za-z0-9]{6}$/', '');
}

function grantSecret(to: IGrantable, resource: IConstruct, secret: Pick<ISecret, 'secretArn' | 'keyArn'>): void {
  const path = resource.node.path.slice(TerraformStack.of(resource).node.path.length + 1).replaceAll('/', '-');
  grant(to, resource, `${path}-read`, [
    { actions: ['secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret'], resources: [secret.secretArn] },
    ...(secret.keyArn === undefined
      ? []
      : [
          {
            actions: ['kms:Decrypt'],
            resources: [secret.keyArn],
            conditions: { StringLike: { 'kms:ViaService': 'secretsmanager.*.amazonaws.com' } },
          },
        ]),
  ]);
}
