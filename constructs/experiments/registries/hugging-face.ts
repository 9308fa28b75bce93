import { Construct } from 'constructs';
import { ExternalService, ExternalServiceProps } from '../../core/external-service';
import { defineSystem } from '../../core/system';

export interface HuggingFaceProps extends ExternalServiceProps {
  /** Key of the secret's document that holds the token. Default `token`. */
  readonly tokenKey?: string;
  /** A mirror, such as `https://hub.example.com`. Default Hugging Face itself. */
  readonly mirror?: string;
}

/**
 * The Hugging Face Hub (https://huggingface.co): models and data sets. Pods get `HF_TOKEN`, which its libraries read; a
 * token with read access is enough to fetch.
 */
export class HuggingFace extends ExternalService {
  static override readonly system = defineSystem({
    name: 'Hugging Face',
    categories: ['model hubs'],
    licence: 'proprietary (client Apache-2.0)',
    endpoints: { hub: { protocol: 'https', port: 443 } },
    requires: [{ role: 'external-secrets', why: 'it brings the token into the cluster' }],
  });

  constructor(scope: Construct, id: string, props: HuggingFaceProps) {
    const { mirror = 'https://huggingface.co' } = props;
    super(scope, id, props, {
      // Files come from its CDNs: https://huggingface.co/docs/hub/models-downloading
      hosts: props.mirror === undefined ? ['huggingface.co', '*.huggingface.co', '*.hf.co'] : [new URL(mirror).host],
      credentials: { HF_TOKEN: props.tokenKey ?? 'token' },
      settings: {
        HF_HUB_DISABLE_TELEMETRY: '1',
        HF_HOME: '/tmp/huggingface',
        ...(props.mirror !== undefined && { HF_ENDPOINT: mirror }),
      },
      check: { url: `${mirror}/api/whoami-v2`, headers: { authorization: 'Bearer {HF_TOKEN}' } },
    });
  }
}
