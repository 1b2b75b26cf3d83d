import type { ProviderToolPart } from 'durablechat';
import { Icon } from '../ui/Icon';

/** The provider shows neither the tool's results nor how long it took, so there is one line and nothing to open. */
export const ProviderTool = ({ tool }: { tool: ProviderToolPart }) => (
  <p class="provider-tool">
    <Icon name="tool" />
    <span>Used <code>{tool.name}</code>{tool.input !== '' && <>: {tool.input}</>}</span>
  </p>
);
