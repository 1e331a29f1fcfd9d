import { logFormat, logLevel } from './config-values.ts';
import { settings } from './setting.ts';
import { levelOf } from './spiderpool-values.ts';

/** What every program has of its log. */
export const logSettings = settings({
  logLevel: {
    key: 'logging.level',
    flag: 'log-level',
    argument: '<level>',
    schema: logLevel,
    default: 'info',
    live: true,
    help: 'debug, info, warn or error',
    spiderpool: { names: ['SPIDERPOOL_LOG_LEVEL'], value: levelOf },
  },
  logFormat: {
    key: 'logging.format',
    flag: 'log-format',
    argument: '<format>',
    schema: logFormat,
    default: 'json',
    help: 'json or text',
  },
});
