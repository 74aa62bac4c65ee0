// Azure OpenAI through its v1 path: `https://NAME.openai.azure.com`; the model is the deployment's name.
import { OPENAI_AND_RESPONSES, pathOf } from './paths.ts';
import type { Provider } from './provider.ts';

export const azure: Provider = {
  name: 'azure',
  dialects: OPENAI_AND_RESPONSES,
  defaultUrl: null,
  needsSecret: true,
  address: (url, dialect) => {
    const { pathname } = new URL(url);
    // The endpoint as Azure's portal shows it has no path, or `/openai` alone.
    if (pathname === '/') return pathOf(`${url.replace(/\/$/, '')}/openai/v1`, dialect);
    return pathOf(pathname === '/openai' ? `${url}/v1` : url, dialect);
  },
  authorize: (secret) => ({ 'api-key': secret }),
};
