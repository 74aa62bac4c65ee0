// A pack's YAML text as a pack.
import { SetupFault } from '../setup/fault.ts';
import { readYaml } from '../setup/yaml.ts';
import type { Fault } from './faults.ts';
import { readPack } from './faults.ts';
import type { Pack } from './pattern.ts';

/** Reads a pack, its form only, not its examples; `file` is the name faults of the YAML are told under. */
export const packFromYaml = (
  text: string,
  file: string,
): { readonly pack?: Pack; readonly faults: readonly Fault[] } => {
  try {
    return readPack(readYaml(text, file).value);
  } catch (error) {
    if (!(error instanceof SetupFault)) throw error;
    return { faults: error.faults.map((fault) => ({ pattern: null, fault })) };
  }
};
