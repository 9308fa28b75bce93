import { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import { App, TerraformStack } from 'cdktf';
import { mend } from './mends';
import { Platform } from './platform';
import { contractOf } from './platform-contract';
import { State } from './state';

export interface PlinthStackProps {
  readonly platform: Platform;
  readonly state: State;
}

/** One of a platform's stacks: `<platform>-<name>`, with its state, its AWS provider, and tags on everything. */
export abstract class PlinthStack extends TerraformStack {
  readonly platform: Platform;
  readonly aws: AwsProvider;

  constructor(app: App, name: string, props: PlinthStackProps) {
    super(app, `${props.platform.name}-${name}`);
    this.platform = props.platform.adopt(this);
    mend(this);
    props.state.bind(this);
    this.aws = new AwsProvider(this, 'aws', {
      region: props.platform.region,
      defaultTags: [{ tags: { ...props.platform.tags, 'plinth:stack': name } }],
    });
  }

  /** Lays the platform's contract beside the graph: `plinth contract` takes it from there. */
  override prepareStack(): void {
    this.addOverride('//.plinthContract', contractOf(this.platform));
    super.prepareStack();
  }
}
