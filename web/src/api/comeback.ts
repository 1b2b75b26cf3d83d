import type { DurableChatError } from 'durablechat';

const pause = 5_000;

/**
 * Whether a stream ended for a reason that may pass, e.g. a fault of the server. A chat that is gone stays gone, and a
 * token that is not known is asked for.
 */
export const mayPass = (failure: DurableChatError | undefined): boolean =>
  failure !== undefined && failure.status !== 404 && failure.status !== 401;

/** Calls back later if the reason may pass. */
export function comeBack(failure: DurableChatError | undefined, resume: () => void): ReturnType<typeof setTimeout> | undefined {
  return mayPass(failure) ? setTimeout(resume, pause) : undefined;
}
