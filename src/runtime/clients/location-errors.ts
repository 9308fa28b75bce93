import { PlinthError } from '@plinth/contract';

/** The file is not there. */
export function notFound(where: string, cause?: unknown): PlinthError {
  return new PlinthError(
    {
      code: 'not-found',
      what: 'the file is missing',
      where,
      why: 'nothing is stored under that name',
      cure: 'check the name, or write it first',
    },
    { cause },
  );
}

/** The place cannot be read: rights, network, or no such bucket. */
export function unreadable(where: string, cause: unknown): PlinthError {
  return new PlinthError(
    {
      code: 'location-unreadable',
      what: 'it cannot be read',
      where,
      why: reason(cause),
      cure: 'check that it exists, that it is reachable, and that this program may read it',
    },
    { cause },
  );
}

/** The place cannot be written: rights, network, a full disk, or no such bucket. */
export function unwritable(where: string, cause: unknown): PlinthError {
  return new PlinthError(
    {
      code: 'location-unwritable',
      what: 'it cannot be written',
      where,
      why: reason(cause),
      cure: 'check that it exists, that there is room, and that this program may write it',
    },
    { cause },
  );
}

function reason(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  return cause.message === '' || cause.message === 'UnknownError' ? cause.name : `${cause.name}: ${cause.message}`;
}

/** Refuses a name that would leave its location. */
export function checkName(name: string, where: string): void {
  if (name !== '' && !name.split('/').some((part) => part === '' || part === '.' || part === '..')) return;
  throw new PlinthError({
    code: 'bad-file-name',
    what: `"${name}" is not a name below it`,
    where,
    why: 'it would lead elsewhere',
    cure: 'use a relative name without empty parts, "." or ".."',
  });
}
