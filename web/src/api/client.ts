import { DurableChat } from 'durablechat';
import { token, tokenWanted } from './token';

/** The server breaks silence every 15 s; two and a bit missed heartbeats mean that nobody is there. */
export const maxSilenceMs = 35_000;

/** Asks this page's server, with the token. If the server does not know it, the page asks for one. */
export const ask: typeof fetch = async (input, init) => {
  const response = await fetch(input, init);
  if (response.status === 401) tokenWanted.value = true;
  return response;
};

/**
 * Does not repeat requests: whoever pressed a button learns at once that it did not work, and the outbox repeats by
 * itself.
 */
export const client = new DurableChat({ fetch: ask, token: () => token.peek(), retryForMs: 0 });
