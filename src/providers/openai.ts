// OpenAI's own API; and Codex's, `https://chatgpt.com/backend-api/codex`, for callers who bring a ChatGPT login of their own.
import { OPENAI_AND_RESPONSES, speaks } from './paths.ts';
import type { Provider } from './provider.ts';

/** A login's token: a JWT. API keys (`sk-...`) are none, and are not passed on. */
const LOGIN = /^Bearer (eyJ[\w-]{8,4096}\.[\w-]{8,8192}\.[\w-]{8,2048})$/i;
/** The account that the token is used for. */
const ACCOUNT = 'chatgpt-account-id';

export const openai: Provider = {
  ...speaks(OPENAI_AND_RESPONSES, {
    name: 'openai',
    defaultUrl: 'https://api.openai.com/v1',
    needsSecret: true,
  }),
  brought: (header) => {
    const token = LOGIN.exec(header('authorization') ?? '')?.[1];
    if (token === undefined) return undefined;
    const account = header(ACCOUNT);
    return {
      authorization: `Bearer ${token}`,
      ...(account !== undefined && /^[\w-]{1,128}$/.test(account) ? { [ACCOUNT]: account } : {}),
    };
  },
};
