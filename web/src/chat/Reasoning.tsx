import { Markdown } from '../markdown/Markdown';
import { Icon } from '../ui/Icon';

export const Reasoning = ({ text, live }: { text: string; live: boolean }) => (
  <details class="fold">
    <summary>
      <Icon name="thought" />
      <span class={live ? 'shimmer' : ''}>{live ? 'Thinking…' : 'Thought it over'}</span>
      <Icon name="chevron" />
    </summary>
    <div class="fold-body"><Markdown text={text} live={live} /></div>
  </details>
);
