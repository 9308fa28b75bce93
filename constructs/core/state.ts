import { LocalBackend, S3Backend, TerraformStack } from 'cdktf';

export interface S3StateProps {
  /** Region of the bucket. Default that of the environment (`AWS_REGION`). */
  readonly region?: string;
  /** ARN of a KMS key. By default the bucket's own encryption is used. */
  readonly kmsKeyId?: string;
  /** Put in front of `<stack>.tfstate`. Default `plinth`. */
  readonly prefix?: string;
}

/** Where Terraform keeps what it knows. Each stack has a state of its own, named by the stack's id. */
export abstract class State {
  /** In a bucket: encrypted, and locked by a file beside it, so that no table is needed. */
  static s3(bucket: string, props: S3StateProps = {}): State {
    return new S3State(bucket, props);
  }

  /** Beside the program, for trying things out: nobody else sees it, and nothing locks it for others. */
  static local(): State {
    return new LocalState();
  }

  abstract bind(stack: TerraformStack): void;
}

class S3State extends State {
  constructor(
    private readonly bucket: string,
    private readonly props: S3StateProps,
  ) {
    super();
  }

  bind(stack: TerraformStack): void {
    new S3Backend(stack, {
      bucket: this.bucket,
      key: `${this.props.prefix ?? 'plinth'}/${stack.node.id}.tfstate`,
      region: this.props.region,
      encrypt: true,
      kmsKeyId: this.props.kmsKeyId,
    });
    // cdktf 0.21 does not know the argument, which Terraform has had since 1.10.
    stack.addOverride('terraform.backend.s3.use_lockfile', true);
  }
}

class LocalState extends State {
  bind(stack: TerraformStack): void {
    // From the stack's own folder in `cdktf.out` to where the program runs: an absolute path would differ from one machine to the next.
    new LocalBackend(stack, { path: `../../../terraform.${stack.node.id}.tfstate` });
  }
}
