import { DurableChat } from 'durablechat';
import { token, tokenWanted } from './token';

/** The server sends a heartbeat every 15 s. After two missed ones the connection is lost. */
export const maxSilenceMs = 35_000;

/** `fetch` that shows the token dialog if the server refuses the token. */
export const ask: typeof fetch = async (input, init) => {
  const response = await fetch(input, init);
  if (response.status === 401) tokenWanted.value = true;
  return response;
};

/** Does not retry requests: the page shows at once that a command failed, and the outbox has its own retries. */
export const client = new DurableChat({ fetch: ask, token: () => token.peek(), retryForMs: 0 });
