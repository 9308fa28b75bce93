// Starts a build in CodeBuild and waits until it has ended: AWS Lambda runs it when Terraform says that the sources have
// arrived. It fails where the build fails, so that Terraform does too. The runtime of Lambda brings the SDK along.
import { setTimeout as pause } from 'node:timers/promises';
import { BatchGetBuildsCommand, CodeBuildClient, StartBuildCommand } from '@aws-sdk/client-codebuild';

/** Milliseconds that a permission may take to be known everywhere in AWS; and that are left for the last words. */
const permissionTakes = 60_000;
const lastWords = 15_000;

/**
 * @param event.project name of the project
 * @param event.image what it builds
 * @param event.pollSeconds between two looks. Default 5.
 */
export async function handler({ project, image, pollSeconds = 5 }, context) {
  const client = new CodeBuildClient({});
  const wait = () => pause(pollSeconds * 1000);
  const id = await start(client, project, wait);
  for (;;) {
    const { builds: [build] = [] } = await client.send(new BatchGetBuildsCommand({ ids: [id] }));
    const log = build?.logs?.deepLink ?? `the build ${id}`;
    if (build?.buildStatus === 'SUCCEEDED') return { image, build: id };
    if (build !== undefined && build.buildStatus !== 'IN_PROGRESS') {
      throw new Error(
        `${image}: its build ended with ${build.buildStatus}, because ${reason(build)}; look at ${log}, and apply again`,
      );
    }
    if (context.getRemainingTimeInMillis() < lastWords) {
      throw new Error(
        `${image}: its build has not ended, because it takes longer than AWS Lambda may wait; it goes on by itself: apply again when ${log} says that it is done`,
      );
    }
    await wait();
  }
}

async function start(client, projectName, wait) {
  const until = Date.now() + permissionTakes;
  for (;;) {
    try {
      return (await client.send(new StartBuildCommand({ projectName }))).build.id;
    } catch (error) {
      if (error.name !== 'AccessDeniedException' || Date.now() > until) throw error;
      await wait();
    }
  }
}

function reason({ phases = [], currentPhase }) {
  const failed = phases.find(({ phaseStatus }) => phaseStatus !== undefined && phaseStatus !== 'SUCCEEDED');
  const message = failed?.contexts?.map((context) => context.message).find((text) => text);
  return `${failed?.phaseType ?? currentPhase ?? 'it'} ${message === undefined ? 'did not succeed' : `says '${message}'`}`;
}
