import { IamRole } from '@cdktf/provider-aws/lib/iam-role';
import { Construct } from 'constructs';
import { Account } from './account';
import { IGrantable, IIdentity } from './grants';

export interface ServiceRoleProps {
  /** At most 64 characters; take it from `Names`. */
  readonly name: string;
  /** The service that acts under it, such as `codebuild.amazonaws.com`. */
  readonly service: string;
  readonly description: string;
}

/** A role under which an AWS service acts for this account. It may do nothing until something is granted to it. */
export class ServiceRole extends Construct implements IIdentity, IGrantable {
  readonly identity: IIdentity = this;
  readonly roleName: string;
  readonly roleArn: string;

  constructor(scope: Construct, id: string, { name, service, description }: ServiceRoleProps) {
    super(scope, id);
    const role = new IamRole(this, 'role', { name, description, assumeRolePolicy: Account.of(this).trust(service) });
    this.roleName = role.name;
    this.roleArn = role.arn;
  }
}
