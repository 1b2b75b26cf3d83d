import type { Part, SourcePart } from 'durablechat';

/** A provider's addresses are a stranger's words: only those of the web become links. */
function addressOf(url: string): URL | undefined {
  const address = URL.canParse(url) ? new URL(url) : undefined;
  return address?.protocol === 'https:' || address?.protocol === 'http:' ? address : undefined;
}

/** The sources that an answer cites, each once, in the order of their first mention. */
export function sourcesOf(parts: readonly Part[]): SourcePart[] {
  const known = new Map<string, SourcePart>();
  for (const part of parts) {
    if (part.type !== 'source') continue;
    const before = known.get(part.url);
    if (!before || (!before.title && part.title)) known.set(part.url, part);
  }

  return [...known.values()];
}

export const Sources = ({ sources }: { sources: readonly SourcePart[] }) => (
  <ol class="sources" aria-label="Sources">
    {sources.map((source) => <li key={source.url}><Source source={source} /></li>)}
  </ol>
);

function Source({ source }: { source: SourcePart }) {
  const address = addressOf(source.url);
  const title = source.title?.trim() || address?.host || source.url;
  return address
    ? <a href={address.href} title={address.href} target="_blank" rel="noopener noreferrer nofollow">{title}</a>
    : <span title={source.url}>{title}</span>;
}
