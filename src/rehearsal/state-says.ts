import type { Finding } from '@plinth/contract';
import type { Said, UiDiagnostic } from './terraform-says';

/** What Terraform says of a state that it cannot lock, write or reach, with what a person does then; undefined for other errors. */
export function findingOfState({ summary, detail = '' }: UiDiagnostic, { stack, phase }: Said): Finding | undefined {
  const where = `stack ${stack}`;
  const [first = ''] = detail.trim().split('\n');
  const said = first.replace(/^Error (message|saving state): /, '').replace(/\.$/, '');
  switch (summary) {
    case 'Error acquiring the state lock': {
      const told = (name: string): string => new RegExp(`^ *${name}: *(.*)$`, 'm').exec(detail)?.[1]?.trim() ?? '';
      const id = told('ID');
      if (id === '') break;
      const operation = told('Operation')
        .replace(/^OperationType/, '')
        .toLowerCase();
      return {
        code: 'state-locked',
        what: `terraform ${phase} could not lock the state`,
        where,
        why: `${told('Who')} has held it since ${told('Created')} for its ${operation}`,
        cure: `wait until that has ended; only if it surely ended without giving the lock back, run terraform force-unlock ${id}`,
      };
    }
    case 'Error releasing the state lock':
      return {
        code: 'state-locked',
        what: `terraform ${phase} could not give back the lock of the state`,
        where,
        why: `it says: ${said}`,
        cure: 'mend that, and run terraform force-unlock with the ID that the next plan tells',
      };
    case 'Failed to save state':
      return {
        code: 'state-unsaved',
        what: `terraform ${phase} could not write the state`,
        where,
        why: `it says: ${said}`,
        cure: 'mend the way to the backend, such as credentials that have run out',
      };
    case 'Failed to persist state to backend':
      return {
        code: 'state-unsaved',
        what: `terraform ${phase} left the state in errored.tfstate`,
        where,
        why: 'it could not be written to the backend, and nothing else knows what was applied',
        cure: 'before anything else, with credentials that hold, run terraform state push errored.tfstate',
      };
  }
  if (!`${summary} ${detail}`.includes('ExpiredToken')) return undefined;
  return {
    code: 'credentials-expired',
    what: `terraform ${phase}: the credentials have run out`,
    where,
    why: `it says: ${summary.replace(/\.$/, '')}`,
    cure: 'get new ones, and run it again',
  };
}
