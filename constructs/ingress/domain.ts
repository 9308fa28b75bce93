import { DataAwsRoute53Zone } from '@cdktf/provider-aws/lib/data-aws-route53-zone';
import { PlinthError } from '@plinth/contract';
import { Construct } from 'constructs';
import { DomainInfo } from '../core/platform';
import { Certificate } from '../security/certificate';

/** Where the platform answers to the world: a description, which the foundation makes real. */
export abstract class Domain {
  /**
   * A name in a public Route 53 zone of this account. The zone is looked up; a certificate for the name and everything
   * directly below it is made and proven.
   * @param options.zone the zone's name, where it is a parent of `name`; default `name` itself
   * @throws PlinthError `invalid-domain`
   */
  static hosted(name: string, options: { readonly zone?: string } = {}): Domain {
    return new HostedDomain(name, options.zone ?? name);
  }

  /** A name whose zone and certificate are looked after elsewhere. @throws PlinthError `invalid-domain` */
  static fromAttributes(attributes: DomainInfo): Domain {
    return new GivenDomain(attributes);
  }

  protected constructor(readonly name: string) {
    // 62, because `*.` is put in front, and ACM takes 64 characters as a certificate's first name.
    if (name.length <= 62 && /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,}$/.test(name)) return;
    throw new PlinthError({
      code: 'invalid-domain',
      where: 'Domain',
      what: `'${name}' is not usable as a domain`,
      why: 'it must be small letters, digits and hyphens between dots, at most 62 characters, without a scheme or a path',
      cure: "write for instance Domain.hosted('ml.example.com')",
    });
  }

  /** Makes what has to be made, below the scope. */
  abstract build(scope: Construct): DomainInfo;
}

class HostedDomain extends Domain {
  constructor(
    name: string,
    private readonly zone: string,
  ) {
    super(name);
    if (name === zone || name.endsWith(`.${zone}`)) return;
    throw new PlinthError({
      code: 'invalid-domain',
      where: 'Domain.hosted',
      what: `'${name}' cannot be answered by the zone '${zone}'`,
      why: 'a zone answers for its own name and for names that end in it',
      cure: `name a zone that '${name}' ends in`,
    });
  }

  build(scope: Construct): DomainInfo {
    const { zoneId } = new DataAwsRoute53Zone(scope, 'zone', { name: this.zone, privateZone: false });
    const { certificateArn } = new Certificate(scope, 'certificate', { name: this.name, zoneId });
    return { name: this.name, zoneId, certificateArn };
  }
}

class GivenDomain extends Domain {
  constructor(private readonly attributes: DomainInfo) {
    super(attributes.name);
  }

  build(): DomainInfo {
    return this.attributes;
  }
}
