import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { S3Object } from '@cdktf/provider-aws/lib/s3-object';
import { PlinthError } from '@plinth/contract';
import { AssetType, TerraformAsset } from 'cdktf';
import { Construct } from 'constructs';
import { IPlatform } from '../core/platform';
import { IBucket } from '../core/resources';

/** A model repository in S3, in Triton's layout: `<prefix>/<model>/<version>/model.onnx`. */
export interface ModelRepository {
  readonly bucket: IBucket;
  readonly prefix: string;
  /** The model that is certainly there, where that is known. */
  readonly model?: string;
  /** The newest version of that model. */
  readonly version?: string;
  /** Of the files that are brought along, twelve hexadecimal digits: what reads them at its start is started anew when they change. */
  readonly digest?: string;
}

/** Where a server's models come from: a description, which the server makes real. */
export abstract class ModelSource {
  /** A prefix of the lake's models zone. What lies there is the team's affair; nothing has to be there yet. */
  static lake(prefix: string): ModelSource {
    return new BucketSource((platform) => platform.lake.models, prefix);
  }

  /** A prefix of any bucket. */
  static bucket(bucket: IBucket, prefix: string): ModelSource {
    return new BucketSource(() => bucket, prefix);
  }

  /**
   * One model brought along from a folder of the repository: `<folder>/[config.pbtxt]<version>/model.onnx`. Its files
   * are put into the lake's models zone, so that a first deploy ends with a model that answers.
   * @param folder relative to where the program runs; its last part is the model's name
   * @throws PlinthError `model-folder-missing`, `model-version-missing`, `invalid-model-name`
   */
  static files(folder: string): ModelSource {
    return new FolderSource(folder);
  }

  /** Where the repository is, for the server of this name in this namespace. */
  abstract locate(platform: IPlatform, namespace: string, server: string): ModelRepository;

  /** Makes what has to be there before the server starts. */
  abstract bring(scope: Construct, repository: ModelRepository): readonly Construct[];
}

class BucketSource extends ModelSource {
  constructor(
    private readonly bucketOf: (platform: IPlatform) => IBucket,
    private readonly prefix: string,
  ) {
    super();
  }

  locate(platform: IPlatform): ModelRepository {
    return { bucket: this.bucketOf(platform), prefix: this.prefix };
  }

  bring(): readonly Construct[] {
    return [];
  }
}

class FolderSource extends ModelSource {
  private readonly model: string;
  /** Paths below the folder. */
  private readonly paths: readonly string[];
  private readonly version: string;

  constructor(private readonly folder: string) {
    super();
    this.model = basename(folder);
    checkModelName(`ModelSource.files('${folder}')`, this.model);
    if (!existsSync(folder) || !statSync(folder).isDirectory()) {
      throw new PlinthError({
        code: 'model-folder-missing',
        where: `ModelSource.files('${folder}')`,
        what: 'there is no such folder',
        why: `it is looked for below ${process.cwd()}, where the program runs`,
        cure: 'correct the path, or make the folder',
      });
    }
    const versions = readdirSync(folder)
      .filter((name) => /^[1-9]\d*$/.test(name) && existsSync(join(folder, name, 'model.onnx')))
      .sort((a, b) => Number(a) - Number(b));
    const newest = versions.at(-1);
    if (newest === undefined) {
      throw new PlinthError({
        code: 'model-version-missing',
        where: `ModelSource.files('${folder}')`,
        what: 'the folder holds no version of a model',
        why: 'a version is a folder named by a whole number, with a model.onnx in it',
        cure: `put the model at ${join(folder, '1', 'model.onnx')}`,
      });
    }
    this.version = newest;
    // Only what the server reads: tables and notes beside the model stay where they are.
    const besides = ['config.pbtxt'].filter((name) => existsSync(join(folder, name)));
    this.paths = [...besides, ...versions.flatMap((version) => filesBelow(folder, version))];
  }

  locate(platform: IPlatform, namespace: string, server: string): ModelRepository {
    const hash = createHash('sha256');
    for (const path of this.paths) {
      const bytes = readFileSync(join(this.folder, path));
      hash.update(`${path}\0${bytes.length}\0`).update(bytes);
    }
    return {
      bucket: platform.lake.models,
      // Servers of two teams may have one name.
      prefix: `servers/${namespace}/${server}`,
      model: this.model,
      version: this.version,
      digest: hash.digest('hex').slice(0, 12),
    };
  }

  bring(scope: Construct, { bucket, prefix }: ModelRepository): readonly Construct[] {
    const files = new Construct(scope, 'model');
    return this.paths.map((path) => {
      const id = path.replaceAll('/', '-');
      const asset = new TerraformAsset(files, `${id}-file`, { path: join(this.folder, path), type: AssetType.FILE });
      return new S3Object(files, id, {
        bucket: bucket.bucketName,
        key: `${prefix}/${this.model}/${path}`,
        source: asset.path,
        // The etag of an object under KMS is no digest of its bytes.
        sourceHash: asset.assetHash,
        kmsKeyId: bucket.keyArn,
      });
    });
  }
}

/** Refuses what could be no label of a pod: the model's name is one. */
export function checkModelName(where: string, name: string): void {
  if (/^[A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?$/.test(name)) return;
  throw new PlinthError({
    code: 'invalid-model-name',
    where,
    what: `'${name}' is no name for a model`,
    why: 'its pods carry the name as a label: at most 63 letters, digits, dots, hyphens and underscores, with a letter or digit at both ends',
    cure: "give it a name such as 'fraud' or 'card-activity.v2'",
  });
}

function filesBelow(folder: string, path: string): string[] {
  return readdirSync(join(folder, path), { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const below = `${path}/${entry.name}`;
      return entry.isDirectory() ? filesBelow(folder, below) : [below];
    });
}
