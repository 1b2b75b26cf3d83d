import type { DurableChatError } from 'durablechat';

const pause = 5_000;

/** Whether to try a stream again that failed, e.g. after a fault of the server. Not if the chat or the token is gone. */
export const mayPass = (failure: DurableChatError | undefined): boolean =>
  failure !== undefined && failure.status !== 404 && failure.status !== 401;

/** Calls `resume` after a pause if the failure may pass. */
export function comeBack(failure: DurableChatError | undefined, resume: () => void): ReturnType<typeof setTimeout> | undefined {
  return mayPass(failure) ? setTimeout(resume, pause) : undefined;
}
