import { quoted, type Check } from './words';

const suffixes = ['n', 'u', 'm', 'k', 'M', 'G', 'T', 'P', 'E', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
const number = '[+-]?(?:\\d+\\.?\\d*|\\.\\d+)';
const grammar = new RegExp(`^${number}(?:${suffixes.join('|')}|[eE]${number})?$`);

/** A quantity of Kubernetes: `500m`, `1.5`, `10Gi`. Grammar: k8s.io/apimachinery/pkg/api/resource/quantity.go */
export const quantity: Check = (text) => {
  if (grammar.test(text)) return undefined;
  const [, amount, unit] = /^\s*([+-]?[\d.]+)\s*([A-Za-z]*)\s*$/.exec(text) ?? [];
  const meant = amount === undefined || unit === undefined ? undefined : `${amount}${unitFor(unit)}`;
  const example = meant !== undefined && grammar.test(meant) ? meant : '500m or 2Gi';
  return `${quoted(text)} is no quantity of Kubernetes; write ${example}`;
};

/** How much a quantity is, exactly enough to compare two; undefined where it is none. */
export function amountOf(text: string): number | undefined {
  const [, digits = '', unit = ''] = /^([+-]?[\d.]+(?:[eE][+-]?\d+)?)([A-Za-z]*)$/.exec(text) ?? [];
  if (!grammar.test(text)) return undefined;
  const decimal = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E'].indexOf(unit) - 3;
  const binary = ['Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'].indexOf(unit) + 1;
  return Number(digits) * (binary > 0 ? 1024 ** binary : 1000 ** decimal);
}

/** The suffix that somebody who wrote this unit probably meant: `GB` is G, `gib` is Gi, `K` is k. */
function unitFor(unit: string): string {
  const [, letter = '', binary] = /^([kmgtpe])(i?)(?:b(?:ytes)?)?$/i.exec(unit) ?? [];
  if (letter === '') return unit;
  if (binary !== '') return `${letter.toUpperCase()}i`;
  return letter.toLowerCase() === 'k' ? 'k' : letter.toUpperCase();
}
