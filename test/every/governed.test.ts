// Whatever is asked of the proxy in a dialect that its backend speaks, and whatever it answers by itself, is governed alike: who asks,
// what for, what is in the request and in the reply, whatever becomes of the backend and of the client.

import { PLAIN, THROUGH } from './governed/rows.ts';
import { governed } from './governed/table.ts';

governed('Passed through', [...THROUGH, ...PLAIN]);
