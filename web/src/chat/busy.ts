import type { ChatStatus } from 'durablechat';

const busyStatuses: readonly (ChatStatus | undefined)[] = ['running', 'interrupting', 'requires_action'];

/** Whether what is sent now waits in line, and there is something to stop. */
export const isBusy = (status: ChatStatus | undefined): boolean => busyStatuses.includes(status);
