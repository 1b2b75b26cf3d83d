import { Suspense, lazy } from 'preact/compat';
import { useEffect } from 'preact/hooks';
import { tokenWanted } from '../api/token';
import { ChatPage } from '../chat/ChatPage';
import { current } from '../chat/current';
import { NewChat } from '../chat/NewChat';
import { Sidebar } from '../chats/Sidebar';
import { Announcer } from '../ui/announce';
import { HelpDialog } from '../ui/HelpDialog';
import { Notices } from '../ui/notices';
import { route } from '../ui/router';
import { sidebarOpen } from '../ui/shortcuts';
import { ConnectionNote } from './ConnectionNote';
import { handleShortcut } from './keys';
import { TokenDialog } from './TokenDialog';

const OpsPage = lazy(() => import('../ops/OpsPage').then((module) => ({ default: module.OpsPage })));

function Page() {
  const at = route.value;
  if (at.page === 'ops') return <Suspense fallback={<div class="page-loading" role="status">Loading…</div>}><OpsPage /></Suspense>;
  return at.page === 'chat' && current.value ? <ChatPage key={at.id} session={current.value} /> : <NewChat />;
}

export function App() {
  useEffect(() => {
    addEventListener('keydown', handleShortcut);
    return () => removeEventListener('keydown', handleShortcut);
  }, []);
  return (
    <div class="app">
      <a class="skip" href="#main">Skip to the conversation</a>
      <Sidebar />
      <main id="main" class="main" tabIndex={-1} inert={sidebarOpen.value}>
        <ConnectionNote />
        <Page />
      </main>
      {tokenWanted.value && <TokenDialog />}
      <HelpDialog />
      <Notices />
      <Announcer />
    </div>
  );
}
