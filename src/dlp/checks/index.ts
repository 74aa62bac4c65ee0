// The list of checks, one file a region or field.
import { americasBrazilChecks } from './americas-brazil.ts';
import { americasCanadaChecks } from './americas-canada.ts';
import { americasMiddleChecks } from './americas-middle.ts';
import { americasSouthChecks } from './americas-south.ts';
import { americasUsChecks } from './americas-us.ts';
import type { Checks } from './check.ts';
import { contactChecks } from './contact.ts';
import { genericChecks } from './generic.ts';
import { healthChecks } from './health.ts';
import { networkChecks } from './network.ts';

/** Every check by its name. */
export const checks: Checks = {
  ...genericChecks,
  ...networkChecks,
  ...healthChecks,
  ...contactChecks,
  ...americasUsChecks,
  ...americasSouthChecks,
  ...americasMiddleChecks,
  ...americasCanadaChecks,
  ...americasBrazilChecks,
};
