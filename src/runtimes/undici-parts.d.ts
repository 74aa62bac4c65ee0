// The parts of undici that we use, by their own paths: its index loads its fetch, its web sockets, its mocks and its caches
// as well, which is as much code as the whole gateway.
declare module 'undici/lib/dispatcher/pool.js' {
  import { Pool } from 'undici';
  export = Pool;
}
declare module 'undici/lib/core/errors.js' {
  import { errors } from 'undici';
  export = errors;
}
