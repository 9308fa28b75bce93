import { AcmCertificate } from '@cdktf/provider-aws/lib/acm-certificate';
import { AcmCertificateValidation } from '@cdktf/provider-aws/lib/acm-certificate-validation';
import { Route53Record } from '@cdktf/provider-aws/lib/route53-record';
import { Construct } from 'constructs';

export interface CertificateProps {
  /** The name it is for; everything directly below that name is included. */
  readonly name: string;
  /** Route 53 zone in which the proof of ownership is put. */
  readonly zoneId: string;
}

/**
 * A certificate of AWS Certificate Manager for `name` and `*.name`, proven by a DNS record and renewed by AWS. With the wildcard,
 * because every model and console answers under a host of its own, and none of them shall wait for a certificate; its private key
 * never leaves AWS.
 */
export class Certificate extends Construct {
  /** Known once the certificate has been issued, so that whoever uses it waits for that. */
  readonly certificateArn: string;

  constructor(scope: Construct, id: string, { name, zoneId }: CertificateProps) {
    super(scope, id);
    const certificate = new AcmCertificate(this, 'certificate', {
      domainName: name,
      subjectAlternativeNames: [`*.${name}`],
      validationMethod: 'DNS',
      // A load balancer goes on using the old one until the new one is there.
      lifecycle: { createBeforeDestroy: true },
    });
    // A name and its wildcard are proven by the same record, so one of the two options is enough.
    const proof = certificate.domainValidationOptions.get(0);
    const record = new Route53Record(this, 'proof', {
      zoneId,
      name: proof.resourceRecordName,
      type: proof.resourceRecordType,
      records: [proof.resourceRecordValue],
      ttl: 60,
      // A certificate for the same name, made earlier or elsewhere, has the same proof.
      allowOverwrite: true,
    });
    this.certificateArn = new AcmCertificateValidation(this, 'validation', {
      certificateArn: certificate.arn,
      validationRecordFqdns: [record.fqdn],
    }).certificateArn;
  }
}
