// What is wrong with a configuration, told so that a person finds it: file, line, key, words.

/** A configuration that cannot be taken. `faults` say where: `gatehouse.yaml:12: backends[0].provider: ...` */
export class SetupFault extends Error {
  readonly faults: readonly string[];
  constructor(faults: readonly string[]) {
    const more = faults.length - FAULTS_TOLD;
    const told = more > 0 ? [...faults.slice(0, FAULTS_TOLD), `and ${more} more`] : faults;
    super(told.join('\n'));
    this.faults = told;
  }
}

/** A wrong file can hold a fault a line; nobody reads more than this of them, and finding a line takes a while. */
const FAULTS_TOLD = 100;

/** Where things stand in the text, for faults found later than the reading. */
export type Places = { at(path: readonly PropertyKey[], words: string): string };

/** What is wrong, and where. */
export type Found = { readonly path: readonly PropertyKey[]; readonly words: string };

/** The fault of all that was found. */
export const faultOf = (found: readonly Found[], places: Places): SetupFault => {
  const told = found.slice(0, FAULTS_TOLD).map(({ path, words }) => places.at(path, words));
  return new SetupFault([...told, ...found.slice(FAULTS_TOLD).map(({ words }) => words)]);
};
