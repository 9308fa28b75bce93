import { PlinthError } from '@plinth/contract';
import { Token } from 'cdktf';
import { Construct } from 'constructs';
import { packageFile } from '../core/package-file';
import { ImageBuild, ImageBuildContext } from './image-build';
import { imageSource } from './image-source';

/** The image of the runtime's pods: a description, which the foundation makes real. */
export abstract class RuntimeImage {
  /**
   * An image that exists already.
   * @param uri with a tag or, better, a digest: `registry/plinth-runtime@sha256:...`
   * @throws PlinthError `unpinned-image` without either, or with the tag `latest`
   */
  static named(uri: string): RuntimeImage {
    const [whole, tag, digest] = /^[^@\s]+?(?::([\w][\w.-]{0,127}))?(@sha256:[0-9a-f]{64})?$/.exec(uri) ?? [];
    const pinned = whole !== undefined && (digest !== undefined || (tag !== undefined && tag !== 'latest'));
    // What only Terraform will know was named elsewhere.
    if (!pinned && !Token.isUnresolved(uri)) {
      throw new PlinthError({
        code: 'unpinned-image',
        where: 'RuntimeImage.named',
        what: `'${uri}' does not say which image it is`,
        why: 'a name without a tag or digest, or with the tag latest, means another image tomorrow',
        cure: "write for instance RuntimeImage.named('registry.example/plinth-runtime@sha256:...')",
      });
    }
    return new NamedImage(uri);
  }

  /**
   * An image built from source in the account, without a local Docker: Terraform puts the sources into a bucket, has CodeBuild
   * build them and push to the platform's registry, and waits until the image is there. The tag is a digest of the sources, so
   * nothing is built twice.
   * @param options.source a folder with the sources. Default this package.
   */
  static built(options: { readonly source?: string } = {}): RuntimeImage {
    return new BuiltImage(options.source);
  }

  /** Whether a repository of the platform's own is needed. */
  abstract readonly needsRepository: boolean;

  /** Makes what has to be made, and gives the image's name. */
  abstract build(scope: Construct, context?: ImageBuildContext): string;
}

class NamedImage extends RuntimeImage {
  readonly needsRepository = false;
  constructor(private readonly uri: string) {
    super();
  }
  build(): string {
    return this.uri;
  }
}

class BuiltImage extends RuntimeImage {
  readonly needsRepository = true;
  constructor(private readonly source?: string) {
    super();
  }
  build(scope: Construct, context?: ImageBuildContext): string {
    if (context === undefined) {
      throw new PlinthError({
        code: 'no-image-repository',
        where: scope.node.path,
        what: "the runtime's image is to be built, and there is no repository to push it to",
        why: 'the foundation was made without images',
        cure: "leave 'images' out of the foundation's props, or use RuntimeImage.named(...)",
      });
    }
    const source = imageSource(this.source ?? packageFile('.'));
    return new ImageBuild(scope, 'runtime-image', { ...context, source }).uri;
  }
}
