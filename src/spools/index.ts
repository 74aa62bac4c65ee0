// Every spool.
export { directSpool } from './direct.ts';
