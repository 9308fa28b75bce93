import { nearest } from '@plinth/contract';
import { fits } from './glob';
import { iamDataDay, iamPrefixes, iamService } from './iam-data';
import { quoted } from './words';

/** What is wrong with an action of a policy: `s3:GetObject`, `s3:Get*` or `*`. */
export function actionWrong(text: string): string | undefined {
  if (text === '*') return undefined;
  const [prefix = '', name, ...more] = text.split(':');
  if (name === undefined || name === '' || more.length > 0 || prefix === '') {
    return `has the action ${quoted(text)}; write service:Action, such as s3:GetObject`;
  }
  if (/[*?]/.test(prefix))
    return `has the action ${quoted(text)}, whose service IAM takes without wildcards; name the service`;
  const service = iamService(prefix);
  if (service === undefined) {
    const meant = nearest(prefix, [...iamPrefixes()]);
    return `has the action ${quoted(text)} of a service that IAM does not know; ${meant === undefined ? 'write one of its prefixes, such as s3' : `write ${meant}:${name}`}`;
  }
  const known = [...service.actions.values()].map((action) => action.name);
  if (/[*?]/.test(name)) {
    if (known.some((action) => fits(action, name))) return undefined;
    const meant = nearest(name.replace(/[*?]/g, ''), [...new Set(known.map(verbOf))]);
    return `has the action ${quoted(text)}, which no action of ${service.name} fits; write ${meant === undefined ? 'an action that there is' : `${prefix}:${meant}*`}`;
  }
  if (service.actions.has(name.toLowerCase())) return undefined;
  const meant = nearest(name, known);
  return `has the action ${quoted(text)}, which ${service.name} did not have on ${iamDataDay()}; write ${meant === undefined ? 'an action that there is' : `${prefix}:${meant}`}`;
}

/** The first word of an action's name: `Get` of `GetObject`. */
function verbOf(name: string): string {
  return /^[A-Z]+[a-z0-9]*/.exec(name)?.[0] ?? name;
}
