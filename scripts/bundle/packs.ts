// The packs beside a bundle: read from the disk, so that an administrator can see what is looked for; and parsed besides, which
// counts for these very files and spares every start a second or two.
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { PARSED, parsedValues, writeParsed, yamlFiles } from '../../src/runtimes/pack-files.ts';
import { ROOT } from './options.ts';

/** Puts the packs that come with the program into the folder of a bundle. */
export const packsBeside = async (folder: string): Promise<void> => {
  const packs = join(ROOT, 'dlp-patterns');
  await cp(packs, join(folder, 'dlp-patterns'), { recursive: true });
  writeParsed(join(folder, 'dlp-patterns', PARSED), parsedValues(yamlFiles(packs)));
};
