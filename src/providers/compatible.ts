// Any other server that speaks OpenAI's dialects; its address is the operator's to give.
import { speaksOpenai } from './openai-paths.ts';

export const compatible = speaksOpenai({ name: 'compatible', defaultUrl: null, needsSecret: false });
