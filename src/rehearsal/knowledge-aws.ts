import { awsAttribute } from './aws-attributes';
import { awsAnswer } from './aws-data';
import type { Knowledge } from './provider';
import { isObject, Unknown, type TfObject } from './protocol/codec';

/**
 * What is known of AWS.
 * @param changed told of every change: objects of S3 become real ones
 */
export function awsKnowledge(changed?: Knowledge['changed']): Knowledge {
  return {
    curated: awsAttribute,
    // What was applied tells more than any rule, except where the answer follows from the question.
    answer: (type, config, making, world) => {
      const asked = Object.fromEntries(
        Object.entries(config).filter(([, value]) => value !== null && !Array.isArray(value)),
      );
      const found = Object.keys(asked).length > 0 ? world.find(type, asked) : undefined;
      const computed = awsAnswer(type, config, making, world);
      return found === undefined ? computed : { ...computed, ...found };
    },
    planned: (proposed, config) => {
      const values = { ...proposed, ...certificateRecords(proposed) };
      if (!('tags_all' in values)) return values;
      const defaults = Array.isArray(config['default_tags']) ? config['default_tags'][0] : undefined;
      const shared = isObject(defaults) && isObject(defaults['tags']) ? defaults['tags'] : {};
      const own = values['tags'];
      if (own !== null && !isObject(own)) return values;
      return { ...values, tags_all: { ...shared, ...(own ?? {}) } };
    },
    ...(changed === undefined ? {} : { changed }),
  };
}

/**
 * Which names a certificate is proven for is known before it is asked for, so that programs iterate over them
 * (https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/acm_certificate#referencing-domain_validation_options-with-for_each-based-resources).
 */
function certificateRecords(values: TfObject): TfObject {
  const { domain_name: domain, subject_alternative_names: others, validation_method: method } = values;
  if (!('domain_validation_options' in values) || (values['domain_validation_options'] ?? null) !== null) return {};
  if (typeof domain !== 'string' || method !== 'DNS') return {};
  const names = [domain, ...(Array.isArray(others) ? others.filter((name) => typeof name === 'string') : [])];
  const unknown = Unknown.value;
  return {
    domain_validation_options: [...new Set(names)].map((name) => ({
      domain_name: name,
      resource_record_name: unknown,
      resource_record_type: unknown,
      resource_record_value: unknown,
    })),
  };
}
