import type { Message } from 'durablechat';

/** Why an answer ended where it did; undefined if it said all. */
export function endingOf(message: Message): string | undefined {
  const isEmpty = message.parts.length === 0;
  switch (message.finish_reason) {
    case 'interrupted':
      return 'Stopped';
    case 'length':
      return `The answer reached its token limit${isEmpty ? ' before its first word' : ''}`;
    case 'content_filter':
      return isEmpty ? 'The provider declined to answer' : 'The provider withheld the rest of the answer';
    case 'step_limit':
      return 'Stopped at the limit on steps';
    case 'failed':
      return 'Failed';
    case 'handed_over':
      return 'Continues below';
    default:
      return undefined;
  }
}
