import { writeFileSync } from 'node:fs';
import { PlinthError } from '@plinth/contract';
import { conclude } from '../output';
import { noComponents, said, synthesized } from '../synthesized';

export interface ContractFlags {
  readonly app?: string;
  readonly out?: string;
  readonly json?: boolean;
}

interface Contract {
  readonly platform: string;
}

/** `plinth contract NAME`: the file by which other repositories find the platform. */
export async function contractCommand(name: string, flags: ContractFlags): Promise<void> {
  await conclude(
    flags.json ?? false,
    async () => {
      const contracts = await synthesized(flags.app, (stacks) =>
        stacks.flatMap((stack) => (said(stack).plinthContract as Contract | undefined) ?? []),
      );
      if (contracts.length === 0) noComponents();
      // Every stack of a platform says the same; the last was made when everything was there.
      const found = contracts.filter(({ platform }) => platform === name).at(-1);
      if (found === undefined) {
        throw new PlinthError({
          code: 'unknown-platform',
          where: 'plinth contract',
          what: `the program makes no platform '${name}'`,
          why: `it makes ${[...new Set(contracts.map(({ platform }) => platform))].join(', ')}`,
          cure: 'name one of those',
        });
      }
      if (flags.out !== undefined) writeFileSync(flags.out, `${JSON.stringify(found, null, 2)}\n`);
      return { result: found };
    },
    (contract) => (flags.out === undefined ? JSON.stringify(contract, null, 2) : `Written to ${flags.out}.`),
  );
}
