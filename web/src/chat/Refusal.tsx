import { Markdown } from '../markdown/Markdown';
import { Icon } from '../ui/Icon';

/** The model's own words, marked: they are not an answer to what was asked. */
export const Refusal = ({ text, live }: { text: string; live: boolean }) => (
  <div class="refusal" role="note" aria-label="Refusal">
    <p class="refusal-title"><Icon name="warning" /> The model declined to answer</p>
    <Markdown text={text} live={live} />
  </div>
);
