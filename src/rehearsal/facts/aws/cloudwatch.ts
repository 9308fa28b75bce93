import type { FactSheets } from '../facts';

const file = (name: string): string =>
  `https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/logs/${name}.go`;

export const cloudwatch: FactSheets = {
  aws_cloudwatch_log_group: {
    source: file('group'),
    stateful: true,
    replaces: ['log_group_class', 'name', 'name_prefix'],
    atMostOneOf: [['name', 'name_prefix']],
    rules: {
      log_group_class: { oneOf: ['STANDARD', 'INFREQUENT_ACCESS', 'DELIVERY'] },
      name: { pattern: /^[\w.\-/#]{1,512}$/, means: 'at most 512 letters, digits and .-_/#' },
    },
  },
  aws_cloudwatch_event_rule: {
    source: 'https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/events/rule.go',
    replaces: ['event_bus_name', 'name', 'name_prefix'],
    atLeastOneOf: [['event_pattern', 'schedule_expression']],
    atMostOneOf: [['name', 'name_prefix']],
    rules: {
      event_pattern: { format: 'json' },
      schedule_expression: { format: 'rule-schedule' },
    },
    defaults: { event_bus_name: 'default' },
  },
};
