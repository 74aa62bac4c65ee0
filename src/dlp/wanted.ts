// What is asked of each rule.

/** By a rule's index: nothing, to be looked for, or besides that its values must not leave half seen. */
export const SKIP = 0;
export const LOOK = 1;
export const HOLD = 2;
