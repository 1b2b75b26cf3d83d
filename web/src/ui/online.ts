import { signal } from '@preact/signals';

/**
 * What the browser says. Only a hint: a server on this machine is there without a network, and one that is away shows
 * in the streams.
 */
export const online = signal(navigator.onLine);
