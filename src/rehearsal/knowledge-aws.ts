import { awsAttribute } from './aws-attributes';
import { awsAnswer } from './aws-data';
import type { Knowledge } from './provider';
import { isObject } from './protocol/codec';

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
      const computed = awsAnswer(type, config, making);
      return found === undefined ? computed : { ...computed, ...found };
    },
    planned: (values, config) => {
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
