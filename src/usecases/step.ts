// scope: may this key's use case use this endpoint and this model? Then its system prompt is bound above every turn.
import type { Ports, Step } from '../ports.ts';
import { mustIncludeEndpoint, mustIncludeModel } from './scope.ts';

/** Throws 403 for what the use case does not include. */
export const scope =
  (_ports: Ports): Step =>
  async (c, next) => {
    const { dialect, endpoint, grant, prompt } = c.var.exchange;
    if (grant === undefined) throw new Error('scope needs the grant that identify finds');
    mustIncludeEndpoint(grant, endpoint);
    if (dialect.kind === 'call') {
      if (prompt === undefined) throw new Error('scope needs the prompt that read finds');
      mustIncludeModel(grant, prompt.asked.model);
      dialect.bindPrompt(prompt.document, grant.systemPrompt, grant.callerSystem);
    }
    await next();
  };
